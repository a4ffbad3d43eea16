// An ensemble that somebody else runs, as the gateway serves it: one session, and one probe a server. It knows no process
// and no supervisor, so no way leads from here to breaking it.

import { setTimeout as delay } from 'node:timers/promises'
import type { AttachedAbout, AttachedServer } from '#shared/events/attach.ts'
import type { Credential } from '../../client/connect-options.ts'
import type { TlsOptions } from '../../client/dial.ts'
import { formatAddress } from '../../client/server-list.ts'
import type { Cluster, ClusterParts, OpenCluster } from '../cluster.ts'
import { nowMs } from '../member-streams.ts'
import { RequestError } from '../request-error.ts'
import { assignIds } from './assign-ids.ts'
import { IDS_MS_MAX, SESSION_REQUESTS_PER_SECOND, WORDS_PER_MINUTE_MAX } from './attach-limits.ts'
import { attachedHandlers, refuses } from './attached-handlers.ts'
import { type AttachedMember, describeMember, leaderOf, newsOf } from './attached-members.ts'
import { capabilitiesOf } from './capabilities.ts'
import { createCheckedDial } from './checked-dial.ts'
import { clusterId } from './cluster-id.ts'
import { type ConfiguredServer, readConfigNode } from './config-node.ts'
import { ConnectionChanges } from './connection-changes.ts'
import { pacer } from './pace.ts'
import { ServerProbe } from './server-probe.ts'
import { addressOf, findTargets } from './targets.ts'

export interface AttachOptions {
  /** Letters, digits and dashes; left out: made from the connect string. */
  readonly id?: string
  /** What people call it; left out: the servers. */
  readonly name?: string
  /** `host:port,…[/chroot]`: the only servers that are dialled (O-1, O-5). */
  readonly connectString: string
  readonly dataDir: string
  readonly tls: TlsOptions | null
  readonly auth: readonly Credential[]
  readonly adminPorts: readonly number[]
  readonly metricsPorts: readonly number[]
  readonly allowWrites: boolean
}

/** A server that is asked. */
interface Asked {
  readonly sid: number
  readonly idFrom: AttachedServer['idFrom']
  readonly role: 'participant' | 'observer'
  readonly probe: ServerProbe
  readonly connections: ConnectionChanges
}

const CONFIG_PATH = '/zookeeper/config'
const CONFIG_TRY_MS = 200

/** Dials nobody yet. Rejects with an Error: a sentence. */
export async function attachedCluster(options: AttachOptions): Promise<Cluster> {
  const { chroot, targets } = await findTargets({ ...options, tls: options.tls !== null })
  const dial = createCheckedDial(options.tls)
  const cluster = new AttachedCluster(
    options,
    chroot,
    targets.map((target) => new ServerProbe(target, dial, nowMs)),
  )
  const servers = targets.map(addressOf).join(',')
  return {
    id: options.id ?? clusterId(options.connectString),
    kind: 'attached',
    name: options.name ?? (targets.length === 1 ? servers : `${targets.length} servers, attached`),
    dataDir: options.dataDir,
    connectString: () => `${servers}${chroot}`,
    reach: { dial, auth: options.auth, pace: pacer() },
    about: () => ({ attached: cluster.about() }),
    readWatches: (sid) => cluster.readWatches(sid),
    knowsConnections: () => cluster.knowsConnections(),
    refuses: (name) => refuses(name, cluster.readOnly),
    open: (parts) => cluster.open(parts),
  }
}

class AttachedCluster {
  readOnly: boolean
  readonly #options: AttachOptions
  readonly #chroot: string
  readonly #probes: readonly ServerProbe[]
  readonly #closing = new AbortController()
  #asked: readonly Asked[] = []
  #notAsked: readonly ConfiguredServer[] = []
  #configProblem: string | null = '/zookeeper/config has not been read yet.'
  #told = ''

  constructor(options: AttachOptions, chroot: string, probes: readonly ServerProbe[]) {
    this.#options = options
    this.#chroot = chroot
    this.#probes = probes
    this.readOnly = !options.allowWrites
  }

  open(parts: ClusterParts): OpenCluster {
    return {
      handlers: attachedHandlers({
        view: parts.view,
        ownSession: () => parts.session.session,
        answering: () => this.#asked.filter(({ probe }) => probe.state.reachable).map(({ sid }) => sid),
        readWatches: (sid) => this.readWatches(sid),
        setReadOnly: (readOnly) => {
          this.readOnly = readOnly
          parts.tellAbout()
        },
      }),
      follow: () => {
        parts.startSession()
        void this.#follow(parts)
      },
      onEvent: () => undefined,
      close: async () => {
        this.#closing.abort()
        for (const probe of this.#probes) probe.close()
      },
    }
  }

  async readWatches(sid: number): ReturnType<ServerProbe['readWatches']> {
    const asked = this.#asked.find((one) => one.sid === sid)
    if (!asked) throw new RequestError('NO_ANSWER', `Server ${sid} is not asked: the connect string does not name it.`)
    return asked.probe.readWatches()
  }

  /** Every server of the ensemble has told its connections. */
  knowsConnections(): boolean {
    const all = this.#asked.length > 0 && this.#notAsked.length === 0
    return all && this.#asked.every(({ probe }) => probe.state.connections !== null)
  }

  about(): AttachedAbout {
    const now = nowMs()
    const sum = (count: (probe: ServerProbe) => number): number =>
      this.#probes.reduce((total, probe) => total + count(probe), 0)
    return {
      readOnly: this.readOnly,
      servers: [...this.#asked.map(serverAbout), ...this.#notAsked.map(notAskedAbout)],
      capabilities: capabilitiesOf({
        servers: this.#asked.map(({ sid, idFrom, probe }) => ({
          sid,
          idGuessed: idFrom === 'order' && this.#asked.length > 1,
          serves: probe.state.reachable && !probe.state.looking,
          sourceOf: (use) => probe.sourceOf(use),
        })),
        notAsked: this.#notAsked.map(configuredAddress),
        configProblem: this.#configProblem,
        connectString: this.#options.connectString,
        readOnly: this.readOnly,
      }),
      probes: {
        wordsPerMinute: sum((probe) => probe.words.inLastMinute(now)),
        httpPerMinute: sum((probe) => probe.http.inLastMinute(now)),
        wordsPerServerAndMinuteMax: WORDS_PER_MINUTE_MAX,
        requestsPerSecondMax: SESSION_REQUESTS_PER_SECOND,
      },
    }
  }

  async #follow(parts: ClusterParts): Promise<void> {
    const [ids, configured] = await Promise.all([
      Promise.all(this.#probes.map((probe) => probe.identify())),
      this.#readConfig(parts),
    ])
    if (this.#closing.signal.aborted) return
    const addresses = this.#probes.map(({ target }) => target)
    const { asked, notAsked } = assignIds(addresses, ids, configured)
    this.#asked = this.#probes.flatMap((probe, i): Asked[] => {
      const id = asked[i]
      return id ? [{ ...id, probe, connections: new ConnectionChanges(id.sid) }] : []
    })
    this.#notAsked = notAsked
    for (const { sid } of [...this.#asked, ...this.#notAsked]) this.#tell(parts, sid)
    for (const asked of this.#asked) void asked.probe.run(() => this.#onNews(parts, asked))
  }

  /** Empty when it cannot be read, or holds none: a standalone server's is empty. */
  async #readConfig({ session }: ClusterParts): Promise<readonly ConfiguredServer[]> {
    if (this.#chroot !== '') {
      this.#configProblem = `${CONFIG_PATH} is outside of the chroot ${this.#chroot}; ids of servers come from conf and AdminServers.`
      return []
    }
    const { signal } = this.#closing
    const until = nowMs() + IDS_MS_MAX
    while (nowMs() < until && !signal.aborted) {
      try {
        const { data } = await session.data(CONFIG_PATH)
        this.#configProblem = null
        return readConfigNode(Buffer.from(data ?? []).toString())
      } catch (error) {
        const code = error instanceof RequestError ? error.code : ''
        this.#configProblem = `${CONFIG_PATH} cannot be read: ${error instanceof Error ? error.message : 'no answer.'}`
        if (code === 'NOAUTH' || code === 'NONODE') return []
        await delay(CONFIG_TRY_MS, undefined, { signal }).catch(() => undefined)
      }
    }
    return []
  }

  #onNews(parts: ClusterParts, asked: Asked): void {
    this.#tell(parts, asked.sid)
    // Whom the others follow may be another one now.
    for (const { sid } of this.#asked) {
      const known = parts.view.members[sid]
      if (sid !== asked.sid && known && known.leader !== this.#describe(sid)?.leader) this.#tell(parts, sid)
    }
    const { connections } = asked.probe.state
    if (connections === null) asked.connections.forget()
    else for (const event of asked.connections.changes(connections, nowMs())) parts.emit(event)
    const { capabilities, servers, readOnly } = this.about()
    const told = JSON.stringify([capabilities, servers.map(({ heardAt: _, ...rest }) => rest), readOnly])
    if (told !== this.#told) parts.tellAbout()
    this.#told = told
  }

  #members(): readonly AttachedMember[] {
    return [
      ...this.#asked.map(({ sid, role, probe }) => ({
        sid,
        role,
        address: addressOf(probe.target),
        state: probe.state,
      })),
      ...this.#notAsked.map((server) => {
        return { sid: server.sid, role: server.role, address: configuredAddress(server), state: null }
      }),
    ]
  }

  #describe(sid: number): ReturnType<typeof describeMember> | null {
    const members = this.#members()
    const member = members.find((one) => one.sid === sid)
    return member ? describeMember(member, leaderOf(members)) : null
  }

  #tell({ view, emit }: ClusterParts, sid: number): void {
    const before = view.members[sid]
    const after = this.#describe(sid)
    if (!after) return
    const t = nowMs()
    for (const event of newsOf(before, after, t)) {
      // A stream that comes up forgets the connections of before.
      if (event.type === 'stream') this.#asked.find((one) => one.sid === sid)?.connections.forget()
      emit(event)
    }
    emit({ type: 'member', t, sid, member: after })
  }
}

function serverAbout({ sid, idFrom, probe }: Asked): AttachedServer {
  const { state, target, sources } = probe
  const { reachable, looking, facts, heardAt } = state
  const problem = !reachable
    ? 'It does not answer on its client port.'
    : looking
      ? 'It answers that it does not serve: it looks for a leader.'
      : null
  const mode = facts?.mode ?? state.figures?.mode ?? null
  const known = { version: facts?.version ?? null, mode, sources, problem, heardAt }
  return { sid, address: addressOf(target), idFrom, asked: true, ...known }
}

function notAskedAbout(server: ConfiguredServer): AttachedServer {
  const problem = 'It is named by /zookeeper/config and not by the connect string, so it is not asked.'
  const unknown = { version: null, mode: null, sources: [], problem, heardAt: 0 }
  return { sid: server.sid, address: configuredAddress(server), idFrom: CONFIG_PATH, asked: false, ...unknown }
}

function configuredAddress({ host, port }: ConfiguredServer): string {
  return port === null ? host : formatAddress({ host, port })
}
