// "Why is this not committed?", answered: how many acks it needs, and what keeps each voter from giving one.

import type { RoundView } from '#shared/events/cluster-view.ts'
import type { Messages } from '../../i18n/languages.ts'
import { useNow } from '../../stores/clock.ts'
import { useCluster } from '../../stores/view-store.ts'
import { useDuration } from '../../ui/times.tsx'
import { useMessages } from '../../ui/words.ts'
import { type Hindrance, type Waiting, whyWaiting } from '../../viz/why-waiting.ts'

/** Sentences, the answer first. */
export function waitingSentences(
  waiting: Waiting,
  leader: number,
  words: Messages['reading'],
  duration: (ms: number) => string,
): string[] {
  const missing = waiting.needed - waiting.acked.length
  const tell = (hindrance: Hindrance): string =>
    hindrance.type === 'flushing'
      ? words.hindrances.flushing(String(hindrance.sid), duration(hindrance.sinceMs))
      : words.hindrances[hindrance.type](String(hindrance.sid))
  return [
    missing > 0 ? words.needs(missing) : words.enough,
    ...(missing > 0 ? waiting.hindrances.map(tell) : []),
    ...(waiting.leaderGone ? [words.leaderGone(String(leader))] : []),
    ...(waiting.overtaken ? [words.overtaken] : []),
  ]
}

export function WhyWaiting({ round }: { readonly round: RoundView }) {
  const { reading: words } = useMessages()
  const duration = useDuration()
  const now = useNow()
  const waiting = useCluster((view) => whyWaiting(round, view, now))
  if (!waiting) return null
  return (
    <section className="why">
      <h3>{words.why}</h3>
      <ul>
        {waitingSentences(waiting, round.leader, words, duration).map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
    </section>
  )
}
