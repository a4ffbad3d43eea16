// One thing that a client does, so that two servers can be given the very same: bytes where bytes are meant, and by
// name where each server has numbers of its own (sessions, epochs).

import type { JuteWriter } from '#shared/jute/writer.ts'
import type { ClientRequest } from '#shared/zk/request.ts'

/** A connection's place; what is open there is replaced by the next `open`. */
export type Place = number

export interface Hello {
  /** The session that was opened as the n-th of the run; null for a new one. */
  readonly resume: number | null
  /** How far ahead of (above 0) or behind the last zxid that the place has seen; null: 0, as a new client says. */
  readonly zxidAhead: number | null
  readonly timeoutMs: number
  /** null: left out, as clients before 3.4 do. */
  readonly readOnly: boolean | null
  readonly passwd: 'right' | 'wrong' | 'null' | 'short'
}

export type Step =
  | { readonly type: 'open'; readonly at: Place; readonly hello: Hello }
  | { readonly type: 'ask'; readonly at: Place; readonly request: ClientRequest }
  | { readonly type: 'auth'; readonly at: Place; readonly scheme: string; readonly auth: string }
  /** Any frame; the answer is compared as it is, but for the zxid of its header. */
  | { readonly type: 'raw'; readonly at: Place; readonly what: string; readonly write: (writer: JuteWriter) => void }
  /** Bytes that are not even a frame. */
  | { readonly type: 'bytes'; readonly at: Place; readonly what: string; readonly hex: string }
  /** The TCP connection ends; the session lives on. */
  | { readonly type: 'drop'; readonly at: Place }

export const PLAIN_HELLO: Hello = { resume: null, zxidAhead: null, timeoutMs: 30_000, readOnly: false, passwd: 'right' }

/** In words, for the report. */
export function describeStep(step: Step): string {
  const what = (() => {
    switch (step.type) {
      case 'open':
        return `open ${JSON.stringify(step.hello)}`
      case 'ask':
        return JSON.stringify(step.request, (_, value) => (typeof value === 'bigint' ? `${value}` : value))
      case 'auth':
        return `auth ${step.scheme} ${step.auth}`
      case 'raw':
      case 'bytes':
        return step.what
      case 'drop':
        return 'drop'
    }
  })()
  return `connection ${step.at}: ${what.length > 400 ? `${what.slice(0, 400)}…` : what}`
}
