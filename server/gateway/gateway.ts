// Puts the gateway together: its clusters (clusters/), who may ask, and the pages, all on one loopback port. Opened before
// the ensemble's processes, so that it hears them from the start, and closed before them.

import type { Server } from 'node:http'
import type { BlockList } from 'node:net'
import { join } from 'node:path'
import type { Logger } from 'pino'
import type { Ensemble } from '../ensemble/ensemble.ts'
import { HOST } from '../ensemble/ports.ts'
import { type Access, makeAccess, makeToken } from './access.ts'
import { Performer } from './api/perform.ts'
import { type AllowedTargets, LOOPBACK_ONLY } from './attach/allowed-targets.ts'
import { AuditLog } from './audit/audit-log.ts'
import { Authenticator } from './auth/authenticator.ts'
import type { Cluster } from './cluster.ts'
import { ClusterControl } from './clusters/cluster-handlers.ts'
import { Clusters } from './clusters/clusters.ts'
import { KeptClusters } from './clusters/kept-clusters.ts'
import { serveCluster } from './clusters/served-cluster.ts'
import { embeddedCluster } from './embedded-cluster.ts'
import { GatewayMetrics } from './gateway-metrics.ts'
import type { WindowLimits } from './history/event-window.ts'
import { WINDOW_DEFAULT } from './history/recorder.ts'
import type { History } from './history.ts'
import { createApp } from './http/app.ts'
import { OVERLOADED, Overload } from './http/overload.ts'
import { createHttpServer, guardEdge } from './http-server.ts'
import { ATTACHED_HISTORY_BYTES } from './limits.ts'
import type { PageClient } from './page-client.ts'
import { attachSockets } from './sockets.ts'
import { Jobs } from './tree/jobs.ts'

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
  /** What admins may attach from a page; only this machine when left out. */
  readonly attachTargets?: AllowedTargets
}

export interface Gateway {
  readonly port: number
  readonly token: string
  /** With the token in its fragment, which browsers keep to themselves. */
  readonly url: string
  /** Of its first cluster. */
  readonly history: History
  close(): Promise<void>
}

/** For an ensemble of this process; as openGateway. */
export function startGateway(options: GatewayOptions & { readonly ensemble: Ensemble }): Promise<Gateway> {
  return openGateway(options, embeddedCluster(options.ensemble, options.workloadEntry ?? null))
}

/**
 * With `cluster` as its first one, and those beside it that were kept. Rejects with an Error whose message is a sentence when
 * no port is free.
 */
export async function openGateway(options: GatewayOptions, cluster: Cluster): Promise<Gateway> {
  const { log, version, webDir, historyLimits = WINDOW_DEFAULT } = options
  const { host = HOST, basePath = '', publicOrigins = [], token = makeToken() } = options
  const accessOptions = { token, publicOrigins, ...(options.proxies ? { proxies: options.proxies } : {}) }
  // The port, and with it the allowed hosts, is known once the server listens.
  let access: Access = makeAccess(options.port, accessOptions)

  const jobs = new Jobs()
  const tellAbout = (id: string): void => sockets.tellAbout(id)
  const control = new ClusterControl({
    clusters: () => clusters,
    serve: (other) => serveCluster(other, { ...parts, historyLimits: besideLimits }),
    kept: new KeptClusters(join(cluster.dataDir, 'clusters.json')),
    allowed: options.attachTargets ?? LOOPBACK_ONLY,
    dataDir: cluster.dataDir,
    version,
    log,
  })
  const parts = { version, historyLimits, jobs, shared: control.handlers, tellAbout, log }
  const besideLimits = { ...historyLimits, bytesMax: Math.min(historyLimits.bytesMax, ATTACHED_HISTORY_BYTES) }
  const first = serveCluster(cluster, parts)
  const clusters = new Clusters(first)

  const health = () => ({
    version,
    lastSeq: first.history.lastSeq,
    pages: sockets.count(),
    requestsToEnsemble: first.load().requests,
    members: Object.values(first.history.view.members).map(({ sid, process, state }) => ({ sid, process, state })),
    clusters: clusters.summaries().map(({ id, kind, serving, members }) => ({ id, kind, serving, members })),
  })
  const audit = new AuditLog({ dir: cluster.dataDir })
  const performer = new Performer({ scopeOf: (client) => clusters.find(client.cluster)?.scope ?? null, audit, log })
  const authenticator = new Authenticator({
    access: () => access,
    audit,
    userFile: options.userFile ?? null,
    onProblem: (sentence) => log.error(sentence),
  })
  const overload = new Overload()
  const metrics = new GatewayMetrics({
    version,
    clusters: () => clusters.all,
    pages: () => sockets.count(),
    auditRecords: () => audit.records,
    auditWorks: () => audit.problem === null,
    overloaded: () => overload.isOn,
    shed: () => overload.shed,
  })
  // Of the first alone: others may be away for reasons of their own.
  const notReady = (): string[] => [
    ...(first.isAnswering() ? [] : ['The ensemble does not answer: it needs a leader.']),
    ...(audit.problem === null ? [] : [audit.problem]),
    ...(overload.isOn ? [OVERLOADED] : []),
  ]
  const onGone = (client: PageClient): void => clusters.find(client.cluster)?.forget(client)
  const edge = { access: () => access, authenticator, performer, overload, log }
  const app = createApp({
    ...edge,
    onGone,
    version,
    webDir,
    basePath,
    audit,
    health,
    notReady,
    metrics: () => metrics.collect(),
  })
  const server = createHttpServer(app)
  const sockets = attachSockets({ ...edge, server, clusters })
  const mayEnter = (bearer: string): boolean => authenticator.identify({ token: bearer, cookie: null }) !== null
  guardEdge(server, { access: () => access, mayEnter, basePath })

  const port = await listenFrom(server, host, options.port)
  access = makeAccess(port, accessOptions)
  first.follow()
  const restored = control.restore()

  return {
    port,
    token,
    url: `${publicOrigins[0] ?? `http://${HOST}:${port}`}${basePath}/#token=${token}`,
    history: first.history,
    close: async () => {
      control.close()
      await restored
      await clusters.close()
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
