// A request that cannot be carried out, in words for the person who made it.

import type { Answer } from '#shared/events/socket-protocol.ts'

export class RequestError extends Error {
  override readonly name = 'RequestError'
  readonly code: string

  /** `message` is a sentence that says what to do next. */
  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

export function refusal(code: string, message: string): Answer<never> {
  return { ok: false, code, message }
}

/** Errors with a code and a sentence for people: ours, the supervisor's and the client's. */
export function explainError(error: unknown): { code: string; message: string } | null {
  if (!(error instanceof Error) || !('code' in error)) return null
  const { code, name, message } = error
  if (name === 'RequestError' || name === 'EnsembleError') return { code: String(code), message }
  return null
}
