// A run as data and in words: what was broken, what clients got, when nobody could write, what the checks found, and how
// to do it again.

import type { Operation } from '#shared/history/history.ts'
import { ERROR_CODES as E, errorName } from '#shared/zk/errors.ts'
import type { NemesisArguments } from './arguments.ts'
import type { DoneFault } from './injector.ts'
import type { Judgement } from './judge.ts'
import type { Finding } from './run-checks.ts'

/** Without an acknowledged write for so long, the ensemble was unavailable. */
export const UNAVAILABLE_MS = 1000
const WINDOWS_SHOWN = 12

export interface Window {
  /** From the start of the run. */
  readonly fromMs: number
  readonly forMs: number
  /** Faults that were active in it. */
  readonly faults: readonly string[]
}

export interface Report {
  readonly seed: number
  readonly repeat: string
  readonly clean: boolean
  readonly seconds: number
  readonly members: number
  readonly faults: readonly { readonly type: string; readonly done: number; readonly missed: number }[]
  readonly diskEnds: number
  readonly outcomes: Readonly<Record<string, Readonly<Record<string, number>>>>
  readonly operations: number
  readonly events: number
  readonly connections: number
  readonly sessions: number
  readonly txns: number
  readonly txnsLeftOut: number
  readonly registers: number
  readonly lockTurns: number
  /** Clients stopped before the end: a longer history would not be checked in time. */
  readonly isFull: boolean
  readonly unavailable: { readonly windows: readonly Window[]; readonly totalMs: number; readonly longestMs: number }
  readonly checks: readonly { readonly name: string; readonly findings: readonly Finding[]; readonly ms: number }[]
  /** Where members, logs and histories are kept; null after a clean run. */
  readonly evidence: string | null
}

export interface RunFacts {
  readonly args: NemesisArguments
  readonly startedAtMs: number
  readonly endedAtMs: number
  readonly done: readonly DoneFault[]
  readonly diskEnds: number
  readonly operations: readonly Operation[]
  readonly events: number
  readonly connections: number
  readonly sessions: number
  readonly lockTurns: number
  readonly isFull: boolean
}

export function makeReport(facts: RunFacts, judgement: Judgement, evidence: string | null): Report {
  const { args, startedAtMs, endedAtMs, done, operations } = facts
  const windows = unavailability(facts)
  const { checks, chosen, registers } = judgement
  return {
    seed: args.seed,
    repeat: repeatCommand(args),
    clean: checks.every(({ findings }) => findings.length === 0),
    seconds: Math.round((endedAtMs - startedAtMs) / 1000),
    members: args.members,
    faults: countFaults(done),
    diskEnds: facts.diskEnds,
    outcomes: countOutcomes(operations),
    operations: operations.length,
    events: facts.events,
    connections: facts.connections,
    sessions: facts.sessions,
    txns: chosen.log.length,
    txnsLeftOut: chosen.leftOut,
    registers,
    lockTurns: facts.lockTurns,
    isFull: facts.isFull,
    unavailable: {
      windows,
      totalMs: windows.reduce((sum, { forMs }) => sum + forMs, 0),
      longestMs: windows.reduce((max, { forMs }) => Math.max(max, forMs), 0),
    },
    checks,
    evidence,
  }
}

function repeatCommand({ minutes, seed, members, faults, clients, pauseMs }: NemesisArguments): string {
  return `npm run nemesis -- --seed ${seed} --minutes ${minutes} --members ${members} --clients ${clients} --pause ${pauseMs} --faults ${faults.join(',')}`
}

function countFaults(done: readonly DoneFault[]): Report['faults'] {
  const counts = new Map<string, { done: number; missed: number }>()
  for (const { type, hit } of done) {
    const count = counts.get(type) ?? { done: 0, missed: 0 }
    if (hit) count.done += 1
    else count.missed += 1
    counts.set(type, count)
  }
  return [...counts].map(([type, count]) => ({ type, ...count }))
}

function countOutcomes(operations: readonly Operation[]): Report['outcomes'] {
  const outcomes: Record<string, Record<string, number>> = {}
  for (const { request, err } of operations) {
    const outcome = err === null ? 'unknown' : errorName(err)
    const of = outcomes[request.type] ?? {}
    of[outcome] = (of[outcome] ?? 0) + 1
    outcomes[request.type] = of
  }
  return outcomes
}

const WRITES: ReadonlySet<string> = new Set(['create', 'create2', 'delete', 'setData', 'multi'])

/** Between the answers to writes that were carried out. */
function unavailability({ operations, startedAtMs, endedAtMs, done }: RunFacts): Window[] {
  const times = operations
    .filter(({ request, err }) => WRITES.has(request.type) && err === E.OK)
    .map(({ doneAtMs }) => doneAtMs ?? 0)
    .filter((atMs) => atMs >= startedAtMs && atMs <= endedAtMs)
    .sort((a, b) => a - b)
  const windows: Window[] = []
  let last = startedAtMs
  for (const atMs of [...times, endedAtMs]) {
    const fromMs = last
    if (atMs - fromMs >= UNAVAILABLE_MS) {
      const active = done.filter((fault) => fault.hit && fault.fromMs < atMs && fault.untilMs >= fromMs)
      const faults = active.map(({ type, on }) => `${type} ${on.join('+')}`)
      windows.push({ fromMs: Math.round(fromMs - startedAtMs), forMs: Math.round(atMs - fromMs), faults })
    }
    last = atMs
  }
  return windows
}

export function describeReport(report: Report): string {
  const { unavailable, checks } = report
  const lines = [
    `Nemesis, seed ${report.seed}: ${report.members} members, ${report.seconds} s of faults`,
    `  faults        ${report.faults.map(({ type, done, missed }) => `${type} ${done}${missed > 0 ? ` (+${missed} hit nobody)` : ''}`).join(', ')}`,
    `                ${report.diskEnds} members ended by a failing disk`,
    `  history       ${report.operations} calls, ${report.events} watch events, ${report.connections} connections, ${report.sessions} sessions, ${report.lockTurns} turns of locks`,
    ...(report.isFull ? ['                clients stopped early: the history was full'] : []),
    ...Object.entries(report.outcomes).map(([type, counts]) => `    ${type.padEnd(13)} ${describeCounts(counts)}`),
    `  chosen        ${report.txns} txns; ${report.txnsLeftOut} proposals that nobody kept; ${report.registers} registers searched`,
    `  unavailable   ${unavailable.windows.length} times over ${UNAVAILABLE_MS / 1000} s, ${(unavailable.totalMs / 1000).toFixed(1)} s in all, ${(unavailable.longestMs / 1000).toFixed(1)} s the longest`,
    ...unavailable.windows
      .toSorted((a, b) => b.forMs - a.forMs)
      .slice(0, WINDOWS_SHOWN)
      .map(
        ({ fromMs, forMs, faults }) =>
          `    at ${(fromMs / 1000).toFixed(1).padStart(6)} s for ${(forMs / 1000).toFixed(1)} s: ${faults.join(', ')}`,
      ),
    '  checks',
    ...checks.flatMap(({ name, findings, ms }) => [
      `    ${findings.length === 0 ? '✓' : '✗'} ${name} (${(ms / 1000).toFixed(1)} s)`,
      ...findings.slice(0, 20).map(({ id, what }) => `        ${id}: ${what}`),
    ]),
    report.clean ? 'Clean.' : `VIOLATED. What is known is kept in ${report.evidence}.`,
    `Again: ${report.repeat}`,
  ]
  return lines.join('\n')
}

function describeCounts(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .sort(([, a], [, b]) => b - a)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ')
}
