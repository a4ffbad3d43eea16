// The faults of one link, by button: what opens when somebody chooses a link in the ring.

import type { FaultId } from '#shared/events/fault-catalogue.ts'
import { healFault, injectFault, offerLink, usePlayground } from '../../stores/playground-store.ts'
import { useCluster } from '../../stores/view-store.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { useMessages } from '../../ui/words.ts'
import { chooseFault, FIRST_FORM, faultRequest } from '../../viz/playground/fault-form.ts'
import { GuardedButton } from '../tree/guarded-button.tsx'

const OFFERED: readonly FaultId[] = ['cut', 'one-way', 'hold', 'delay', 'heavy-tail', 'loss', 'throttle', 'reset']
/** As the words in the dialog say. */
const DURATION_S = 60

export function LinkFaults() {
  const link = usePlayground((state) => state.link)
  return link ? <Choice a={link[0]} b={link[1]} /> : null
}

function Choice({ a, b }: { readonly a: number; readonly b: number }) {
  const { playground, frame } = useMessages()
  const words = playground.faults
  const faults = useCluster((view) => view.faults)
  const here = faults.filter(({ links }) =>
    links.some(([from, to]) => (from === a && to === b) || (from === b && to === a)),
  )
  const close = () => offerLink(null)
  const inject = (fault: FaultId): void => {
    close()
    const ends = { place: 'link', at: String(a), to: String(b), durationS: DURATION_S } as const
    void injectFault(faultRequest({ ...chooseFault(FIRST_FORM, fault), ...ends }))
  }
  return (
    <Dialog title={words.linkTitle(String(a), String(b))} onClose={close}>
      {here.map((fault) => (
        <p key={fault.id} className="link-fault">
          {fault.text}{' '}
          <GuardedButton
            needs="fault:heal"
            className="small"
            label={words.healOne(fault.text)}
            onClick={() => {
              close()
              void healFault(fault.id)
            }}
          >
            {words.heal}
          </GuardedButton>
        </p>
      ))}
      <p>{words.linkIntro}</p>
      <div className="link-choices">
        {OFFERED.map((fault) => (
          <GuardedButton key={fault} needs="fault:inject" onClick={() => inject(fault)}>
            {playground.faultNames[fault]}
          </GuardedButton>
        ))}
      </div>
      <div className="buttons">
        <button type="button" className="button quiet" onClick={close}>
          {frame.close}
        </button>
      </div>
    </Dialog>
  )
}
