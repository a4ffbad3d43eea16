// Members of the ensemble that this process started: their processes, who is one, and their data. There is no way from
// here to any other ensemble.

import type { Ensemble } from '../ensemble/ensemble.ts'
import type { Handlers } from './api/handlers.ts'
import type { ActionName } from './api/operation.ts'

type MemberRequests = Extract<ActionName, `member:${string}` | `ensemble:${string}`>

/** EnsembleError passes through: its sentences are for people. `onSetting`: what `about` tells has changed. */
export function memberHandlers(ensemble: Ensemble, onSetting: () => void): Pick<Handlers, MemberRequests> {
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
    'member:restart': async (_client, { sid }) => {
      await ensemble.restart(sid)
      return null
    },
    'member:add': async (_client, { role, sid }, trail) => {
      const plan = await ensemble.add(role, sid ?? null)
      trail?.({ added: plan.sid })
      return { sid: plan.sid }
    },
    'member:remove': async (_client, { sid }) => {
      await ensemble.remove(sid)
      return null
    },
    'member:reset': async (_client, { sid }) => {
      await ensemble.reset(sid)
      return null
    },
    'ensemble:reset': async () => {
      await ensemble.resetAll()
      return null
    },
    'ensemble:rolling-restart': async () => ({ order: await ensemble.rollingRestart() }),
    'ensemble:auto-restart': async (_client, { on }) => {
      ensemble.autoRestart = on
      onSetting()
      return null
    },
  }
}
