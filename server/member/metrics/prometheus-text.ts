// Metrics in Prometheus' text format 0.0.4, as ZooKeeper's provider writes it: the HELP is the name, a counter has
// no `_total`, figures are Java doubles. Source: operations.md §4.2, TextFormat.write004 of the Java client.

import { javaDouble } from '../traffic.ts'
import type { Metric } from './collect.ts'
import type { Summary } from './summary.ts'

export const PROMETHEUS_CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

export interface Sample {
  /** With its suffix, if any. */
  readonly name: string
  readonly labels?: Readonly<Record<string, string>>
  readonly value: number
}

export interface Family {
  readonly name: string
  readonly help: string
  readonly type: 'gauge' | 'counter' | 'summary' | 'histogram'
  readonly samples: readonly Sample[]
}

/** `wanted`: the names asked for by `name[]`; empty: all. */
export function prometheusText(families: Iterable<Family>, wanted: ReadonlySet<string> = new Set()): string {
  const blocks: string[] = []
  for (const { name, help, type, samples } of families) {
    const shown = wanted.size === 0 ? samples : samples.filter((sample) => wanted.has(sample.name))
    if (shown.length === 0) continue
    blocks.push(`# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${shown.map(sampleText).join('')}`)
  }
  return blocks.join('')
}

function sampleText({ name, labels, value }: Sample): string {
  const pairs = Object.entries(labels ?? {}).map(([label, text]) => `${label}="${escaped(text)}",`)
  return `${name}${pairs.length > 0 ? `{${pairs.join('')}}` : ''} ${figure(value)}\n`
}

function figure(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf'
  return value === Number.NEGATIVE_INFINITY ? '-Inf' : javaDouble(value)
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}

/** Metrics of one name, however many keys they have, are one family. */
export function families(metrics: readonly Metric[]): Family[] {
  const byName = new Map<string, Sample[]>()
  const found: Family[] = []
  for (const metric of metrics) {
    let samples = byName.get(metric.name)
    if (!samples) {
      samples = []
      byName.set(metric.name, samples)
      found.push({ name: metric.name, help: metric.name, type: metric.type, samples })
    }
    samples.push(...samplesOf(metric))
  }
  return found
}

const BASIC_QUANTILES = [0.5]
const ADVANCED_QUANTILES = [0.5, 0.9, 0.99]

function samplesOf(metric: Metric): Sample[] {
  const { name } = metric
  if (metric.type === 'counter' || (metric.type === 'gauge' && metric.key === undefined))
    return [{ name, value: metric.value }]
  if (metric.type === 'gauge') return [{ name, labels: { key: metric.key ?? '' }, value: metric.value }]
  const { summary, advanced, key } = metric
  const labels: Readonly<Record<string, string>> = key === null ? {} : { key }
  return [
    ...quantiles(summary, advanced ? ADVANCED_QUANTILES : BASIC_QUANTILES, name, labels),
    { name: `${name}_count`, labels, value: summary.count },
    { name: `${name}_sum`, labels, value: thousandths(summary.sum) },
  ]
}

function quantiles(
  summary: Summary,
  wanted: readonly number[],
  name: string,
  labels: Readonly<Record<string, string>>,
): Sample[] {
  return wanted.map((q) => ({
    name,
    labels: { ...labels, quantile: String(q) },
    value: thousandths(summary.quantile(q)),
  }))
}

function thousandths(value: number): number {
  return Math.round(value * 1000) / 1000
}
