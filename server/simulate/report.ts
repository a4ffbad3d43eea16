// Runs and failures in words.

import type { Outcome, Verdict } from '#shared/sim/run.ts'
import type { RunSpec } from '#shared/sim/run-spec.ts'
import { type Action, type Endpoint, FIRST_CLIENT, type Target } from '#shared/sim/world/contract.ts'

export function seconds(us: number): string {
  return `${(us / 1e6).toFixed(4)} s`
}

export function describeVerdict(verdict: Verdict): string {
  return `${verdict.id}: ${verdict.what}\n  at ${seconds(verdict.atUs)}, step ${verdict.step}`
}

function end(endpoint: Endpoint): string {
  return endpoint >= FIRST_CLIENT ? `client ${endpoint - FIRST_CLIENT}` : `server ${endpoint}`
}

function who(target: Target): string {
  return typeof target === 'number' ? `server ${target}` : `the ${target}`
}

export function describeAction(action: Action): string {
  switch (action.type) {
    case 'crash': {
      const middle = action.afterEffects === undefined ? '' : `, in a step after ${action.afterEffects} of its effects`
      return `${who(action.at)} crashes${middle}; ${Math.round(action.kept * 100)} % of its disk queue survives`
    }
    case 'start':
      return `${who(action.at)} starts`
    case 'pause':
      return `${who(action.at)} stands still for ${seconds(action.forUs)}`
    case 'cut':
      return `nothing passes from ${end(action.from)} to ${end(action.to)}`
    case 'heal':
      return `${end(action.from)} reaches ${end(action.to)} again${action.reset ? ', connections reset' : ''}`
    case 'partition':
      return `${action.left.map(end).join(', ')} | ${action.right.map(end).join(', ')} are apart`
    case 'healAll':
      return 'every link is sound'
    case 'reset':
      return `connections between ${end(action.between)} and ${end(action.and)} are reset`
    case 'delay':
      return `${end(action.from)} to ${end(action.to)} takes ${seconds(action.extraUs)} longer`
    case 'disk':
      return `the disk of ${who(action.at)} is ${action.mode}${action.mode === 'slow' ? ` by ${seconds(action.extraUs)}` : ''}`
    case 'jump':
      return `the wall clock of ${who(action.at)} jumps by ${action.byMs} ms`
    case 'drift':
      return `the clocks of ${who(action.at)} are ${action.ppm} ppm fast`
    case 'move':
      return `client ${action.client} goes to server ${action.to}`
    case 'calm':
      return 'every fault ends'
  }
}

/** The run as a list of what is done to it. */
export function describeSpec(spec: RunSpec): string {
  const { options, clients, faults } = spec
  const lines = [
    `${options.voters} voters, ${options.observers} observers, ${clients.length} clients; messages ${options.delayMinUs}–${options.delayMaxUs} µs, flushes ${options.flushMinUs}–${options.flushMaxUs} µs`,
    ...faults.map(({ atUs, action }) => `${seconds(atUs).padStart(10)}  ${describeAction(action)}`),
    `${seconds(spec.faultsEndUs).padStart(10)}  faults end; servers ${spec.core.join(', ')} must work again`,
  ]
  return lines.map((line) => `    ${line}`).join('\n')
}

export function describeServers({ world }: Outcome): string {
  const servers = [...world.servers.values()].map(({ sid, peer, serving, ended }) =>
    peer
      ? `${sid} ${peer.zab.role.state}${serving ? '' : ' (not serving)'} epoch ${peer.zab.currentEpoch}`
      : `${sid} down${ended ? ` (${ended})` : ''}`,
  )
  return servers.join(' · ')
}
