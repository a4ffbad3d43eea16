// Liveness: what has to happen, and by when, once the faults are over for a core that holds a quorum. Asked again
// and again while the world goes on; each property says what is still missing, and whether its time is over.
// Source: invariants.md §3, its bounds in ticks of the world's options.

import type { Peer } from '../../peer/state.ts'
import { lastZxid } from '../../zab/log-window.ts'
import type { Leading } from '../../zab/state.ts'
import { formatSessionId, type Sid } from '../../zk/ids.ts'
import { NO_ZXID, ZERO_ZXID, type Zxid } from '../../zk/zxid.ts'
import type { SimServer, WorldView } from '../world/contract.ts'
import { z } from './intern.ts'

export const LIVENESS = {
  'V-1': 'a server of the core leads',
  'V-2': "every server of the core has the leader's tree",
  'V-3': 'every request is answered or its connection closed',
  'V-4': 'every proposal of the leader is applied by the whole core',
  'V-5': 'sessions whose time is over are closed, and own nothing any more',
  'V-7': 'every server of the core serves',
  'V-8': 'a server of the core that began with an empty disk serves',
  'V-9': 'nobody leads without a quorum',
  'V-10': 'leaders do not come and go without a fault',
  'V-11': 'the leader commits, whoever outside the core is slow',
  'V-12': 'disks do not grow by themselves, and are purged',
} as const

export type LivenessId = keyof typeof LIVENESS

/** V-6 is not here: watch events leave in the very step of their change, and shared/history finds missing ones. */
export interface LivenessProblem {
  readonly id: LivenessId
  readonly what: string
  /** World time at which it is overdue. */
  readonly dueUs: number
}

export interface LivenessCheck {
  /** What does not hold yet, at this moment. To be asked at least once a tick. */
  poll(): readonly LivenessProblem[]
  /** Of the last answer, what should have happened by now. */
  overdue(): readonly LivenessProblem[]
}

/** The core's longest interval between notifications, and its wait for a better vote. */
const ELECTION_US = 3_400_000
const ELECTIONS_MAX = 10

interface Memory {
  readonly view: WorldView
  readonly core: ReadonlySet<Sid>
  readonly born: ReadonlySet<Sid>
  readonly sinceUs: Map<LivenessId, number>
  /** Zxids that have to be reached, and since when. */
  readonly goals: Map<LivenessId, { readonly zxid: Zxid; readonly sinceUs: number }>
  readonly epochs: Set<number>
  waiting: Map<object, number>
  closing: Map<string, number>
  readonly sizes: Map<Sid, { readonly last: Zxid; readonly entries: number }>
}

/** To be created when the last fault is over; `core` is sound and connected from then on. */
export function createLivenessCheck(view: WorldView, core: ReadonlySet<Sid>): LivenessCheck {
  const born = [...core].filter((sid) => {
    const disk = view.servers.get(sid)?.disk
    return disk && disk.log.length === 0 && disk.snapshots.length === 0
  })
  const memory: Memory = {
    view,
    core,
    born: new Set(born),
    sinceUs: new Map(),
    goals: new Map(),
    epochs: new Set(),
    waiting: new Map(),
    closing: new Map(),
    sizes: new Map(),
  }
  let last: readonly LivenessProblem[] = []
  return {
    poll() {
      last = pollAll(memory)
      return last
    },
    overdue: () => last.filter(({ dueUs }) => view.nowUs > dueUs),
  }
}

function pollAll(memory: Memory): LivenessProblem[] {
  const { view, core } = memory
  const problems: LivenessProblem[] = []
  const tickUs = view.options.tickTimeMs * 1000
  const { initLimit, syncLimit, maxSessionTimeoutMs } = view.options
  const expect = (id: LivenessId, what: string | null, boundUs: number, sinceUs?: number): void => {
    if (what === null) return void memory.sinceUs.delete(id)
    const since = sinceUs ?? memory.sinceUs.get(id) ?? view.nowUs
    memory.sinceUs.set(id, since)
    problems.push({ id, what, dueUs: since + boundUs })
  }
  const servers = [...view.servers.values()].filter(({ sid }) => core.has(sid))
  const leader = servers.find(isServingLeader)
  expect('V-1', leader ? null : 'no server of the core leads', 10 * ELECTION_US + initLimit * tickUs)
  expect('V-9', deposed(view, leader), (syncLimit + 1) * tickUs + tickUs)
  expect('V-10', tooManyEpochs(memory, servers), 0)
  expect('V-3', oldestRequest(memory, servers, maxSessionTimeoutMs * 1000), 0)
  expect('V-12', grown(memory, servers), 0)
  const peer = leader?.peer
  if (!leader || !peer) {
    memory.goals.clear()
    return problems
  }
  const joinUs = ELECTION_US + 2 * initLimit * tickUs
  const away = servers.filter((server) => !server.serving)
  expect('V-7', nobody(away.filter(({ sid }) => !memory.born.has(sid))), joinUs)
  expect('V-8', nobody(away.filter(({ sid }) => memory.born.has(sid))), joinUs)
  expect('V-5', expiredSessions(memory, servers, peer, 2 * tickUs), 0)
  const reach = (id: LivenessId, zxid: Zxid, boundUs: number, at: (server: SimServer) => Zxid): void => {
    const goal = memory.goals.get(id) ?? { zxid, sinceUs: view.nowUs }
    const behind = servers.find((server) => at(server) < goal.zxid)
    if (!behind) return void memory.goals.delete(id)
    memory.goals.set(id, goal)
    expect(id, `server ${behind.sid} is at ${z(at(behind))}, not yet at ${z(goal.zxid)}`, boundUs, goal.sinceUs)
  }
  const { log, role } = peer.zab
  const committed = role.state === 'LEADING' ? role.committed : NO_ZXID
  reach('V-2', peer.tree.lastProcessedZxid, joinUs + 2 * syncLimit * tickUs, appliedAt)
  // Who still has to join is V-7's, and perhaps there is no quorum before; from then on there is, and all are quick.
  if (away.length === 0) {
    reach('V-11', lastZxid(log), syncLimit * tickUs, () => committed)
    reach('V-4', lastZxid(log), syncLimit * tickUs, appliedAt)
  } else {
    memory.goals.delete('V-11')
    memory.goals.delete('V-4')
  }
  const differs = servers.find((server) => !sameTree(server, peer))
  if (differs) expect('V-2', `server ${differs.sid} has another tree than its leader`, 0)
  return problems
}

function isServingLeader({ serving, peer }: SimServer): boolean {
  return serving && peer?.zab.role.state === 'LEADING' && peer.zab.role.stage === 'BROADCAST'
}

function appliedAt({ peer, serving }: SimServer): Zxid {
  return peer && serving ? peer.tree.lastProcessedZxid : ZERO_ZXID
}

/** Two servers at the same zxid have the same tree (the safety checker says so too, as T-1). */
function sameTree({ peer, serving }: SimServer, leader: Peer): boolean {
  if (!peer || !serving || peer.tree.lastProcessedZxid !== leader.tree.lastProcessedZxid) return true
  return peer.tree.digest === leader.tree.digest
}

function nobody(away: readonly SimServer[]): string | null {
  const first = away[0]
  if (!first) return null
  const { role } = first.peer?.zab ?? { role: null }
  return `server ${first.sid} does not serve: ${role ? `${role.state}, ${role.stage}` : (first.ended ?? 'not running')}`
}

function deposed(view: WorldView, leader: SimServer | undefined): string | null {
  for (const server of view.servers.values())
    if (server !== leader && !server.paused && isServingLeader(server))
      return `server ${server.sid} still leads epoch ${epochLed(server)}`
  return null
}

function epochLed({ peer }: SimServer): number {
  const role = peer?.zab.role
  return role?.state === 'LEADING' ? (role satisfies Leading).epoch : 0
}

/** V-10: an asymmetric link or a healthy world with endless elections. */
function tooManyEpochs({ epochs }: Memory, servers: readonly SimServer[]): string | null {
  for (const server of servers) if (isServingLeader(server)) epochs.add(epochLed(server))
  return epochs.size > ELECTIONS_MAX ? `${epochs.size} epochs have come and gone without a fault` : null
}

function oldestRequest(memory: Memory, servers: readonly SimServer[], limitUs: number): string | null {
  const { nowUs } = memory.view
  const still = new Map<object, number>()
  let problem: string | null = null
  for (const { sid, peer } of servers)
    for (const conn of peer?.conns.values() ?? []) {
      const head = conn.waiting.items[conn.waiting.head]
      if (!head) continue
      const sinceUs = memory.waiting.get(head) ?? nowUs
      still.set(head, sinceUs)
      if (nowUs - sinceUs > limitUs)
        problem ??= `server ${sid} has not answered the ${head.request.type} ${head.xid} of connection ${conn.id}`
    }
  memory.waiting = still
  return problem
}

/** By the leader's tracker: nobody stays for more than `limitUs` after it has been found silent. */
function expiredSessions(memory: Memory, servers: readonly SimServer[], leader: Peer, limitUs: number): string | null {
  const { nowUs, options } = memory.view
  const still = new Map<string, number>()
  let problem: string | null = null
  for (const [id, { isClosing, expiresMs }] of leader.leadership?.tracker.sessions ?? []) {
    if (!isClosing && expiresMs + options.tickTimeMs > leader.nowMs) continue
    const key = formatSessionId(id)
    const sinceUs = memory.closing.get(key) ?? nowUs
    still.set(key, sinceUs)
    if (nowUs - sinceUs > limitUs + SETTLE_US) problem ??= `session ${key} is over and not closed`
  }
  memory.closing = still
  for (const { sid, peer, serving } of servers)
    if (peer && serving)
      for (const [owner, paths] of peer.tree.ephemerals)
        if (paths.size > 0 && !peer.tree.sessions.has(owner))
          problem ??= `server ${sid} has ephemerals of session ${formatSessionId(owner)}, which is not open`
  return problem
}

/** Proposing, flushing and committing a close takes a moment. */
const SETTLE_US = 1_000_000

/** V-12: without a new entry a log does not grow; and only so many snapshots are kept. */
function grown(memory: Memory, servers: readonly SimServer[]): string | null {
  for (const { sid, disk } of servers) {
    const last = disk.log.at(-1)?.zxid ?? disk.logAfter
    const before = memory.sizes.get(sid)
    memory.sizes.set(sid, { last, entries: disk.log.length })
    if (before?.last === last && disk.log.length > before.entries)
      return `the log of server ${sid} grows at ${z(last)} from ${before.entries} to ${disk.log.length} entries`
    if (disk.snapshots.length > memory.view.options.snapRetainCount)
      return `server ${sid} keeps ${disk.snapshots.length} snapshots`
  }
  return null
}
