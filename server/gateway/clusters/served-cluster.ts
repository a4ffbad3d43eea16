// One cluster as the gateway serves it: its past and present, the one session with it, and the services that answer about
// it. gateway.ts holds several of these; which one a page looks at is sockets.ts's business.

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Logger } from 'pino'
import type { ClusterSummary } from '#shared/events/cluster-list.ts'
import type { ConnectionView } from '#shared/events/cluster-view.ts'
import type { About, EnsembleLoad, GatewayEvent } from '#shared/events/socket-protocol.ts'
import { describeHandlers } from '../api/describe.ts'
import type { Handlers } from '../api/handlers.ts'
import type { Scope } from '../api/perform.ts'
import type { Cluster } from '../cluster.ts'
import { EnsembleSession } from '../ensemble-session.ts'
import type { WindowLimits } from '../history/event-window.ts'
import { historyHandlers } from '../history/history-handlers.ts'
import { History } from '../history.ts'
import { ChildWatches } from '../locks/child-watches.ts'
import { LockService } from '../locks/lock-service.ts'
import { OverrideStore } from '../locks/override-store.ts'
import { connectedSessions, WatchPoll } from '../locks/watch-poll.ts'
import { nowMs } from '../member-streams.ts'
import type { PageClient } from '../page-client.ts'
import type { Jobs } from '../tree/jobs.ts'
import { nodeHandlers } from '../tree/node-service.ts'
import { subtreeHandlers } from '../tree/subtree-service.ts'
import { transferHandlers } from '../tree/transfer-service.ts'
import { TreeService } from '../tree-service.ts'

/** What every cluster of a gateway shares. */
export interface ServeParts {
  /** Of Zabscope. */
  readonly version: string
  readonly historyLimits?: WindowLimits | undefined
  /** Long requests of all clusters together. */
  readonly jobs: Jobs
  /** Handlers that are the same whichever cluster is looked at. */
  readonly shared: Pick<Handlers, SharedRequest>
  /** What `about` says of the cluster has changed. */
  readonly tellAbout: (id: string) => void
  readonly log: Logger
}

/** Requests about the gateway, and not about one of its clusters. */
export type SharedRequest = `cluster:${'list' | 'attach' | 'detach' | 'select'}` | 'audit:read'

export interface ServedCluster {
  readonly id: string
  readonly kind: ClusterSummary['kind']
  readonly history: History
  /** Who answers about it, and what cannot be asked. */
  readonly scope: Scope
  about(): About
  summary(): Omit<ClusterSummary, 'first' | 'kept'>
  load(): EnsembleLoad
  /** Whether the gateway has a session with it. */
  isAnswering(): boolean
  /** Lets go of what `client` held here. */
  forget(client: PageClient): void
  /** Begins to hear it. Once. */
  follow(): void
  close(): Promise<void>
}

/** Hears nothing before `follow`. */
export function serveCluster(cluster: Cluster, parts: ServeParts): ServedCluster {
  const { log, version, jobs } = parts
  mkdirSync(cluster.dataDir, { recursive: true, mode: 0o700 })
  const history = new History(parts.historyLimits)
  const findConnection = (session: string): ConnectionView | null =>
    Object.values(history.view.connections).find((connection) => connection.session === session) ?? null
  const tellAbout = (): void => parts.tellAbout(cluster.id)
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
    tellAbout()
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
  const opened = cluster.open({ view: history.view, emit, session, startSession, tellAbout, log })
  const handlers: Handlers = {
    ...parts.shared,
    ...describeHandlers(cluster.refuses),
    ...historyHandlers(history.recorder, { clusterName: cluster.name, version }),
    ...tree.handlers,
    ...locks.handlers,
    ...nodeHandlers(session),
    ...subtreeHandlers(session, jobs),
    ...transferHandlers(session, jobs),
    ...opened.handlers,
  }
  const { id, kind, name } = cluster
  return {
    id,
    kind,
    history,
    scope: { cluster: id, handlers, refuses: cluster.refuses },
    about: () => ({
      version,
      cluster: { id, kind },
      clusterName: name,
      dataDir: cluster.dataDir,
      connectString: cluster.connectString(),
      serverTimeMs: nowMs(),
      ...cluster.about(),
      gatewaySession: session.session,
      formerGatewaySessions: session.formerSessions,
      load: session.load,
    }),
    summary: () => {
      const members = Object.values(history.view.members)
      const serving = members.filter((member) => member.serving).length
      const readOnly = cluster.refuses('node:set') !== null
      return { id, kind, name, connectString: cluster.connectString(), serving, members: members.length, readOnly }
    },
    load: () => session.load,
    isAnswering: () => session.session !== null,
    forget: (client) => {
      tree.forgetAll(client)
      locks.forgetAll(client)
    },
    follow: () => opened.follow(),
    close: async () => {
      await opened.close()
      await session.close()
      locks.close()
    },
  }
}
