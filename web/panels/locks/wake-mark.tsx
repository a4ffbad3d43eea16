// What a contender sleeps on, in two words beside its sentence: what its library should watch, as the servers' watch tables
// show it. The long form is in the inspector (contender-why.tsx).

import type { LockStanding } from '#shared/events/lock-requests.ts'
import type { WakeVerdict } from '#shared/recipes/wake/compare.ts'
import { useMessages } from '../../ui/words.ts'

type Tone = 'seen' | 'open' | 'wrong'

const TONES: Readonly<Record<WakeVerdict, Tone>> = {
  ...{ agrees: 'seen', awake: 'seen', polls: 'open', unknown: 'open', 'not yet': 'open' },
  ...{ orphan: 'wrong', 'lost wake-up': 'wrong', 'self-watch': 'wrong' },
  ...{ 'wrong predecessor': 'wrong', 'eligible asleep': 'wrong' },
}

export function WakeMark({ standing: { verdict } }: { readonly standing: LockStanding }) {
  const { lockDetail: words } = useMessages()
  if (verdict === null || verdict === 'awake') return null
  const tone = TONES[verdict]
  return (
    <span className="wake-mark" data-tone={tone} title={words.wakeWhy[verdict]}>
      <svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
        {tone === 'wrong' ? <path d="M3 3L9 9M9 3L3 9" /> : <circle cx="6" cy="6" r="3.5" />}
      </svg>
      {words.wakes[verdict]}
    </span>
  )
}
