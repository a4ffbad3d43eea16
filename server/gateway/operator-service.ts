// What operators ask about the ensemble that this process started: members, sessions, watches.

import type { ClusterView } from '#shared/events/cluster-view.ts'
import type { SessionRow, WatchList, WatchRow } from '#shared/events/operator-requests.ts'
import type { Ensemble } from '../ensemble/ensemble.ts'
import type { Handlers } from './api/handlers.ts'
import { closeSession } from './close-session.ts'
import { readWatches } from './member-watches.ts'
import { RequestError } from './request-error.ts'

type OperatorRequest = 'members:list' | 'sessions:list' | 'session:close' | 'watches:list'

export interface OperatorOptions {
  readonly ensemble: Pick<Ensemble, 'plans' | 'connectString' | 'secret'>
  readonly view: () => ClusterView
  /** The gateway's own session, `0x…`. */
  readonly ownSession: () => string | null
}

export function operatorHandlers({ ensemble, view, ownSession }: OperatorOptions): Pick<Handlers, OperatorRequest> {
  const sessions = (): readonly SessionRow[] =>
    Object.values(view().connections).map(({ session, sid, address, timeoutMs }) => {
      return { session, sid, address, timeoutMs, own: session === ownSession() }
    })
  return {
    'members:list': async () =>
      ensemble.plans.flatMap(({ sid, quorumPort, electionPort, adminPort }) => {
        const member = view().members[sid]
        return member ? [{ ...member, quorumPort, electionPort, adminPort }] : []
      }),
    'sessions:list': async () => sessions(),
    'session:close': async (_client, { session }, trail) => {
      if (session === ownSession())
        throw new RequestError('WRONG_STATE', 'This is the gateway’s own session; without it no page sees a tree.')
      const row = sessions().find((known) => known.session === session)
      trail?.({ address: row?.address ?? null, sid: row?.sid ?? null })
      await closeSession(ensemble.connectString, ensemble.secret, session)
      return null
    },
    'watches:list': async (_client, { limit }) => {
      const running = ensemble.plans.filter(({ sid }) => view().members[sid]?.process === 'running')
      const asked = running.map(async ({ sid, adminPort }) => ({ sid, found: await readWatches(adminPort) }))
      return listWatches(
        await Promise.allSettled(asked),
        running.map(({ sid }) => sid),
        limit,
      )
    },
  }
}

type Asked = PromiseSettledResult<{ readonly sid: number; readonly found: Awaited<ReturnType<typeof readWatches>> }>

function listWatches(answers: readonly Asked[], sids: readonly number[], limit: number): WatchList {
  const watches: WatchRow[] = []
  const silent: number[] = []
  let complete = true
  for (const [i, answer] of answers.entries()) {
    if (answer.status === 'rejected') {
      silent.push(sids[i] ?? 0)
      continue
    }
    const { sid, found } = answer.value
    complete &&= watches.length + found.length <= limit
    watches.push(...found.slice(0, limit - watches.length).map((row) => ({ sid, ...row })))
  }
  return { watches, complete, silent }
}
