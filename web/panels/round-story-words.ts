// What happened in a round, as a colleague would tell it. Pure.

import { type RoundView, UNKNOWN_OP } from '#shared/events/cluster-view.ts'
import { formatClock } from '../i18n/format.ts'
import type { Messages } from '../i18n/languages.ts'
import { visibleText } from '../i18n/visible-text.ts'
import { commitLatency, missingStage } from '../viz/round-facts.ts'

/** Sentences in the order of time. */
export function roundStory(
  round: RoundView,
  sids: readonly number[],
  words: Messages['rounds']['words'],
  duration: (ms: number) => string,
): string[] {
  const leader = String(round.leader)
  if (round.txn.op === UNKNOWN_OP) return [words.unknown(leader), ...fate(round, sids, words)]
  const what = round.txn.path === null ? round.txn.op : `${round.txn.op} ${visibleText(round.txn.path)}`
  const lines = [words.proposed(leader, what, formatClock(round.proposedAt, true))]
  if (round.txn.error !== null) lines.push(words.error(round.txn.error))
  const logged = round.members[leader]?.logged
  if (logged !== undefined && round.quorumBy !== round.leader)
    lines.push(words.durable(duration(logged - round.proposedAt)))
  if (round.quorumBy === null || round.quorumAt === null) {
    const applied = missingStage(round, sids, 'applied').length < sids.length
    return applied ? [...lines, words.quorumUnseen, ...fate(round, sids, words)] : [...lines, words.waiting]
  }
  const took = duration(round.quorumAt - round.proposedAt)
  lines.push(
    round.quorumBy === round.leader ? words.quorumSelf(leader, took) : words.quorum(String(round.quorumBy), took),
  )
  const committed = commitLatency(round)
  if (committed !== null) lines.push(words.committed(duration(committed)))
  return [...lines, ...fate(round, sids, words)]
}

/** Who has applied it. */
function fate(round: RoundView, sids: readonly number[], words: Messages['rounds']['words']): string[] {
  const missing = missingStage(round, sids, 'applied')
  if (missing.length === 0) return [words.appliedAll(String(sids.length))]
  if (missing.length === sids.length) return [words.appliedNone]
  return [words.appliedSome(String(sids.length - missing.length), String(sids.length), missing.join(', '))]
}
