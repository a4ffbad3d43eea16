// Shows the story of a round; round-story-words.ts tells it.

import type { RoundView } from '#shared/events/cluster-view.ts'
import { useDuration } from '../ui/times.tsx'
import { useMessages } from '../ui/words.ts'
import { roundStory } from './round-story-words.ts'

export function RoundStory({ round, sids }: { readonly round: RoundView; readonly sids: readonly number[] }) {
  const { rounds } = useMessages()
  const duration = useDuration()
  return <p className="story">{roundStory(round, sids, rounds.words, duration).join(' ')}</p>
}
