// What the stories of reconfigurations have in common.

import type { QuorumConfig } from '../zk/quorum-config.ts'
import type { Entry } from '../zk/txn.ts'
import { Ensemble } from './testing.ts'
import { configOf, type Node, reconfigTo } from './testing-node.ts'

export function serving(voters: number[], observers: number[] = []): Ensemble {
  const ensemble = new Ensemble(configOf(voters, observers), undefined, { reconfigEnabled: true })
  ensemble.run(1000)
  for (const node of ensemble.nodes.values()) node.forget()
  return ensemble
}

/** A server that is not in the ensemble yet: it knows of it and believes that it belongs to it. */
export function join(ensemble: Ensemble, sid: number, voters: number[]): Node {
  const node = ensemble.add(sid, configOf([...voters, sid]), { reconfigEnabled: true })
  ensemble.run(2000)
  return node
}

export function reconfig(ensemble: Ensemble, voters: number[], observers: number[] = []): Entry {
  return ensemble.propose(ensemble.leader(), (zxid) => reconfigTo(configOf(voters, observers, zxid)))
}

export function members(config: QuorumConfig): string {
  return [...config.servers.values()].map((s) => `${s.sid}${s.role === 'observer' ? 'o' : ''}`).join(' ')
}

export function states(ensemble: Ensemble): string {
  return [...ensemble.nodes.values()]
    .filter((n) => n.up)
    .map((n) => `${n.sid}:${n.zab.role.state}`)
    .join(' ')
}
