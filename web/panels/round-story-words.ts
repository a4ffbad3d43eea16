// What happened in a round, as a colleague would tell it. Pure.

import type { RoundView } from '#shared/events/cluster-view.ts'
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
  const what = round.txn.path === null ? round.txn.op : `${round.txn.op} ${visibleText(round.txn.path)}`
  const lines = [words.proposed(leader, what, formatClock(round.proposedAt, true))]
  if (round.txn.error !== null) lines.push(words.error(round.txn.error))
  const logged = round.members[leader]?.logged
  if (logged !== undefined && round.quorumBy !== round.leader)
    lines.push(words.durable(duration(logged - round.proposedAt)))
  if (round.quorumBy === null || round.quorumAt === null) return [...lines, words.waiting]
  const took = duration(round.quorumAt - round.proposedAt)
  lines.push(
    round.quorumBy === round.leader ? words.quorumSelf(leader, took) : words.quorum(String(round.quorumBy), took),
  )
  const committed = commitLatency(round)
  if (committed !== null) lines.push(words.committed(duration(committed)))
  const missing = missingStage(round, sids, 'applied')
  lines.push(
    missing.length === 0
      ? words.appliedAll(String(sids.length))
      : words.appliedSome(String(sids.length - missing.length), String(sids.length), missing.join(', ')),
  )
  return lines
}
