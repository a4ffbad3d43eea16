// Puts the gateway together: member streams into the history, the history to the pages, requests to the
// services, all on one loopback port. Opened before the ensemble's processes, so that it hears them from the
// start, and closed before them.

import type { Server } from 'node:http'
import type { Logger } from 'pino'
import type { ConnectionView } from '#shared/events/cluster-view.ts'
import type { About, GatewayEvent } from '#shared/events/socket-protocol.ts'
import type { Ensemble } from '../ensemble/ensemble.ts'
import { HOST } from '../ensemble/ports.ts'
import { type Access, makeAccess, makeToken } from './access.ts'
import { describeHandlers } from './api/describe.ts'
import { Performer } from './api/perform.ts'
import { AuditLog } from './audit/audit-log.ts'
import { EnsembleSession } from './ensemble-session.ts'
import { controlFaults } from './fault-control.ts'
import { History } from './history.ts'
import { createHttpServer, guardHost } from './http-server.ts'
import { LockService } from './lock-service.ts'
import { memberHandlers } from './member-control.ts'
import { followMembers, nowMs } from './member-streams.ts'
import type { PageClient } from './page-client.ts'
import { attachSockets } from './sockets.ts'
import { TreeService } from './tree-service.ts'

/** How far the search for a free port goes. */
const PORT_TRIES_MAX = 100

export interface GatewayOptions {
  readonly ensemble: Ensemble
  /** The wanted port; the next free one is used when it is taken. 0: any. */
  readonly port: number
  /** The built page: dist/web. */
  readonly webDir: string
  /** Of Zabscope. */
  readonly version: string
  readonly log: Logger
}

export interface Gateway {
  readonly port: number
  readonly token: string
  /** With the token in its fragment, which browsers keep to themselves. */
  readonly url: string
  readonly history: History
  close(): Promise<void>
}

/** Rejects with an Error whose message is a sentence when no port is free. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { ensemble, log } = options
  const history = new History()
  const token = makeToken()
  // The port, and with it the allowed hosts, is known once the server listens.
  let access: Access = makeAccess(options.port, token)

  const findConnection = (session: string): ConnectionView | null =>
    Object.values(history.view.connections).find((connection) => connection.session === session) ?? null
  const session = new EnsembleSession({ servers: () => ensemble.connectString, onSession: () => onSession(), log })
  const tree = new TreeService(session, findConnection)
  const locks = new LockService({ reader: session, findConnection, now: nowMs })
  let searched = false
  const onSession = (): void => {
    sockets.tellAbout()
    if (!searched && session.session !== null) {
      searched = true
      void locks.directories.search(session)
    }
  }
  let sessionWanted = false
  const emit = (event: GatewayEvent): void => {
    history.append(event)
    locks.onEvent(event)
    // Not before somebody can answer: the client's waits between tries would only delay the first page.
    if (event.type === 'serving' && !sessionWanted) {
      sessionWanted = true
      session.start()
    }
  }

  const about = (): About => ({
    version: options.version,
    clusterName: 'playground',
    dataDir: ensemble.dataDir,
    connectString: ensemble.connectString,
    serverTimeMs: nowMs(),
    autoRestart: ensemble.autoRestart,
    gatewaySession: session.session,
    formerGatewaySessions: session.formerSessions,
  })
  const health = () => ({
    version: options.version,
    lastSeq: history.lastSeq,
    pages: sockets.count(),
    requestsToEnsemble: session.requests,
    members: Object.values(history.view.members).map(({ sid, process, state }) => ({ sid, process, state })),
  })
  const server = createHttpServer({ access: () => access, webDir: options.webDir, health })
  const onGone = (client: PageClient): void => {
    tree.forgetAll(client)
    locks.forgetAll(client)
  }
  const faults = controlFaults(ensemble, history.view, emit)
  const handlers = {
    ...describeHandlers,
    ...tree.handlers,
    ...locks.handlers,
    ...memberHandlers(ensemble, () => sockets.tellAbout()),
    ...faults.handlers,
  }
  const audit = new AuditLog({ dir: ensemble.dataDir })
  const performer = new Performer({ handlers, audit, log })
  const sockets = attachSockets({ server, access: () => access, history, about, performer, onGone, log })
  guardHost(server, () => access)

  const port = await listenFrom(server, options.port)
  access = makeAccess(port, token)
  const streams = followMembers(ensemble, history.view, emit, log)
  let sids = ensemble.plans.map((plan) => plan.sid)
  const unlistenMembers = ensemble.onMembers((plans) => {
    const now = plans.map((plan) => plan.sid)
    // Our session knows only the members of when it began; it need not know who came, but must not look for who left.
    if (sids.some((sid) => !now.includes(sid))) void session.renew()
    sids = now
    sockets.tellAbout()
  })

  return {
    port,
    token,
    url: `http://${HOST}:${port}/#token=${token}`,
    history,
    close: async () => {
      faults.close()
      unlistenMembers()
      streams.close()
      await session.close()
      locks.close()
      await sockets.close()
      server.closeAllConnections()
      audit.close()
    },
  }
}

async function listenFrom(server: Server, first: number): Promise<number> {
  for (let port = first; ; port += 1) {
    try {
      return await listen(server, port)
    } catch (error) {
      const taken = error instanceof Error && 'code' in error && ['EADDRINUSE', 'EACCES'].includes(String(error.code))
      if (!taken) throw error
      if (port >= Math.min(65535, first + PORT_TRIES_MAX))
        throw new Error(`No port from ${first} to ${port} is free for the page. Choose another with --port.`)
    }
  }
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host: HOST, exclusive: true }, () => {
      server.off('error', reject)
      const address = server.address()
      resolve(typeof address === 'object' && address ? address.port : port)
    })
  })
}
