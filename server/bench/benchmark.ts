// What a benchmark is, and how its figures look. Which ones there are is in run.ts.

export interface Benchmark {
  /** One line for the list. */
  readonly about: string
  /** Its options with their defaults: whole numbers from 1. */
  readonly options: Readonly<Record<string, number>>
  /** Measures and reports. `distServer`: dist/server of the build that runs. */
  readonly run: (options: Readonly<Record<string, number>>, report: Report, distServer: string) => void | Promise<void>
}

/** A figure as it comes. `within` is null where there is no bar. */
export type Report = (what: string, figure: string, bar?: { readonly text: string; readonly held: boolean }) => void

const WHAT_WIDTH = 58
const FIGURE_WIDTH = 24

export function reportLine(what: string, figure: string, bar?: Parameters<Report>[2]): string {
  const verdict = bar ? `bar ${bar.text}: ${bar.held ? 'held' : 'MISSED'}` : ''
  return `  ${what.padEnd(WHAT_WIDTH)} ${figure.padStart(FIGURE_WIDTH)}   ${verdict}`.trimEnd()
}

/** `1,234,567`. */
export function formatCount(value: number): string {
  return Math.round(value).toLocaleString('en-US')
}

export function formatSeconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`
}

export function formatNs(ns: number): string {
  return ns < 10_000
    ? `${ns.toFixed(0)} ns`
    : ns < 10_000_000
      ? `${(ns / 1000).toFixed(1)} µs`
      : `${(ns / 1e6).toFixed(1)} ms`
}
