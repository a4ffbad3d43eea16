// What the simulator remembers and no server knows: every history, who established which epoch, what is chosen,
// and per server what its disk, log and tree amount to. It survives crashes and is never rewound.

import type { LinkId } from '../../zab/contract.ts'
import type { Role } from '../../zab/state.ts'
import type { Sid } from '../../zk/ids.ts'
import type { Notification, Vote } from '../../zk/vote.ts'
import { ZERO_ZXID, type Zxid } from '../../zk/zxid.ts'
import type { SimServer, WorldView } from '../world/contract.ts'
import type { CheckId } from './checks.ts'
import type { Conversation } from './conversation.ts'
import { createFacts, type RunFacts } from './facts.ts'
import { createOrigin, type HistoryNode } from './history.ts'
import type { Listener } from './listener.ts'
import { membershipOf } from './membership.ts'
import { createReference, type Reference } from './reference.ts'
import { createSessionLedger, type SessionLedger } from './session-ledger.ts'

/** A leadership that entered SYNC: EST. */
export interface Established {
  readonly epoch: number
  readonly leader: Sid
  /** Ie, the history that the epoch begins with. */
  readonly initial: HistoryNode
  /** Everything that the leader ever had in its log in this epoch: it is append-only (L-9). */
  tip: HistoryNode
  /** Per voter, the longest prefix of `tip` that its disk has held while both its epochs were this one. */
  readonly held: Map<Sid, HistoryNode>
  /** A quorum holds Ie and the epoch: Q(ackLD) in truth. */
  isActive: boolean
}

export interface GhostServer {
  readonly sid: Sid
  readonly server: SimServer
  /** disk(i), log(i), and what the tree has applied. */
  disk: HistoryNode
  log: HistoryNode
  applied: HistoryNode
  /** As durable: AE and CE. */
  acceptedEpoch: number
  currentEpoch: number
  /** The last epoch that it made current as a leader: its own log is the history of that. */
  ownEpoch: number
  /** PROMISE: the highest epoch of an ACKEPOCH, and to whom each promise was given. */
  promised: number
  readonly promises: Map<number, Sid>
  /** The recovered tree may hold effects of entries up to here that its log lacks: a snapshot that was streamed. */
  fuzzyUpTo: Zxid
  /** As it was after the last step; `null` while down. */
  role: Role | null
  stage: Role['stage'] | null
  round: number
  vote: Vote | null
  serves: boolean
  /** Known committed while in BROADCAST: the leader's or the follower's mark. */
  committed: Zxid
  selfAcked: Zxid
  /** How much of what was applied while it could serve, in this incarnation. */
  deliveredDepth: number
  /** The leadership that it holds since it entered SYNC. */
  leads: Established | null
  /** currentEpoch when it began to lead, for L-7. */
  epochBefore: number
  readonly looking: Map<Sid, Notification>
  readonly settled: Map<Sid, Notification>
  readonly links: Map<LinkId, Conversation>
  /** While it leads: whom it has heard and when, by its own clock. */
  listener: Listener | null
  /** A learner has said something: who is sent what may have changed. */
  leaderLinksChanged: boolean
}

export interface Ghost {
  readonly view: WorldView
  /** Ends the run, unless only other rules are being tested. `what` begins with whoever broke it. */
  readonly fail: (id: CheckId, what: string) => void
  readonly origin: HistoryNode
  readonly nodes: Map<Zxid, HistoryNode>
  /** CHOSEN by depth; `chosen[0]` is the origin. */
  readonly chosen: HistoryNode[]
  top: HistoryNode
  readonly established: Map<number, Established>
  newest: Established | null
  readonly servers: Map<Sid, GhostServer>
  /** The longest history that anybody delivered, knew committed, or committed as a leader. */
  delivered: HistoryNode
  committed: HistoryNode
  leaderCommitted: HistoryNode
  readonly reference: Reference
  readonly sessions: SessionLedger
  readonly facts: RunFacts
  /** Told by FOLLOWERINFO, which is how two ends of a link are known to be of one. */
  readonly greetings: Map<object, Conversation>
}

export function createGhost(view: WorldView, fail: Ghost['fail']): Ghost {
  const origin = createOrigin(membershipOf(view.quorum))
  return {
    view,
    fail,
    origin,
    nodes: new Map([[ZERO_ZXID, origin]]),
    chosen: [origin],
    top: origin,
    established: new Map(),
    newest: null,
    servers: new Map(),
    delivered: origin,
    committed: origin,
    leaderCommitted: origin,
    reference: createReference(view.options.tree),
    sessions: createSessionLedger(),
    facts: createFacts(),
    greetings: new Map(),
  }
}

/** What is remembered of a server; one that is met for the first time has an empty disk. */
export function ghostOf(ghost: Ghost, server: SimServer): GhostServer {
  const known = ghost.servers.get(server.sid)
  if (known) return known
  const { origin } = ghost
  const fresh: GhostServer = {
    sid: server.sid,
    server,
    disk: origin,
    log: origin,
    applied: origin,
    acceptedEpoch: 0,
    currentEpoch: 0,
    promised: 0,
    promises: new Map(),
    fuzzyUpTo: ZERO_ZXID,
    role: null,
    stage: null,
    round: 0,
    vote: null,
    serves: false,
    committed: ZERO_ZXID,
    selfAcked: ZERO_ZXID,
    deliveredDepth: 0,
    leads: null,
    epochBefore: 0,
    ownEpoch: -1,
    looking: new Map(),
    settled: new Map(),
    links: new Map(),
    listener: null,
    leaderLinksChanged: false,
  }
  ghost.servers.set(server.sid, fresh)
  return fresh
}

export function isChosen(ghost: Ghost, node: HistoryNode): boolean {
  return ghost.chosen[node.depth] === node
}
