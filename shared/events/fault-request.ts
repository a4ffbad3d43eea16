// Asking for a fault: whom it is to hit, for how long, how hard; checked against the catalogue, with sentences for what
// is wrong. Who is meant by a role is found out when it is carried out, not here.

import { err, ok, type Result } from '../base/result.ts'
import {
  FAULT_DURATION_MS_DEFAULT,
  FAULT_DURATION_MS_MAX,
  FAULT_DURATION_MS_MIN,
  type FaultId,
  type FaultKind,
  type FaultPlace,
  faultKind,
} from './fault-catalogue.ts'

/** A member by its id, or whoever has the role when the fault begins. */
export type Who = number | 'leader' | 'followers' | 'observers' | 'all'

/** out: from the first to the second; of `clients`: from the member to them. */
export type FaultDirection = 'both' | 'out' | 'in'

export type FaultTarget =
  | { readonly on: 'member' | 'disk' | 'clock'; readonly at: Who }
  /** Between a member and all its clients. */
  | { readonly on: 'clients'; readonly at: Who; readonly direction?: FaultDirection | undefined }
  /** Between two members (or a member and several). */
  | { readonly on: 'link'; readonly at: Who; readonly to: Who; readonly direction?: FaultDirection | undefined }
  /** Between a member and all others. */
  | { readonly on: 'isolate'; readonly at: Who; readonly direction?: FaultDirection | undefined }
  /** Between members of different groups. Who is in none keeps all its links, and so can be a bridge. */
  | {
      readonly on: 'groups'
      readonly groups: readonly (readonly number[])[]
      readonly direction?: FaultDirection | undefined
    }

export interface FaultRequest {
  readonly fault: FaultId
  readonly target: FaultTarget
  /** What is left out has the catalogue's default. */
  readonly parameters?: Readonly<Record<string, number>> | undefined
  /** Left out: what the catalogue says, mostly ten seconds. Not for what happens once. */
  readonly durationMs?: number | undefined
}

/** A request with everything filled in. */
export interface CheckedFault {
  readonly kind: FaultKind
  readonly fault: FaultId
  readonly target: FaultTarget
  readonly direction: FaultDirection
  readonly parameters: Readonly<Record<string, number>>
  /** Null: it happens once. */
  readonly durationMs: number | null
}

/** A fault that is there, or was. */
export interface FaultView {
  readonly id: string
  readonly fault: FaultId
  readonly target: FaultTarget
  readonly parameters: Readonly<Record<string, number>>
  /** Members concerned, as found when it began. */
  readonly sids: readonly number[]
  /** Directed links concerned: [1, 2] is from 1 to 2. */
  readonly links: readonly (readonly [number, number])[]
  /** Milliseconds since 1970. */
  readonly beganAt: number
  /** Null: it happened once. */
  readonly endsAt: number | null
  /** A sentence without its full stop. */
  readonly text: string
}

/** What the target is, in the catalogue's words. */
export function placeOf(target: FaultTarget): FaultPlace {
  return target.on === 'isolate' || target.on === 'groups' ? 'link' : target.on
}

/** The error is a sentence that says what to ask for instead. */
export function checkFault(request: FaultRequest): Result<CheckedFault, string> {
  const { fault, target } = request
  const kind = faultKind(fault)
  if (!kind) return err(`There is no fault ${fault}.`)
  const place = placeOf(target)
  if (!kind.places.includes(place)) return err(`${kind.name} is for ${kind.places.join(' or ')}, not for ${place}.`)
  const direction = directionOf(request)
  if (!direction.ok) return direction
  const parameters = readParameters(kind, request.parameters ?? {})
  if (!parameters.ok) return parameters
  const duration = readDuration(kind, request.durationMs)
  if (!duration.ok) return duration
  const { ms, maxMs } = parameters.value
  if (fault === 'heavy-tail' && ms !== undefined && maxMs !== undefined && maxMs < ms)
    return err(`${kind.name}: maxMs is not below ms.`)
  if (fault === 'clock-drift' && parameters.value.fasterPercent === 0)
    return err(`${kind.name}: a clock that is 0 percent faster is right.`)
  if (target.on === 'groups') {
    const problem = groupsProblem(target.groups)
    if (problem) return err(problem)
  }
  const checked = { kind, fault, target, direction: direction.value }
  return ok({ ...checked, parameters: parameters.value, durationMs: duration.value })
}

function directionOf({ fault, target }: FaultRequest): Result<FaultDirection, string> {
  const asked = 'direction' in target ? target.direction : undefined
  if (fault === 'one-way')
    return asked === 'both'
      ? err('A one-way cut goes out or in; for both directions ask for a cut.')
      : ok(asked ?? 'out')
  if (fault === 'cut' && asked !== undefined && asked !== 'both')
    return err('A cut has both directions; for one of them ask for one-way.')
  return ok(asked ?? 'both')
}

function readParameters(
  kind: FaultKind,
  given: Readonly<Record<string, number>>,
): Result<Readonly<Record<string, number>>, string> {
  const known = kind.parameters.map(({ name }) => name)
  const unknown = Object.keys(given).find((name) => !known.includes(name))
  if (unknown !== undefined) {
    const what = known.length === 0 ? 'takes no parameters' : `takes ${known.join(' and ')}`
    return err(`${kind.name} ${what}, not ${unknown}.`)
  }
  const values: Record<string, number> = {}
  for (const { name, unit, min, max, default: initial } of kind.parameters) {
    const value = Object.hasOwn(given, name) ? (given[name] ?? Number.NaN) : initial
    if (!Number.isInteger(value) || value < min || value > max)
      return err(`${kind.name}: ${name} is a whole number of ${unit} from ${min} to ${max}.`)
    values[name] = value
  }
  return ok(values)
}

function readDuration(kind: FaultKind, asked: number | undefined): Result<number | null, string> {
  if (!kind.lasts) return asked === undefined ? ok(null) : err(`${kind.name} happens once: it has no duration.`)
  const value = asked ?? kind.durationMs ?? FAULT_DURATION_MS_DEFAULT
  if (Number.isInteger(value) && value >= FAULT_DURATION_MS_MIN && value <= FAULT_DURATION_MS_MAX) return ok(value)
  return err(`A fault lasts from ${FAULT_DURATION_MS_MIN} to ${FAULT_DURATION_MS_MAX} ms.`)
}

function groupsProblem(groups: readonly (readonly number[])[]): string | null {
  if (groups.length < 2 || groups.some((group) => group.length === 0))
    return 'A partition has at least two groups, each with a member in it.'
  const all = groups.flat()
  const twice = all.find((sid, i) => all.indexOf(sid) !== i)
  return twice === undefined ? null : `Member ${twice} is in two groups.`
}
