// Carries out what pages ask of the past.

import type { Handlers } from '../api/handlers.ts'
import type { Recorder } from './recorder.ts'

export function historyHandlers(recorder: Recorder): Pick<Handlers, 'history:range'> {
  return { 'history:range': async (_client, request) => recorder.range(request) }
}
