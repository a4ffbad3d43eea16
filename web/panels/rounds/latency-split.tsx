// Where the time of a commit went: one bar in parts, and the parts in words with what nobody tells as unknown.

import type { RoundView } from '#shared/events/cluster-view.ts'
import { useDuration } from '../../ui/times.tsx'
import { useMessages } from '../../ui/words.ts'
import { latencySplit } from '../../viz/agreement.ts'

export function LatencySplit({ round }: { readonly round: RoundView }) {
  const { reading: words } = useMessages()
  const duration = useDuration()
  const split = latencySplit(round)
  if (!split) return null
  const part = (ms: number) => (split.totalMs > 0 ? (ms / split.totalMs) * 100 : 0)
  return (
    <section>
      <h3 title={words.splitHint(String(split.by))}>{words.split}</h3>
      <div className="split-bar" aria-hidden="true">
        {split.parts.map(({ part: name, ms }) => (
          <span key={name} data-part={name} style={{ width: ms === null ? '6px' : `${part(ms)}%` }} />
        ))}
      </div>
      <dl className="facts split">
        {split.parts.map(({ part: name, ms }) => (
          <div key={name} title={words.partHints[name]}>
            <dt>
              <span className="split-key" data-part={name} aria-hidden="true" />
              {words.parts[name]}
            </dt>
            <dd className={ms === null ? 'tertiary' : 'mono'}>{ms === null ? words.unknown : duration(ms)}</dd>
          </div>
        ))}
      </dl>
      <p className="tertiary">{words.splitHint(String(split.by))}</p>
    </section>
  )
}
