// One znode as a sequential object: what create, delete, setData, getData and exists do to it and answer, one
// after the other. Versions in answers narrow the search more than anything else.

import { ERROR_CODES as E } from '../zk/errors.ts'
import type { ReplyBody } from '../zk/reply.ts'
import type { Operation } from './history.ts'

export interface Register {
  readonly exists: boolean
  readonly value: string
  readonly version: number
}

export const ABSENT: Register = { exists: false, value: '', version: -1 }

export function registerOf(data: Uint8Array | null, version: number): Register {
  return { exists: true, value: textOf(data), version }
}

function textOf(data: Uint8Array | null): string {
  return data === null ? '' : data.join()
}

/**
 * The register after the operation; null for an answer that cannot have been given here. An unanswered one is
 * taken to have succeeded; that it failed or never came is the caller's other choice.
 */
export function stepRegister(state: Register, { request, err, body }: Operation): Register | null {
  switch (request.type) {
    case 'create':
    case 'create2':
      if (err === E.OK || err === null) return state.exists ? null : registerOf(request.data, 0)
      if (err === E.NODEEXISTS) return state.exists ? state : null
      return state // of its parent, or of the request itself
    case 'delete':
      if (err === E.OK || err === null) return matches(state, request.version) ? ABSENT : null
      return refused(state, request.version, err)
    case 'setData': {
      if (err !== E.OK && err !== null) return refused(state, request.version, err)
      if (!matches(state, request.version)) return null
      const next = registerOf(request.data, state.version + 1)
      return err === null || versionIn(body) === next.version ? next : null
    }
    case 'getData':
      if (err !== E.OK) return refused(state, -1, err)
      if (body?.type !== 'data' || textOf(body.data) !== state.value) return null
      return state.exists && body.stat.version === state.version ? state : null
    case 'exists':
      if (err !== E.OK) return refused(state, -1, err)
      return state.exists && versionIn(body) === state.version ? state : null
    default:
      return state
  }
}

function matches(state: Register, version: number): boolean {
  return state.exists && (version === -1 || version === state.version)
}

/** A refusal that tells something of the znode tells the truth. */
function refused(state: Register, version: number, err: number | null): Register | null {
  switch (err) {
    case E.NONODE:
      return state.exists ? null : state
    case E.BADVERSION:
      return state.exists && !matches(state, version) ? state : null
    case E.NOTEMPTY:
      return state.exists ? state : null
    default:
      return state
  }
}

function versionIn(body: ReplyBody | null): number | null {
  return body !== null && 'stat' in body ? body.stat.version : null
}
