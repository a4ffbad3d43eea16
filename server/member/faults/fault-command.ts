// Commands that break a member on purpose, as they come from outside: one JSON object a line, checked whole before
// anything is done. Carrying them out is fault-seams.ts's business.

import { err, ok, type Result } from '#shared/base/result.ts'
import { asSid, type Sid } from '#shared/zk/ids.ts'
import type { HeldAction } from '../../faults/link-lane.ts'
import { type LinkRule, MESSAGE_RULES, parseLinkRule } from '../../faults/link-rule.ts'
import { type DiskRule, parseDiskRule } from '../../storage/faulty-disk.ts'
import { type CrashPoint, parseCrashPoint } from './crash-points.ts'
import { type ClockRule, parseClockRule } from './faulty-clock.ts'
import type { Direction, Peer } from './link-faults.ts'

/** No fault lasts longer: whoever set it may be gone. */
export const FAULT_TTL_MS_MAX = 600_000

export type FaultCommand =
  | {
      readonly type: 'link'
      readonly peer: Peer
      readonly directions: readonly Direction[]
      readonly rule: LinkRule
      readonly ttlMs: number
    }
  /** Between this member and all its clients. */
  | {
      readonly type: 'clients'
      readonly directions: readonly Direction[]
      readonly rule: LinkRule
      readonly ttlMs: number
    }
  /** The connections of all clients break, once. */
  | { readonly type: 'resetClients' }
  /** Connections with a peer break, once. */
  | { readonly type: 'reset'; readonly peer: Peer }
  | { readonly type: 'disk'; readonly rule: DiskRule; readonly ttlMs: number }
  | { readonly type: 'clock'; readonly rule: Exclude<ClockRule, { type: 'jump' }>; readonly ttlMs: number }
  | { readonly type: 'jump'; readonly ms: number }
  /** The process ends when it comes to this point. */
  | { readonly type: 'crash'; readonly at: CrashPoint; readonly ttlMs: number }
  /** What links hold is told in the answer. */
  | { readonly type: 'held' }
  /** Something that is held on the way to a peer goes on, or does not; null: everything there. */
  | { readonly type: 'release'; readonly peer: Sid; readonly message: number | null; readonly action: HeldAction }
  /** One fault ends, by what it is on, if there is one. */
  | { readonly type: 'end'; readonly on: string }
  /** Every fault ends. What a jump did stays. */
  | { readonly type: 'heal' }
  /** Nothing but the list of what is active. */
  | { readonly type: 'list' }

/** The error is a sentence that says what to write instead. */
export function parseFaultCommand(value: unknown): Result<FaultCommand, string> {
  if (typeof value !== 'object' || value === null || !('type' in value))
    return err('a command is a JSON object with a type')
  switch (value.type) {
    case 'heal':
    case 'list':
    case 'held':
    case 'resetClients':
      return ok({ type: value.type })
    case 'end': {
      const on = 'on' in value ? value.on : undefined
      return typeof on === 'string'
        ? ok({ type: 'end', on })
        : err('on says which fault is to end, as the list names it')
    }
    case 'clients': {
      const read = readRule(value)
      if (!read.ok) return read
      if (read.value.rule.type === 'hold') return err('hold is for messages between members, not for those of clients')
      if (MESSAGE_RULES.includes(read.value.rule.type))
        return err(`${read.value.rule.type} is for votes between members: what clients say is one stream of TCP`)
      return ok({ type: 'clients', ...read.value })
    }
    case 'reset': {
      const peer = readPeer(value)
      return peer.ok ? ok({ type: 'reset', peer: peer.value }) : peer
    }
    case 'link':
      return readLink(value)
    case 'disk': {
      const rule = parseDiskRule(ruleOf(value))
      if (!rule.ok) return rule
      const ttlMs = readTtl(value)
      return ttlMs.ok ? ok({ type: 'disk', rule: rule.value, ttlMs: ttlMs.value }) : ttlMs
    }
    case 'clock': {
      const rule = parseClockRule(ruleOf(value))
      if (!rule.ok) return rule
      if (rule.value.type === 'jump') return ok({ type: 'jump', ms: rule.value.ms })
      const ttlMs = readTtl(value)
      return ttlMs.ok ? ok({ type: 'clock', rule: rule.value, ttlMs: ttlMs.value }) : ttlMs
    }
    case 'crash': {
      const at = parseCrashPoint('at' in value ? value.at : undefined)
      if (!at.ok) return at
      const ttlMs = readTtl(value)
      return ttlMs.ok ? ok({ type: 'crash', at: at.value, ttlMs: ttlMs.value }) : ttlMs
    }
    case 'release':
      return readRelease(value)
    default:
      return err(
        'the type of a command is link, reset, clients, resetClients, held, release, disk, clock, crash, end, heal or list',
      )
  }
}

function readRelease(value: object): Result<FaultCommand, string> {
  const peer = readPeer(value)
  if (!peer.ok) return peer
  if (peer.value === 'all') return err('peer is the one server that the message is on its way to')
  const message = 'message' in value ? value.message : undefined
  if (message !== null && (typeof message !== 'number' || !Number.isSafeInteger(message)))
    return err('message is the id of one that is held, or null for all of them')
  const action = 'action' in value ? value.action : undefined
  if (action !== 'deliver' && action !== 'drop' && action !== 'duplicate')
    return err('action is deliver, drop or duplicate')
  return ok({ type: 'release', peer: peer.value, message, action })
}

function readLink(value: object): Result<FaultCommand, string> {
  const peer = readPeer(value)
  if (!peer.ok) return peer
  const read = readRule(value)
  return read.ok ? ok({ type: 'link', peer: peer.value, ...read.value }) : read
}

interface DirectedRule {
  readonly directions: readonly Direction[]
  readonly rule: LinkRule
  readonly ttlMs: number
}

function readRule(value: object): Result<DirectedRule, string> {
  const direction = 'direction' in value ? value.direction : undefined
  if (direction !== 'in' && direction !== 'out' && direction !== 'both')
    return err('the direction of a link fault is in, out or both')
  const rule = parseLinkRule(ruleOf(value))
  if (!rule.ok) return rule
  if (rule.value.type === 'hold' && direction !== 'out') return err('hold is for what leaves: its direction is out')
  const ttlMs = readTtl(value)
  if (!ttlMs.ok) return ttlMs
  const directions: readonly Direction[] = direction === 'both' ? ['in', 'out'] : [direction]
  return ok({ directions, rule: rule.value, ttlMs: ttlMs.value })
}

function readPeer(value: object): Result<Peer, string> {
  const peer = 'peer' in value ? value.peer : undefined
  if (peer === 'all') return ok('all')
  if (typeof peer === 'number' && Number.isInteger(peer) && peer >= 1 && peer <= 255) return ok(asSid(peer))
  return err('peer is the id of a server, or all; for links with clients the type of the command is clients')
}

function ruleOf(value: object): unknown {
  return 'rule' in value ? value.rule : undefined
}

function readTtl(value: object): Result<number, string> {
  const ttlMs = 'ttlMs' in value ? value.ttlMs : undefined
  if (typeof ttlMs === 'number' && Number.isInteger(ttlMs) && ttlMs >= 1 && ttlMs <= FAULT_TTL_MS_MAX) return ok(ttlMs)
  return err(`ttlMs is how long the fault lasts, a whole number from 1 to ${FAULT_TTL_MS_MAX}`)
}
