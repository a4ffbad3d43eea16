// Puts the gateway together: member streams into the history, the history to the pages, requests to the
// services, all on one loopback port. Opened before the ensemble's processes, so that it hears them from the
// start, and closed before them.

import type { Server } from 'node:http'
import type { BlockList } from 'node:net'
import { join } from 'node:path'
import type { Logger } from 'pino'
import type { ConnectionView } from '#shared/events/cluster-view.ts'
import type { About, GatewayEvent } from '#shared/events/socket-protocol.ts'
import type { Ensemble } from '../ensemble/ensemble.ts'
import { HOST } from '../ensemble/ports.ts'
import { type Access, makeAccess, makeToken } from './access.ts'
import { describeHandlers } from './api/describe.ts'
import { Performer } from './api/perform.ts'
import { AuditLog } from './audit/audit-log.ts'
import { Authenticator } from './auth/authenticator.ts'
import type { Cluster } from './cluster.ts'
import { embeddedCluster } from './embedded-cluster.ts'
import { EnsembleSession } from './ensemble-session.ts'
import { GatewayMetrics } from './gateway-metrics.ts'
import type { WindowLimits } from './history/event-window.ts'
import { historyHandlers } from './history/history-handlers.ts'
import { History } from './history.ts'
import { createApp } from './http/app.ts'
import { OVERLOADED, Overload } from './http/overload.ts'
import { createHttpServer, guardEdge } from './http-server.ts'
import { ChildWatches } from './locks/child-watches.ts'
import { LockService } from './locks/lock-service.ts'
import { OverrideStore } from './locks/override-store.ts'
import { connectedSessions, WatchPoll } from './locks/watch-poll.ts'
import { nowMs } from './member-streams.ts'
import type { PageClient } from './page-client.ts'
import { attachSockets } from './sockets.ts'
import { Jobs } from './tree/jobs.ts'
import { nodeHandlers } from './tree/node-service.ts'
import { subtreeHandlers } from './tree/subtree-service.ts'
import { transferHandlers } from './tree/transfer-service.ts'
import { TreeService } from './tree-service.ts'

/** How far the search for a free port goes. */
const PORT_TRIES_MAX = 100

export interface GatewayOptions {
  /** The wanted port; the next free one is used when it is taken. 0: any. */
  readonly port: number
  /** The built page: dist/web. */
  readonly webDir: string
  /** dist/server/workload.js; left out: workloads are refused. */
  readonly workloadEntry?: string
  /** Of Zabscope. */
  readonly version: string
  readonly log: Logger
  /** Where to listen; loopback unless it was asked for otherwise. */
  readonly host?: string
  /** Below which path of its origin the page is: `/zk`; empty for the root. */
  readonly basePath?: string
  /** Origins under which proxies offer the page: `https://zk.example.org`. */
  readonly publicOrigins?: readonly string[]
  /** Whose `X-Forwarded-…` headers count. */
  readonly proxies?: BlockList
  /** Users and API tokens; null: the access token is the only way in. */
  readonly userFile?: string | null
  /** The access token; a random one when not given. */
  readonly token?: string
  /** How much of the past is kept; WINDOW_DEFAULT when left out. */
  readonly historyLimits?: WindowLimits
}

export interface Gateway {
  readonly port: number
  readonly token: string
  /** With the token in its fragment, which browsers keep to themselves. */
  readonly url: string
  readonly history: History
  close(): Promise<void>
}

/** For an ensemble of this process; as openGateway. */
export function startGateway(options: GatewayOptions & { readonly ensemble: Ensemble }): Promise<Gateway> {
  return openGateway(options, embeddedCluster(options.ensemble, options.workloadEntry ?? null))
}

/** Rejects with an Error whose message is a sentence when no port is free. */
export async function openGateway(options: GatewayOptions, cluster: Cluster): Promise<Gateway> {
  const { log } = options
  const history = new History(options.historyLimits)
  const { host = HOST, basePath = '', publicOrigins = [], token = makeToken() } = options
  const accessOptions = { token, publicOrigins, ...(options.proxies ? { proxies: options.proxies } : {}) }
  // The port, and with it the allowed hosts, is known once the server listens.
  let access: Access = makeAccess(options.port, accessOptions)

  const findConnection = (session: string): ConnectionView | null =>
    Object.values(history.view.connections).find((connection) => connection.session === session) ?? null
  const session = new EnsembleSession({
    servers: () => cluster.connectString(),
    onSession: () => onSession(),
    ...cluster.reach,
    log,
  })
  const tree = new TreeService(session, findConnection)
  const childWatches = new ChildWatches()
  const ownSessions = () => [...(session.session === null ? [] : [session.session]), ...session.formerSessions]
  const locks = new LockService({
    reader: session,
    findConnection,
    now: nowMs,
    connected: () => (cluster.knowsConnections() ? connectedSessions(history.view) : null),
    ownSessions,
    overrides: new OverrideStore(join(cluster.dataDir, 'lock-patterns.json')),
    watchPoll: new WatchPoll({
      view: () => history.view,
      ask: (sid) => cluster.readWatches(sid),
      ownSessions,
      children: () => childWatches.tables(ownSessions()),
      now: nowMs,
    }),
  })
  let searched = false
  const onSession = (): void => {
    sockets.tellAbout()
    if (!searched && session.session !== null) {
      searched = true
      void locks.directories.search(session)
    }
  }
  let sessionWanted = false
  const startSession = (): void => {
    if (!sessionWanted) session.start()
    sessionWanted = true
  }
  const emit = (event: GatewayEvent): void => {
    history.append(event)
    childWatches.onEvent(event)
    locks.onEvent(event)
    opened.onEvent(event)
    // Not before somebody can answer: the client's waits between tries would only delay the first page.
    if (event.type === 'serving') startSession()
  }

  const about = (): About => ({
    version: options.version,
    clusterName: cluster.name,
    dataDir: cluster.dataDir,
    connectString: cluster.connectString(),
    serverTimeMs: nowMs(),
    ...cluster.about(),
    gatewaySession: session.session,
    formerGatewaySessions: session.formerSessions,
    load: session.load,
  })
  const health = () => ({
    version: options.version,
    lastSeq: history.lastSeq,
    pages: sockets.count(),
    requestsToEnsemble: session.load.requests,
    members: Object.values(history.view.members).map(({ sid, process, state }) => ({ sid, process, state })),
  })
  const onGone = (client: PageClient): void => {
    tree.forgetAll(client)
    locks.forgetAll(client)
  }
  const tellAbout = (): void => sockets.tellAbout()
  const opened = cluster.open({ view: history.view, emit, session, startSession, tellAbout, log })
  const jobs = new Jobs()
  const handlers = {
    ...describeHandlers(cluster.refuses),
    ...historyHandlers(history.recorder, { clusterName: cluster.name, version: options.version }),
    ...tree.handlers,
    ...locks.handlers,
    ...nodeHandlers(session),
    ...subtreeHandlers(session, jobs),
    ...transferHandlers(session, jobs),
    ...opened.handlers,
  }
  const audit = new AuditLog({ dir: cluster.dataDir })
  const performer = new Performer({ handlers, audit, log, refuses: cluster.refuses })
  const authenticator = new Authenticator({
    access: () => access,
    audit,
    userFile: options.userFile ?? null,
    onProblem: (sentence) => log.error(sentence),
  })
  const overload = new Overload()
  const metrics = new GatewayMetrics({
    version: options.version,
    load: () => session.load,
    view: () => history.view,
    lastSeq: () => history.lastSeq,
    pages: () => sockets.count(),
    auditRecords: () => audit.records,
    auditWorks: () => audit.problem === null,
    overloaded: () => overload.isOn,
    shed: () => overload.shed,
  })
  const notReady = (): string[] => [
    ...(session.session === null ? ['The ensemble does not answer: it needs a leader.'] : []),
    ...(audit.problem === null ? [] : [audit.problem]),
    ...(overload.isOn ? [OVERLOADED] : []),
  ]
  const edge = { access: () => access, authenticator, performer, overload, onGone, log }
  const { version, webDir } = options
  const app = createApp({
    ...edge,
    version,
    webDir,
    basePath,
    audit,
    health,
    notReady,
    metrics: () => metrics.collect(),
  })
  const server = createHttpServer(app)
  const sockets = attachSockets({ ...edge, server, history, about })
  const mayEnter = (bearer: string): boolean => authenticator.identify({ token: bearer, cookie: null }) !== null
  guardEdge(server, { access: () => access, mayEnter, basePath })

  const port = await listenFrom(server, host, options.port)
  access = makeAccess(port, accessOptions)
  opened.follow()

  return {
    port,
    token,
    url: `${publicOrigins[0] ?? `http://${HOST}:${port}`}${basePath}/#token=${token}`,
    history,
    close: async () => {
      await opened.close()
      await session.close()
      locks.close()
      await sockets.close()
      server.closeAllConnections()
      audit.close()
      authenticator.close()
      metrics.close()
      overload.close()
    },
  }
}

async function listenFrom(server: Server, host: string, first: number): Promise<number> {
  for (let port = first; ; port += 1) {
    try {
      return await listen(server, host, port)
    } catch (error) {
      const taken = error instanceof Error && 'code' in error && ['EADDRINUSE', 'EACCES'].includes(String(error.code))
      if (!taken) throw error
      if (port >= Math.min(65535, first + PORT_TRIES_MAX))
        throw new Error(`No port from ${first} to ${port} is free for the page. Choose another with --port.`)
    }
  }
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host, exclusive: true }, () => {
      server.off('error', reject)
      const address = server.address()
      resolve(typeof address === 'object' && address ? address.port : port)
    })
  })
}
