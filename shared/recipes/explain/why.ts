// Why a contender waits, or why it does not, in one sentence. The most telling cause wins: what is broken before what
// is slow, and what is slow before the plain order of the line.

import { formatSessionId, NO_SESSION } from '../../zk/ids.ts'
import { baseName } from '../../zk/path.ts'
import { isHolder, isWaiting, type LockPicture, type Standing } from '../recognise/picture.ts'
import type { Wake, WakeReport } from '../wake/compare.ts'
import type { Params, Sentence, SentenceId } from './sentence.ts'

export interface WhyContext {
  /** Null when no watch tables are known. */
  readonly wakes: WakeReport | null
  /** Path → when it was granted, ms since 1970; without an entry: before we looked. */
  readonly grantedMs: ReadonlyMap<string, number>
  /** Sessions with a connection, `0x…`; null when that is not known of all members. */
  readonly connected: ReadonlySet<string> | null
  readonly now: number
}

/** Why the contender at `path` stands where it stands. */
export function whyOf(picture: LockPicture, path: string, context: WhyContext): Sentence {
  const standing = picture.standings.find((each) => each.path === path)
  if (!standing) return { id: 'gone', params: {} }
  const params = { me: formatSessionId(standing.owner), name: standing.name }
  const say = (id: SentenceId, more: Params = {}): Sentence => ({ id, params: { ...params, ...more } })
  if (standing.state === 'member') return ofMember(picture, say)
  if (standing.state === 'item') {
    const items = picture.standings.filter(({ state }) => state === 'item')
    return say('item', { ahead: items.indexOf(standing) })
  }
  const wake = context.wakes?.wakes.get(path) ?? null
  return isWaiting(standing)
    ? ofWaiter(picture, standing, wake, context, say)
    : ofHolder(picture, standing, wake, context, say)
}

type Say = (id: SentenceId, more?: Params) => Sentence

function ofMember({ recipe, standings, facts }: LockPicture, say: Say): Sentence {
  if (recipe !== 'double barrier') return say('member')
  const ready = facts.some(({ type, detail }) => type === 'siblings' && detail === 'ready')
  return say(ready ? 'member.barrier.leave' : 'member.barrier.enter', { others: standings.length - 1 })
}

function ofHolder(picture: LockPicture, own: Standing, wake: Wake | null, context: WhyContext, say: Say): Sentence {
  if (own.kind === 'foreign') return say('blocks.foreign')
  if (wake?.verdict === 'eligible asleep') return say('asleep.eligible', { other: otherOf(wake, own) })
  const granted = picture.standings.filter((other) => isHolder(other) && other.kind !== 'foreign')
  if (own.kind === 'lease' && picture.recipe === 'lease')
    return say('holds.clock', { holderName: picture.record?.holder ?? own.name, end: picture.record?.end ?? '' })
  if (own.kind === 'claim') return say('holds.claim')
  if (own.owner === NO_SESSION) return say('holds.persistent')
  if (isDisconnected(own, context)) return say('holds.disconnected')
  const strangers = granted.filter((other) => other.family !== own.family)
  if (strangers.length > 0) return say('holds.mixed', { family: own.family, others: strangers.length })
  if (picture.recipe === 'single node') return say('holds.single', { crowd: context.wakes?.crowd.length ?? 0 })
  if (own.state === 'acknowledged') return say('holds.acknowledged')
  if (picture.confidence === 'guess') return say('holds.probably')
  if (own.kind === 'lease') return say('holds.lease', { granted: granted.length })
  if (picture.recipe === 'semaphore' && picture.permits) return say('holds.permit', { permits: picture.permits.count })
  if (own.kind === 'read') {
    const writes = granted.some((other) => other.kind === 'write' && other.owner === own.owner)
    return writes ? say('holds.downgraded') : say('holds.reads', { others: granted.length - 1 })
  }
  return say(picture.recipe === 'election' ? 'holds.leads' : 'holds', heldFor(own, context))
}

function ofWaiter(picture: LockPicture, own: Standing, wake: Wake | null, context: WhyContext, say: Say): Sentence {
  const broken = wake && ofBrokenWake(own, wake, say)
  if (broken) return broken
  const byPath = new Map(picture.standings.map((standing) => [standing.path, standing]))
  const holders = own.hard.map((path) => byPath.get(path)).filter((each) => each !== undefined)
  const [first] = holders
  if (own.state === 'pending lease') return say('waits.lease', { granted: own.hardCount })
  if (picture.recipe === 'semaphore') return ofPermits(picture, own, say)
  const foreign = holders.find(({ kind }) => kind === 'foreign')
  if (foreign) return say('waits.foreign', { other: foreign.name })
  if (!first) {
    if (own.softCount === 0) return say('waits.free')
    if (own.kind === 'read') return say('waits.read.queued', { writers: own.softCount })
    return ofFirstInLine(picture, own, context, say)
  }
  const whom = {
    holder: formatSessionId(first.owner),
    holderName: first.name,
    ...heldFor(first, context),
    ahead: own.softCount,
  }
  if (own.wake.via === 'polling') return own.kind === 'update' ? say('waits.update', whom) : say('waits.polls', whom)
  if (picture.confidence === 'guess') return say('waits.probably', whom)
  if (first.owner === NO_SESSION) return say('waits.persistent', whom)
  if (first.owner === own.owner && own.family !== 'accumulo') return say('waits.itself', whom)
  if (isDisconnected(first, context)) return say('waits.disconnected', whom)
  if (own.kind === 'read') return say('waits.read', whom)
  if (own.kind === 'write') return ofWriter(own, holders, whom, say)
  if (picture.recipe === 'election') return say('waits.election', whom)
  return say(own.softCount === 0 ? 'waits.next' : 'waits.line', whom)
}

function ofBrokenWake(own: Standing, wake: Wake, say: Say): Sentence | null {
  switch (wake.verdict) {
    case 'orphan':
      return say('waits.orphan')
    case 'lost wake-up':
      return say('waits.lost')
    case 'self-watch':
      return say('waits.self-watch')
    case 'wrong predecessor': {
      const expected = own.wake.via === 'nodes' ? baseName(own.wake.paths[0] ?? '') : ''
      return say('waits.wrong', { expected, other: otherOf(wake, own) })
    }
    default:
      return null
  }
}

function ofPermits({ permits, standings }: LockPicture, own: Standing, say: Say): Sentence {
  const granted = standings.filter(isHolder).length
  const ahead = own.softCount
  if (!permits || permits.basis === 'at least') return say('waits.permits.unknown', { holders: granted, ahead })
  if (granted < permits.count) return say('waits.permits.free', { free: permits.count - granted, ahead })
  return say('waits.permits', { permits: permits.count, ahead })
}

function ofWriter(own: Standing, holders: readonly Standing[], whom: Params, say: Say): Sentence {
  const readers = holders.filter(({ kind }) => kind === 'read').length
  if (readers < holders.length) return say('waits.write.writer', whom)
  // kazoo's Lock and WriteLock make the same name.
  return say(own.family === 'kazoo' ? 'waits.ambiguous' : 'waits.write.readers', { ...whom, holders: own.hardCount })
}

/** Nobody that it waits for holds, but others wait before it: the head of its line is the one to look at. */
function ofFirstInLine({ standings }: LockPicture, own: Standing, context: WhyContext, say: Say): Sentence {
  const holder = standings.find((each) => isHolder(each) && each.family === own.family)
  const whom = { holder: formatSessionId(holder?.owner ?? own.owner), holderName: holder?.name ?? own.name }
  return say('waits.line', { ...whom, ...(holder ? heldFor(holder, context) : {}), ahead: own.softCount })
}

function heldFor({ path }: Standing, { grantedMs, now }: WhyContext): Params {
  const granted = grantedMs.get(path)
  return granted === undefined ? {} : { heldMs: Math.max(0, now - granted) }
}

function isDisconnected({ owner }: Standing, { connected }: WhyContext): boolean {
  return connected !== null && owner !== NO_SESSION && !connected.has(formatSessionId(owner))
}

function otherOf({ observed }: Wake, own: Standing): string {
  return baseName(observed.find((path) => path !== own.path) ?? own.path)
}
