// The palette of faults: what, where, how hard, how long; beside it what is active now.

import { useState } from 'react'
import { FAULT_CATALOGUE, type FaultPlace, type FaultUnit } from '#shared/events/fault-catalogue.ts'
import { injectFault, usePlayground } from '../../stores/playground-store.ts'
import { useCluster } from '../../stores/view-store.ts'
import { useMessages } from '../../ui/words.ts'
import { membersInOrder } from '../../viz/ensemble-answer.ts'
import {
  chooseFault,
  DURATION_S,
  EVERYBODY,
  FIRST_FORM,
  faultRequest,
  kindOf,
  ROLES,
} from '../../viz/playground/fault-form.ts'
import { GuardedButton } from '../tree/guarded-button.tsx'
import { FaultList } from './fault-list.tsx'
import { HeldMessages } from './held-messages.tsx'
import { ChoiceField, NumberField } from './setting-field.tsx'
import { wordFor } from './workload-form.tsx'

const UNITS: Record<FaultUnit, string> = { ms: 'ms', percent: '%', bytes: 'B', 'bytes/s': 'B/s' }

export function FaultPanel() {
  return (
    <>
      <HeldMessages />
      <div className="play-columns">
        <FaultFormView />
        <FaultList />
      </div>
    </>
  )
}

function FaultFormView() {
  const { playground } = useMessages()
  const words = playground.faults
  const [form, setForm] = useState(FIRST_FORM)
  const busy = usePlayground((state) => state.busy > 0)
  const sids = useCluster((view) => membersInOrder(view).map(({ sid }) => String(sid)))
  const kind = kindOf(form.fault)
  const members = sids.map((sid) => [sid, words.memberOf(sid)] as const)
  const anybody = [...ROLES.map((role) => [role, words.who[role]] as const), ...members]
  const others: (readonly [string, string])[] = [
    [EVERYBODY, words.everybody],
    ...members.filter(([sid]) => sid !== form.at),
  ]
  const isPlace = (name: string): name is FaultPlace => kind.places.some((place) => place === name)
  return (
    <section className="play-side" aria-label={words.inject}>
      <h2>{words.inject}</h2>
      <p className="secondary">{words.intro}</p>
      <ChoiceField
        label={words.fault}
        value={form.fault}
        choices={FAULT_CATALOGUE.map(({ id }) => [id, playground.faultNames[id]] as const)}
        onChange={(name) => {
          const chosen = FAULT_CATALOGUE.find(({ id }) => id === name)
          if (chosen) setForm(chooseFault(form, chosen.id))
        }}
      />
      <p className="tertiary">{playground.faultAbout[form.fault]}</p>
      <div className="settings-form">
        {kind.places.length > 1 && (
          <ChoiceField
            label={words.where}
            value={form.place}
            choices={kind.places.map((place) => [place, words.places[place]] as const)}
            onChange={(place) => isPlace(place) && setForm({ ...form, place })}
          />
        )}
        <ChoiceField
          label={form.place === 'link' ? words.from : words.member}
          value={form.at}
          choices={anybody}
          onChange={(at) => setForm({ ...form, at, to: form.to === at ? EVERYBODY : form.to })}
        />
        {form.place === 'link' && (
          <ChoiceField label={words.to} value={form.to} choices={others} onChange={(to) => setForm({ ...form, to })} />
        )}
        {kind.parameters.map(({ name, unit, min, max }) => (
          <NumberField
            key={name}
            label={wordFor(playground.parameters, name)}
            unit={UNITS[unit]}
            min={min}
            max={max}
            step={1}
            value={form.parameters[name] ?? min}
            onChange={(value) => setForm({ ...form, parameters: { ...form.parameters, [name]: Math.round(value) } })}
          />
        ))}
        {kind.lasts ? (
          <NumberField
            label={playground.durationSeconds}
            unit="s"
            {...{ min: DURATION_S.min, max: DURATION_S.max, step: DURATION_S.step }}
            value={form.durationS}
            onChange={(durationS) => setForm({ ...form, durationS: Math.round(durationS) })}
          />
        ) : (
          <p className="tertiary">{words.once}</p>
        )}
      </div>
      <GuardedButton
        needs="fault:inject"
        className="danger primary"
        disabled={busy}
        onClick={() => void injectFault(faultRequest(form))}
      >
        {words.do}
      </GuardedButton>
    </section>
  )
}
