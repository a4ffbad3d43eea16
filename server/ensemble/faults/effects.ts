// What a fault means for each member: commands to its own seams, or a signal to its process. Pure: the members and their
// roles are given. Carrying it out, and ending it, is fault-service.ts's business.

import { assert } from '#shared/base/assert.ts'
import { err, ok, type Result } from '#shared/base/result.ts'
import type { CheckedFault, FaultDirection, FaultTarget, Who } from '#shared/events/fault-request.ts'

export type Role = 'leader' | 'follower' | 'observer'

/** What is known about the members when a fault begins; null: it does not say. */
export type Roles = ReadonlyMap<number, Role | null>

/** A command that lasts, without its length. `on`: as the member names it; the same command may be given again. */
export interface LastingEffect {
  readonly sid: number
  readonly on: string
  readonly command: object
}

export interface Effects {
  readonly sids: readonly number[]
  readonly links: readonly (readonly [number, number])[]
  readonly lasting: readonly LastingEffect[]
  /** Commands that are carried out once. */
  readonly once: readonly { readonly sid: number; readonly command: object }[]
  readonly process: 'kill' | 'pause' | 'restart' | null
  /** Which file of each member is to rot. */
  readonly rot: 'log' | 'snapshot' | null
}

/** On what a member has an armed crash point. */
export const CRASH = 'crash'

/** As members name them: server/member/faults/crash-points.ts. */
const CRASH_POINTS = {
  'crash-before-proposal': 'beforeProposal',
  'crash-before-flush': 'beforeFlush',
  'crash-torn-write': 'tornWrite',
  'crash-after-flush': 'afterFlush',
  'crash-before-commit': 'beforeCommit',
  'crash-after-ack': 'afterAck',
} as const

/** The error is a sentence. */
export function effectsOf(fault: CheckedFault, roles: Roles): Result<Effects, string> {
  const { target } = fault
  switch (target.on) {
    case 'member':
    case 'disk':
    case 'clock':
    case 'clients': {
      const sids = whoIs(target.at, roles)
      return sids.ok ? ok(onMembers(fault, sids.value)) : sids
    }
    case 'link':
    case 'isolate':
    case 'groups': {
      const pairs = pairsOf(target, roles)
      return pairs.ok ? ok(onLinks(fault, pairs.value, [...roles.keys()])) : pairs
    }
  }
}

function whoIs(who: Who, roles: Roles): Result<readonly number[], string> {
  if (typeof who === 'number') return roles.has(who) ? ok([who]) : err(`There is no member ${who}.`)
  if (who === 'all') return ok([...roles.keys()])
  const role = { leader: 'leader', followers: 'follower', observers: 'observer' } as const
  const found = [...roles].filter(([, is]) => is === role[who]).map(([sid]) => sid)
  if (found.length > 0) return ok(found)
  if (who === 'leader') return err('Nobody leads now. Name a member, or wait for the election.')
  return err(`There are no ${who} now. Name members by their ids.`)
}

type Pair = readonly [number, number]

/** Pairs of members, the first one's side first; each link once. */
function pairsOf(
  target: Extract<FaultTarget, { on: 'link' | 'isolate' | 'groups' }>,
  roles: Roles,
): Result<Pair[], string> {
  if (target.on === 'groups') {
    const stranger = target.groups.flat().find((sid) => !roles.has(sid))
    if (stranger !== undefined) return err(`There is no member ${stranger}.`)
    const { groups } = target
    return ok(
      groups.flatMap((group, i) =>
        groups.slice(i + 1).flatMap((later) => group.flatMap((from) => later.map((to): Pair => [from, to]))),
      ),
    )
  }
  const from = whoIs(target.at, roles)
  if (!from.ok) return from
  const to = target.on === 'isolate' ? ok([...roles.keys()]) : whoIs(target.to, roles)
  if (!to.ok) return to
  const pairs: Pair[] = []
  for (const a of from.value)
    for (const b of to.value) {
      const there = pairs.some(([x, y]) => (x === a && y === b) || (x === b && y === a))
      if (a !== b && !there) pairs.push([a, b])
    }
  return pairs.length > 0 ? ok(pairs) : err('A link has two ends: name two members.')
}

function onMembers(fault: CheckedFault, sids: readonly number[]): Effects {
  const base = { sids, links: [], lasting: [], once: [], process: null, rot: null }
  const { parameters } = fault
  const lasting = (on: string, command: object) => ({ ...base, lasting: sids.map((sid) => ({ sid, on, command })) })
  switch (fault.fault) {
    case 'kill':
    case 'pause':
    case 'restart':
      return { ...base, process: fault.fault }
    case 'reset':
      return { ...base, once: sids.map((sid) => ({ sid, command: { type: 'resetClients' } })) }
    case 'crash-before-proposal':
    case 'crash-before-flush':
    case 'crash-torn-write':
    case 'crash-after-flush':
    case 'crash-before-commit':
    case 'crash-after-ack':
      return lasting(CRASH, { type: 'crash', at: CRASH_POINTS[fault.fault] })
    case 'flipped-bit':
      return { ...base, rot: 'log' }
    case 'flipped-bit-snapshot':
      return { ...base, rot: 'snapshot' }
    case 'slow-flush':
      return lasting('disk', { type: 'disk', rule: { type: 'slow', delayMs: parameters.delayMs } })
    case 'stuck-flush':
      return lasting('disk', { type: 'disk', rule: { type: 'stuck' } })
    case 'failed-flush':
      return lasting('disk', { type: 'disk', rule: { type: 'failFlush' } })
    case 'failed-write':
      return lasting('disk', { type: 'disk', rule: { type: 'failWrite' } })
    case 'disk-full':
      return lasting('disk', { type: 'disk', rule: { type: 'full', freeBytes: parameters.freeBytes } })
    case 'clock-offset':
      return lasting('clock offset', { type: 'clock', rule: { type: 'offset', ms: parameters.ms } })
    case 'clock-drift':
      return lasting('clock drift', {
        type: 'clock',
        rule: { type: 'drift', fasterPercent: parameters.fasterPercent },
      })
    case 'clock-freeze':
      return lasting('clock freeze', { type: 'clock', rule: { type: 'freeze' } })
    case 'clock-jump':
      return {
        ...base,
        once: sids.map((sid) => ({ sid, command: { type: 'clock', rule: { type: 'jump', ms: parameters.ms } } })),
      }
    default: {
      const directions = fault.direction === 'both' ? ['out', 'in'] : [fault.direction]
      const rule = ruleOf(fault)
      const clients = (sid: number) =>
        directions.map((direction) => ({
          sid,
          on: `clients ${direction}`,
          command: { type: 'clients', direction, rule },
        }))
      return { ...base, lasting: sids.flatMap(clients) }
    }
  }
}

/** Each direction is broken where it begins, at the sender. `all`: every member. */
function onLinks(fault: CheckedFault, pairs: readonly Pair[], all: readonly number[]): Effects {
  const links = pairs.flatMap(([a, b]) => directed(a, b, fault.direction))
  const sids = [...new Set(pairs.flat())].sort((a, b) => a - b)
  const base = { sids, links, lasting: [], once: [], process: null, rot: null }
  if (fault.fault === 'reset')
    return { ...base, once: links.map(([sid, peer]) => ({ sid, command: { type: 'reset', peer } })) }
  const rule = ruleOf(fault)
  const lasting = links.map(([sid, peer]) => ({
    sid,
    on: `link ${peer} out`,
    command: { type: 'link', peer, direction: 'out', rule },
  }))
  if (fault.fault === 'hold') {
    // Whoever has no message held would miss those that the others do not send: time stands still for everybody, first.
    const pace = { type: 'clock', rule: { type: 'pace', percent: fault.parameters.pacePercent } }
    return { ...base, lasting: [...all.map((sid) => ({ sid, on: 'clock pace', command: pace })), ...lasting] }
  }
  return { ...base, lasting }
}

function directed(a: number, b: number, direction: FaultDirection): Pair[] {
  switch (direction) {
    case 'out':
      return [[a, b]]
    case 'in':
      return [[b, a]]
    case 'both':
      return [
        [a, b],
        [b, a],
      ]
  }
}

/** As members know them: server/faults/link-rule.ts. */
function ruleOf({ fault, parameters }: CheckedFault): object {
  switch (fault) {
    case 'cut':
    case 'one-way':
      return { type: 'cut' }
    case 'hold':
      return { type: 'hold' }
    case 'heavy-tail':
      return { type: 'heavyTail', ...parameters }
    case 'delay':
    case 'loss':
    case 'duplicate':
    case 'reorder':
    case 'throttle':
      return { type: fault, ...parameters }
    default:
      assert(false, `${fault} is a rule for a link`)
  }
}
