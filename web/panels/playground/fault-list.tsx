// Faults that are active, each with its countdown and a button that heals it; and one that heals all.

import { useNow } from '../../stores/clock.ts'
import { healAll, healFault, usePlayground } from '../../stores/playground-store.ts'
import { useCluster } from '../../stores/view-store.ts'
import { useMessages } from '../../ui/words.ts'
import { GuardedButton } from '../tree/guarded-button.tsx'

export function FaultList() {
  const { playground, units } = useMessages()
  const words = playground.faults
  const faults = useCluster((view) => view.faults)
  const busy = usePlayground((state) => state.busy > 0)
  const now = useNow()
  const left = (endsAt: number) => words.left(`${Math.ceil(Math.max(0, endsAt - now) / 1000)} ${units.s}`)
  return (
    <section className="play-main" aria-label={words.active}>
      <div className="play-head">
        <h2>{words.active}</h2>
        <GuardedButton
          needs="fault:heal-all"
          className="small"
          disabled={busy || faults.length === 0}
          onClick={() => void healAll()}
        >
          {words.healAll}
        </GuardedButton>
      </div>
      {faults.length === 0 && <p className="tertiary">{words.none}</p>}
      <ul className="fault-list">
        {faults.map((fault) => (
          <li key={fault.id}>
            <span className="fault-hatch" aria-hidden="true" />
            <span>{fault.text}</span>
            <span className="mono">{fault.endsAt !== null && left(fault.endsAt)}</span>
            <GuardedButton
              needs="fault:heal"
              className="small"
              disabled={busy}
              label={words.healOne(fault.text)}
              onClick={() => void healFault(fault.id)}
            >
              {words.heal}
            </GuardedButton>
          </li>
        ))}
      </ul>
    </section>
  )
}
