// Kill, start, stop, pause and resume members of the ensemble that this process started. There is no way from
// here to any other ensemble.

import type { Ensemble } from '../ensemble/ensemble.ts'
import type { Handlers } from './api/handlers.ts'

type MemberRequests = 'member:kill' | 'member:start' | 'member:stop' | 'member:pause' | 'member:resume'

/** EnsembleError passes through: its sentences are for people. */
export function memberHandlers(ensemble: Ensemble): Pick<Handlers, MemberRequests> {
  return {
    'member:kill': async (_client, { sid }) => {
      ensemble.kill(sid)
      return null
    },
    'member:start': async (_client, { sid }) => {
      ensemble.start(sid)
      return null
    },
    'member:stop': async (_client, { sid }) => {
      await ensemble.stop(sid)
      return null
    },
    'member:pause': async (_client, { sid }) => {
      ensemble.pause(sid)
      return null
    },
    'member:resume': async (_client, { sid }) => {
      ensemble.resume(sid)
      return null
    },
  }
}
