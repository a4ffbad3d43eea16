// Metrics as `mntr` and the AdminServer's `monitor` show them: one value a name, a summary taken apart into several.
// Source: DefaultMetricsProvider, AvgMinMaxCounter, AvgMinMaxPercentileCounter.

import { modeOf, type ServerFacts } from '../server-facts.ts'
import { fourDecimals } from '../traffic.ts'
import { VERSION_TEXT } from '../version.ts'
import { collectMetrics, type Metric } from './collect.ts'
import type { Summary } from './summary.ts'

/** A Java double is shown with a decimal point, whatever its value. */
export type FlatValue = string | number | { readonly double: number }
export type FlatMetric = readonly [name: string, value: FlatValue]

export async function flatMetrics(facts: ServerFacts): Promise<FlatMetric[]> {
  const metrics = await collectMetrics(facts)
  return [...texts(facts), ...metrics.flatMap(flatten)]
}

function texts(facts: ServerFacts): FlatMetric[] {
  const { config, notes, peer } = facts
  const lines: FlatMetric[] = [
    ['version', VERSION_TEXT],
    ['server_state', modeOf(facts)],
  ]
  if (config.standalone) return lines
  lines.push(['peer_state', peerState(facts)])
  // Observers follow the leader only.
  if (peer.zab.role.state === 'OBSERVING' && notes.leader !== null) lines.push(['observer_master_id', notes.leader])
  return lines
}

/** `leading - broadcast`, `following - synchronization`. Source: QuorumPeer.getDetailedState. */
function peerState({ peer, notes }: ServerFacts): string {
  const words = { LOOKING: 'looking', FOLLOWING: 'following', LEADING: 'leading', OBSERVING: 'observing' } as const
  const { role } = peer.zab
  if (role.state === 'LOOKING') return words.LOOKING
  const how = role.state !== 'LEADING' && notes.phase === 'SYNCHRONIZATION' ? role.plan?.how : undefined
  return [words[role.state], notes.phase.toLowerCase(), ...(how ? [how.toLowerCase()] : [])].join(' - ')
}

function flatten(metric: Metric): FlatMetric[] {
  if (metric.type !== 'summary')
    return [[nameOf(metric), metric.type === 'gauge' && metric.isDouble ? { double: metric.value } : metric.value]]
  const { summary, advanced } = metric
  const name = nameOf(metric)
  return [
    [`avg_${name}`, { double: fourDecimals(summary.average) }],
    [`min_${name}`, Math.floor(summary.min)],
    [`max_${name}`, Math.floor(summary.max)],
    [`cnt_${name}`, summary.count],
    [`sum_${name}`, Math.round(summary.sum)],
    ...(advanced ? percentiles(summary, name) : []),
  ]
}

/** Names are clients' words: what would end a line is left out of it. */
function nameOf(metric: Metric): string {
  const key = metric.type === 'counter' ? null : (metric.key ?? null)
  return key === null ? metric.name : `${key.replace(/\s/g, '')}_${metric.name}`
}

const PERCENTILES = [
  ['p50', 0.5],
  ['p95', 0.95],
  ['p99', 0.99],
  ['p999', 0.999],
] as const

/** Whole milliseconds, and 0 while there are none. */
function percentiles(summary: Summary, name: string): FlatMetric[] {
  return PERCENTILES.map(([word, q]) => [`${word}_${name}`, summary.count === 0 ? 0 : Math.floor(summary.quantile(q))])
}
