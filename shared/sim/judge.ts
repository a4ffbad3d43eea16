// All checkers of a run together: safety after every step, liveness once the faults are over, and at the end what
// clients saw, held against the history that was chosen.

import { checkHistory } from '../history/check.ts'
import type { PeerEffect } from '../peer/contract.ts'
import { lastZxid } from '../zab/log-window.ts'
import type { Sid } from '../zk/ids.ts'
import type { RunFacts } from './check/facts.ts'
import { createLivenessCheck } from './check/liveness.ts'
import { createSafetyChecker } from './check/safety.ts'
import { compareWithModel } from './model-check.ts'
import { type Judge, RuleBroken } from './run.ts'
import type { SimServer } from './world/contract.ts'
import type { World } from './world/world.ts'

export interface RunJudge extends Judge {
  readonly facts: RunFacts
}

/** V-1 … V-7 together: electing, synchronizing and settling take no longer than this after the last fault. */
const SETTLE_MAX_US = 40_000_000

export function createJudge(world: World): RunJudge {
  const safety = createSafetyChecker(world)
  let core: ReadonlySet<Sid> = new Set()
  let live = createLivenessCheck(world, core)
  let sinceUs = 0
  let isCalm = false
  return {
    facts: safety.facts,
    observers: [
      safety.observer,
      {
        stepped(server, _input, effects) {
          if (isCalm) expectKept(world, core, server, effects)
        },
      },
    ],
    healed(sids) {
      core = sids
      live = createLivenessCheck(world, sids)
      sinceUs = world.nowUs
    },
    isSettled() {
      const pending = live.poll()[0]
      const overdue = live.overdue()[0]
      if (overdue) throw new RuleBroken(overdue.id, overdue.what)
      const problem = unsettled(world, core) ?? pending ?? null
      if (problem !== null && world.nowUs - sinceUs > SETTLE_MAX_US) throw new RuleBroken(problem.id, problem.what)
      if (problem === null) sinceUs = world.nowUs
      isCalm ||= problem === null
      return problem === null
    },
    finish() {
      safety.checkEverything()
      judgeHistory(
        world,
        core,
        safety.ghost.chosen.flatMap((node) => (node.entry ? [node.entry] : [])),
      )
    },
  }
}

function judgeHistory(world: World, core: ReadonlySet<Sid>, log: Parameters<typeof checkHistory>[0]['log']): void {
  const { operations, events, connections, misplaced } = world.recorder
  const first = misplaced[0]
  if (first) {
    const due = first.expected ?? 'nothing'
    throw new RuleBroken('S-3', `connection ${first.conn} was answered ${first.xid} where ${due} was due`)
  }
  const finals = [...core].flatMap((server) => {
    const tree = world.servers.get(server)?.peer?.tree
    return tree ? [{ server, tree }] : []
  })
  const options = { reads: 'exact', settled: true, quorumSync: true, finals } as const
  const found = checkHistory({ operations, events, connections, log }, options).find(({ advisory }) => !advisory)
  if (found) throw new RuleBroken(found.rule ?? found.id, `${found.id}: ${found.what}`)
  const own = connections.filter(({ passwordOk }) => passwordOk)
  const who = new Map(own.map(({ sessionId, auth }) => [sessionId, auth.map(({ id }) => id)]))
  const tree = finals[0]?.tree
  const difference = tree && log ? compareWithModel(log, operations, (session) => who.get(session) ?? [], tree) : null
  if (difference !== null) throw new RuleBroken('T-1', difference)
}

interface Problem {
  readonly id: string
  readonly what: string
}

/** What does not hold yet that must hold in the end; null when all does. */
function unsettled(world: World, core: ReadonlySet<Sid>): Problem | null {
  const servers = [...world.servers.values()].filter(({ sid }) => core.has(sid))
  const leader = servers.find(({ serving, peer }) => serving && peer?.zab.role.state === 'LEADING')
  if (!leader?.peer) return { id: 'V-1', what: 'no server of the core leads' }
  const { tree: ahead, zab } = leader.peer
  if (lastZxid(zab.log) !== ahead.lastProcessedZxid) return { id: 'V-4', what: 'a proposal is not committed' }
  for (const { sid, serving, peer } of servers) {
    if (!serving || !peer) return { id: 'V-7', what: `server ${sid} does not serve` }
    const { tree } = peer
    if (tree.lastProcessedZxid !== ahead.lastProcessedZxid || tree.digest !== ahead.digest)
      return { id: 'V-2', what: `server ${sid} has not the tree of server ${leader.sid}` }
  }
  return unanswered(world) ?? openForEver(world, leader)
}

/** V-3: a client is answered, or loses its connection. */
function unanswered(world: World): Problem | null {
  for (const client of world.clients) {
    const oldest = client.outstanding.items[client.outstanding.head]
    const waitingUs = oldest ? world.nowUs - oldest.sentAtMs * 1000 : 0
    if (oldest && waitingUs > client.timeoutMs * 1000)
      return { id: 'V-3', what: `client ${client.number} waits for an answer to ${oldest.request.type} ${oldest.xid}` }
  }
  return null
}

/** V-5: when every client has gone, every session ends. */
function openForEver(world: World, leader: SimServer): Problem | null {
  const open = leader.peer?.tree.sessions.size ?? 0
  const gone = world.clients.every(({ phase }) => phase === 'stopped')
  return gone && open > 0 ? { id: 'V-5', what: `${open} sessions whose clients have gone stay open` } : null
}

/** S-8 as clients see it: once all is calm, nobody who stays connected and pings loses a session. */
function expectKept(world: World, core: ReadonlySet<Sid>, server: SimServer, effects: readonly PeerEffect[]): void {
  if (server.peer?.zab.role.state !== 'LEADING') return
  for (const effect of effects) {
    if (effect.type !== 'applied' || effect.entry.txn.type !== 'closeSession' || effect.entry.cxid !== 0) continue
    const { sessionId } = effect.entry
    const client = world.clients.find((one) => one.sessionId === sessionId && one.phase === 'open')
    const wire = client?.wire
    if (
      client &&
      wire?.serverOpen &&
      core.has(wire.server.sid) &&
      world.nowUs - client.phaseSinceUs > client.timeoutMs * 1000
    )
      throw new RuleBroken('S-8', `client ${client.number}, connected and pinging, loses its session`)
  }
}
