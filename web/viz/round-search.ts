// Searching rounds: words that must all be found in what a round says of itself, and a few that ask for a
// property: `slow`, `uncommitted`, `failed`, `>10ms`.

import type { RoundView } from '#shared/events/cluster-view.ts'
import { commitLatency, median } from './round-facts.ts'

export type RoundTest = (round: RoundView) => boolean

/** Slow: so many times the median of those kept. */
const SLOW_FACTOR = 3

function textOf({ txn }: RoundView): string {
  return `${txn.zxid} ${txn.op} ${txn.path ?? ''} ${txn.session} ${txn.error ?? ''}`.toLowerCase()
}

/** Over nobody's ack is missing, but the leader's commit is. */
export function isUncommitted(round: RoundView): boolean {
  return !Object.values(round.members).some(
    ({ committed, applied }) => committed !== undefined || applied !== undefined,
  )
}

/** `null` when `find` asks for nothing. `rounds` are those that "slow" compares with. */
export function roundTest(find: string, rounds: readonly RoundView[]): RoundTest | null {
  const words = find.trim().toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return null
  const tests = words.map((word): RoundTest => {
    const longer = /^>(\d+(?:\.\d+)?)(ms)?$/.exec(word)
    if (longer?.[1]) {
      const ms = Number(longer[1])
      return (round) => (commitLatency(round) ?? 0) > ms
    }
    switch (word) {
      case 'slow': {
        const usual = median(rounds.flatMap((round) => commitLatency(round) ?? []))
        return (round) => usual !== null && (commitLatency(round) ?? 0) > usual * SLOW_FACTOR
      }
      case 'uncommitted':
        return isUncommitted
      case 'failed':
        return (round) => round.txn.error !== null
      default:
        return (round) => textOf(round).includes(word)
    }
  })
  return (round) => tests.every((test) => test(round))
}
