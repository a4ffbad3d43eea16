// One of many leads, and when it goes the next one does: Curator's LeaderLatch (`_c_<guid>-latch-<sequence>`), or kazoo's
// Election, which is its lock. Being first is what the server says; the candidate knows it a moment later, and may have
// lost it by then: whatever a leader changes is to be fenced with its token.

import { joinPath } from '#shared/zk/path.ts'
import type { Zxid } from '#shared/zk/zxid.ts'
import { NoNodeError } from '../errors.ts'
import type { ZooKeeper } from '../zookeeper.ts'
import { listChildren, watchChildren } from './children.ts'
import { placeOf, waitForTurn } from './contend.ts'
import { contenderKind, type Layout, sortContenders } from './contender-order.ts'
import { type Following, follow } from './follow.ts'
import { type AcquireOptions, type Held, hold } from './held.ts'
import { createProtected, leave, type OwnNode } from './protected-node.ts'

export interface ElectionOptions extends Pick<AcquireOptions, 'signal' | 'data'> {
  /** Default `curator`. */
  readonly layout?: Layout
}

export interface Candidacy {
  readonly path: string
  /** Aborts when we are no candidate any more, and so no leader either, without having left. */
  readonly signal: AbortSignal
  /** Resolves with the leadership; rejects when the candidacy ends first. Its `release` is `leave`. */
  readonly elected: Promise<Held>
  /** Steps down, or back. May be called again. */
  leave(): Promise<void>
}

/** Who may lead, in the order in which they will. */
export interface Candidate {
  readonly path: string
  readonly data: Uint8Array | null
  readonly fencingToken: Zxid
}

/** The candidate left by its own will before it was elected. */
export class CandidateLeftError extends Error {
  override readonly name = 'CandidateLeftError'
}

/**
 * Becomes a candidate of the election in `dir`, with `data` for others to see. `signal` gives up joining only; after a
 * loss join again, with a new client when the session is over.
 */
export async function joinElection(zk: ZooKeeper, dir: string, options: ElectionOptions = {}): Promise<Candidacy> {
  const layout = options.layout ?? 'curator'
  const kind = contenderKind('latch', layout)
  const place = placeOf({ dir, role: 'latch', layout }, kind, options)
  let node: OwnNode | null = null
  let held: Held
  try {
    node = await createProtected(zk, place, options.signal ?? new AbortController().signal)
    held = await hold(zk, node)
  } catch (cause) {
    await leave(zk, dir, place.prefix, node)
    throw cause
  }
  const leaving = new AbortController()
  const leaveElection = async () => {
    leaving.abort(new CandidateLeftError('this candidate has left the election'))
    await held.release()
  }
  const signal = AbortSignal.any([leaving.signal, held.signal])
  const turn = waitForTurn(zk, dir, kind, node, { signal, mayWait: true })
  const elected = turn.then(() => ({ ...held, release: leaveElection }))
  elected.catch(() => undefined) // who asks is told
  return { path: held.path, signal: held.signal, elected, leave: leaveElection }
}

/** All candidates, the leader first. */
export async function listCandidates(zk: ZooKeeper, dir: string, layout: Layout = 'curator'): Promise<Candidate[]> {
  const names = sortContenders(await listChildren(zk, dir), 'latch', layout)
  const candidates = await Promise.all(names.map((name) => readCandidate(zk, joinPath(dir, name))))
  return candidates.filter((candidate) => candidate !== null)
}

/**
 * Tells `onLeader` who leads, now and at every change; null while nobody does. Watches the leader's node alone, or the
 * directory while it is empty. Every observer wakes at a change: they all want to know.
 */
export function watchLeader(
  zk: ZooKeeper,
  dir: string,
  onLeader: (leader: Candidate | null) => void,
  layout: Layout = 'curator',
): Promise<Following> {
  let told: string | null = null
  return follow(zk, async (onChange, isOpen) => {
    const leader = await findLeader(zk, dir, layout, onChange)
    const summary = leader ? `${leader.path} ${leader.data}` : ''
    if (!isOpen() || summary === told) return
    told = summary
    onLeader(leader)
  })
}

async function findLeader(zk: ZooKeeper, dir: string, layout: Layout, onChange: () => void): Promise<Candidate | null> {
  for (;;) {
    const [first] = sortContenders(await listChildren(zk, dir), 'latch', layout)
    if (first !== undefined) {
      const leader = await readCandidate(zk, joinPath(dir, first), onChange)
      if (leader) return leader
      continue // it has gone meanwhile
    }
    // Nobody: the directory is watched, and made for that when missing.
    const mode = layout === 'curator' ? 'container' : 'persistent'
    const [joined] = sortContenders(await watchChildren(zk, dir, mode, onChange), 'latch', layout)
    if (joined === undefined) return null
  }
}

async function readCandidate(zk: ZooKeeper, path: string, watch?: () => void): Promise<Candidate | null> {
  try {
    const { data, stat } = await zk.getData(path, watch ? { watch } : {})
    return { path, data, fencingToken: stat.czxid }
  } catch (error) {
    if (error instanceof NoNodeError) return null
    throw error
  }
}
