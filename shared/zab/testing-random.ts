// A small ensemble under random faults that is reconfigured at random: crashes, cuts, slow disks, half-carried
// words. It checks as it goes, and in the end that everybody has come to one history and one configuration.

import { assert } from '../base/assert.ts'
import { chance, createPrng, nextInt, type Prng } from '../base/prng.ts'
import type { Sid } from '../zk/ids.ts'
import { formatQuorumConfig } from '../zk/quorum-config.ts'
import type { Entry } from '../zk/txn.ts'
import { isReconfiguring } from './configs.ts'
import { nextZxid } from './leader-broadcast.ts'
import { isQuorumSynced } from './leader-reconfig.ts'
import { Ensemble } from './testing.ts'
import { configOf, type Node, reconfigTo } from './testing-node.ts'

const SIDS = [1, 2, 3, 4, 5, 6]
const STEPS = 250

/** What has been committed, as far as any server has delivered it while it served. */
export interface Ghost {
  chosen: Entry[]
  readonly leaders: Map<number, Sid>
  reconfigs: number
}

function check(ensemble: Ensemble, ghost: Ghost): void {
  for (const node of ensemble.nodes.values()) {
    for (const effect of node.effects) {
      if (effect.type !== 'phase' || effect.phase !== 'BROADCAST' || effect.leader !== node.sid) continue
      const other = ghost.leaders.get(effect.epoch) ?? node.sid
      assert(other === node.sid, `epoch ${effect.epoch} has one leader, not ${other} and ${node.sid} (L-1)`)
      ghost.leaders.set(effect.epoch, node.sid)
      assert(
        node.tree.length >= ghost.chosen.length,
        `the leader of epoch ${effect.epoch} holds all that is chosen (L-8)`,
      )
    }
    node.forget()
    const { role, reloading } = node.zab
    if (!node.up || role.state === 'LOOKING' || role.stage !== 'BROADCAST' || reloading) continue
    const shared = Math.min(node.tree.length, ghost.chosen.length)
    for (let i = Math.max(0, shared - 40); i < shared; i += 1)
      assert(node.tree[i] === ghost.chosen[i], `server ${node.sid} has the history of all (B-2), at ${i}`)
    if (node.tree.length > ghost.chosen.length) ghost.chosen = [...node.tree]
  }
}

function someone(prng: Prng, ensemble: Ensemble, up: boolean): Node | undefined {
  const nodes = [...ensemble.nodes.values()].filter((node) => node.up === up)
  return nodes[nextInt(prng, Math.max(nodes.length, 1))]
}

function act(prng: Prng, ensemble: Ensemble, ghost: Ghost): void {
  const leader = [...ensemble.nodes.values()].find((n) => n.up && nextZxid(n.zab) !== null)
  if (leader && chance(prng, 0.4)) ensemble.propose(leader)
  if (leader && chance(prng, 0.25) && !isReconfiguring(leader.zab)) {
    const voters = SIDS.filter(() => chance(prng, 0.5))
    const observers = SIDS.filter((sid) => !voters.includes(sid) && chance(prng, 0.3))
    if (voters.length > 0 && isQuorumSynced(leader.zab, configOf(voters))) {
      ensemble.propose(leader, (zxid) => reconfigTo(configOf(voters, observers, zxid)))
      ghost.reconfigs += 1
    }
  }
  if (chance(prng, 0.06)) {
    const node = someone(prng, ensemble, true)
    if (node) ensemble.crash(node.sid)
  }
  if (chance(prng, 0.12)) someone(prng, ensemble, false)?.restart()
  const [a, b] = [someone(prng, ensemble, true), someone(prng, ensemble, true)]
  if (a && b && a !== b && chance(prng, 0.05)) ensemble.cut(a.sid, b.sid, chance(prng, 0.7))
  if (chance(prng, 0.05)) ensemble.heal()
  if (a && chance(prng, 0.08)) a.flushes = !a.flushes
  if (b && chance(prng, 0.03)) b.paused = !b.paused
}

/** Throws on the first thing that should not be. */
export function reconfigureAtRandom(seed: number, look: (ensemble: Ensemble) => void = () => undefined): Ghost {
  const prng = createPrng(seed)
  const pick = (count: number) => nextInt(prng, count)
  const limits = { reconfigEnabled: true, commitLogCount: 1 + pick(6) }
  const ensemble = new Ensemble(configOf([1, 2, 3]), undefined, limits)
  for (const sid of SIDS.slice(3)) ensemble.add(sid, configOf([1, 2, 3, sid]), limits)
  const ghost: Ghost = { chosen: [], leaders: new Map(), reconfigs: 0 }
  for (let i = 0; i < STEPS; i += 1) {
    act(prng, ensemble, ghost)
    const quiet = chance(prng, 0.3)
    ensemble.tick(50)
    ensemble.carrySome(quiet ? 400 : pick(40), pick)
    check(ensemble, ghost)
  }
  ensemble.heal()
  for (const node of ensemble.nodes.values()) {
    node.paused = false
    node.flushes = true
    if (!node.up) node.restart()
  }
  for (let i = 0; i < 40; i += 1) {
    ensemble.run(500)
    check(ensemble, ghost)
  }
  // Who has promised a later epoch than the leader's cannot follow it (FOLL-1): it needs another election.
  const latest = Math.max(...[...ensemble.nodes.values()].map((node) => node.zab.acceptedEpoch))
  for (const node of ensemble.nodes.values()) {
    if (node.zab.role.state !== 'LEADING' || node.zab.role.epoch === latest) continue
    ensemble.crash(node.sid)
    node.restart()
    ensemble.run(10_000)
  }
  look(ensemble)
  const leader = ensemble.leader()
  ensemble.propose(leader)
  ensemble.run(1000)
  check(ensemble, ghost)
  for (const node of ensemble.nodes.values()) {
    assert(node.tree.length === leader.tree.length, `server ${node.sid} has come to the same history`)
    const same = formatQuorumConfig(node.zab.active) === formatQuorumConfig(leader.zab.active)
    assert(same && !isReconfiguring(node.zab), `server ${node.sid} has come to the same configuration`)
  }
  return ghost
}
