// All checkers of a run together: safety after every step, liveness once the faults are over, and at the end what
// clients saw, held against the history that was chosen.

import { checkHistory } from '../history/check.ts'
import { lastZxid } from '../zab/log-window.ts'
import type { Sid } from '../zk/ids.ts'
import type { RunFacts } from './check/facts.ts'
import { createSafetyChecker } from './check/safety.ts'
import { type Judge, RuleBroken } from './run.ts'
import type { World } from './world/world.ts'

export interface RunJudge extends Judge {
  readonly facts: RunFacts
}

/** V-1 … V-7 together: electing, synchronizing and settling take no longer than this after the last fault. */
const SETTLE_MAX_US = 40_000_000

export function createJudge(world: World): RunJudge {
  const safety = createSafetyChecker(world)
  let core: ReadonlySet<Sid> = new Set()
  let sinceUs = 0
  return {
    facts: safety.facts,
    observers: [safety.observer],
    healed(sids) {
      core = sids
      sinceUs = world.nowUs
    },
    isSettled() {
      const problem = unsettled(world, core)
      if (problem === null) {
        sinceUs = world.nowUs
        return true
      }
      if (world.nowUs - sinceUs > SETTLE_MAX_US) throw new RuleBroken(problem.id, problem.what)
      return false
    },
    finish() {
      safety.checkEverything()
      const { operations, events, connections, misplaced } = world.recorder
      const first = misplaced[0]
      if (first)
        throw new RuleBroken(
          'S-3',
          `connection ${first.conn} was answered ${first.xid} where ${first.expected ?? 'nothing'} was due`,
        )
      const log = safety.ghost.chosen.flatMap((node) => (node.entry ? [node.entry] : []))
      const finals = [...core].flatMap((server) => {
        const tree = world.servers.get(server)?.peer?.tree
        return tree ? [{ server, tree }] : []
      })
      const found = checkHistory(
        { operations, events, connections, log },
        { reads: 'exact', settled: true, quorumSync: true, finals },
      ).find((violation) => !violation.advisory)
      if (found) throw new RuleBroken(found.rule ?? found.id, `${found.id}: ${found.what}`)
    },
  }
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
  return null
}
