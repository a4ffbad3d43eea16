// What is chosen in the fault form, and the request that it makes. The catalogue decides what there is to choose.

import { FAULT_CATALOGUE, type FaultId, type FaultKind, type FaultPlace } from '#shared/events/fault-catalogue.ts'
import type { FaultRequest, FaultTarget, Who } from '#shared/events/fault-request.ts'

export const ROLES = ['leader', 'followers', 'all'] as const
/** As `to` of a link: every other member. */
export const EVERYBODY = 'everybody'

export interface FaultForm {
  readonly fault: FaultId
  readonly place: FaultPlace
  /** A sid, or one of ROLES. */
  readonly at: string
  /** A sid, or EVERYBODY. */
  readonly to: string
  readonly parameters: Readonly<Record<string, number>>
  readonly durationS: number
}

export const DURATION_S = { min: 1, max: 600, step: 1, default: 10 }

/** Of the catalogue, with types as wide as its interface. */
export function kindOf(fault: FaultId): FaultKind {
  return FAULT_CATALOGUE.find(({ id }) => id === fault) ?? FAULT_CATALOGUE[0]
}

/** The form for another fault: what can stay as it is stays. */
export function chooseFault(form: FaultForm, fault: FaultId): FaultForm {
  const kind = kindOf(fault)
  const place = kind.places.includes(form.place) ? form.place : (kind.places[0] ?? 'member')
  const parameters = Object.fromEntries(kind.parameters.map(({ name, default: initial }) => [name, initial]))
  // What was chosen stays, unless either fault has a length of its own.
  const own = kind.durationMs ?? (kindOf(form.fault).durationMs === undefined ? null : DURATION_S.default * 1000)
  const durationS = own === null ? form.durationS : own / 1000
  return { ...form, fault, place, parameters, durationS }
}

export const FIRST_FORM: FaultForm = chooseFault(
  { fault: 'cut', place: 'link', at: 'leader', to: EVERYBODY, parameters: {}, durationS: DURATION_S.default },
  'cut',
)

export function faultRequest(form: FaultForm): FaultRequest {
  const { fault, parameters, durationS } = form
  const target = targetOf(form)
  return { fault, target, parameters, ...(kindOf(fault).lasts ? { durationMs: durationS * 1000 } : {}) }
}

function targetOf({ place, at, to }: FaultForm): FaultTarget {
  if (place !== 'link') return { on: place, at: whoOf(at) }
  return to === EVERYBODY ? { on: 'isolate', at: whoOf(at) } : { on: 'link', at: whoOf(at), to: whoOf(to) }
}

function whoOf(text: string): Who {
  return ROLES.find((role) => role === text) ?? Number(text)
}
