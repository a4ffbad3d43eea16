// Looks values up in what is known of the ensemble, compares them, and says what was found and what was wanted. Also fills
// names into texts. Pure; the world is an argument.

import { unreachable } from '#shared/base/assert.ts'
import type { ClusterView } from '#shared/events/cluster-view.ts'
import type { Words } from '#shared/events/scenario-run.ts'
import { firedBelow, leaderlessMs, type Observed } from './observed.ts'
import type { Condition, Conditions, Gauge, Ref, Value } from './scenario.ts'

export interface World {
  readonly view: ClusterView
  readonly observed: Observed
  readonly facts: ReadonlyMap<string, Value>
  /** By the scenario's name for it: id of a workload. */
  readonly workloads: ReadonlyMap<string, string>
  /** Milliseconds since 1970. */
  readonly now: number
}

/** What a fact is that nobody has noted yet. */
export const UNKNOWN = 'unknown'

export function leaderIn(view: ClusterView): number {
  const leading = Object.values(view.members).filter(({ state, serving }) => state === 'LEADING' && serving)
  // One that was cut off may not know yet that it leads no more: the newer epoch is right.
  return leading.toSorted((a, b) => b.epoch - a.epoch)[0]?.sid ?? 0
}

export function look(gauge: Gauge, world: World): Value {
  const { view, observed } = world
  switch (gauge.gauge) {
    case 'fact':
      return world.facts.get(gauge.name) ?? UNKNOWN
    case 'leader':
      return leaderIn(view)
    case 'serving':
      return Object.values(view.members).filter(({ serving }) => serving).length
    case 'epochs':
      return observed.epochs.size
    case 'leaderless':
      return leaderlessMs(observed, world.now)
    case 'state':
      return view.members[sidOf(gauge.of, world)]?.state ?? 'down'
    case 'serves':
      return view.members[sidOf(gauge.of, world)]?.serving ? 1 : 0
    case 'sync':
      return observed.syncs.get(sidOf(gauge.of, world)) ?? 'none'
    case 'quorums':
      return observed.quorums.get(sidOf(gauge.by, world)) ?? 0
    case 'fired': {
      const workload = workloadOf(gauge.workload, world)
      return workload ? firedBelow(observed, workload.root) : 0
    }
    case 'count':
      return workloadOf(gauge.workload, world)?.report?.counts[gauge.count] ?? 0
    case 'expired':
      return observed.expired
    case 'divide': {
      const [left, right] = [Number(look(gauge.left, world)), Number(look(gauge.right, world))]
      return right === 0 ? 0 : Math.round((left / right) * 10) / 10
    }
    case 'minus':
      return Number(look(gauge.left, world)) - Number(look(gauge.right, world))
    default:
      return unreachable(gauge)
  }
}

export function sidOf(ref: Ref, { facts }: Pick<World, 'facts'>): number {
  return Number(facts.get(ref) ?? 0)
}

function workloadOf(name: string, { view, workloads }: World) {
  const id = workloads.get(name)
  return id === undefined ? undefined : view.workloads[id]
}

export function met(conditions: Conditions, world: World): boolean {
  return conditions.every((condition) => compare(condition, world))
}

function compare({ left, is, right }: Condition, world: World): boolean {
  const [a, b] = [look(left, world), typeof right === 'object' ? look(right, world) : right]
  switch (is) {
    case '=':
      return a === b
    case '≠':
      return a !== b
    // What is no number (yet) is neither more nor less: such comparisons are false.
    case '<':
      return Number(a) < Number(b)
    case '≤':
      return Number(a) <= Number(b)
    case '>':
      return Number(a) > Number(b)
    case '≥':
      return Number(a) >= Number(b)
    default:
      return unreachable(is)
  }
}

/** `leader 3 (wanted ≠ 1)`, one for each condition. */
export function evidence(conditions: Conditions, world: World): string {
  return conditions
    .map(({ left, is, right }) => {
      const wanted = typeof right === 'object' ? `${gaugeName(right)} ${look(right, world)}` : String(right)
      return `${gaugeName(left)} ${look(left, world)} (wanted ${is} ${wanted})`
    })
    .join('; ')
}

function gaugeName(gauge: Gauge): string {
  switch (gauge.gauge) {
    case 'fact':
      return gauge.name
    case 'state':
    case 'serves':
    case 'sync':
      return `${gauge.gauge} of ${gauge.of}`
    case 'quorums':
      return `quorums by ${gauge.by}`
    case 'fired':
      return `watches fired by ${gauge.workload}`
    case 'count':
      return `${gauge.workload} ${gauge.count}`
    case 'divide':
      return `${gaugeName(gauge.left)} / ${gaugeName(gauge.right)}`
    case 'minus':
      return `${gaugeName(gauge.left)} − ${gaugeName(gauge.right)}`
    default:
      return gauge.gauge
  }
}

/** `{name}` becomes the fact of that name; one that is not known yet becomes an ellipsis. */
export function fill(words: Words, facts: ReadonlyMap<string, Value>): Words {
  const filled = (text: string) => text.replaceAll(/\{([^{}]+)\}/g, (_, name: string) => String(facts.get(name) ?? '…'))
  return { en: filled(words.en), 'zh-CN': filled(words['zh-CN']) }
}
