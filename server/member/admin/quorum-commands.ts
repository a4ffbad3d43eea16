// What the AdminServer says of the quorum: who leads, who observes, who votes, and how far Zab is here.
// Source: LeaderCommand, ObserversCommand, VotingViewCommand, ZabStateCommand, operations.md §2.

import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { type ServerSpec, voters } from '#shared/zk/quorum-config.ts'
import { counterOf, epochOf, formatZxid } from '#shared/zk/zxid.ts'
import { bracketed } from '../four-letter/four-letter-text.ts'
import type { LinkFacts } from '../quorum/quorum-link.ts'
import type { ServerFacts } from '../server-facts.ts'
import { fields, type Json, type JsonFields } from './json-text.ts'

type Fields = Readonly<Record<string, Json>>

export async function leaderOf({ config, notes, peer }: ServerFacts): Promise<Fields> {
  if (config.standalone) return { error: 'server is not initialized' }
  const leader = notes.leader === null ? undefined : peer.zab.active.servers.get(notes.leader)
  return {
    is_leader: peer.zab.role.state === 'LEADING',
    leader_id: notes.leader ?? -1,
    leader_ip: leader ? await addressOf(leader.host) : '',
  }
}

async function addressOf(host: string): Promise<string> {
  if (isIP(host)) return host
  const found = await lookup(host).catch(() => null)
  return found?.address ?? host
}

interface ObserverLink {
  readonly sid: number
  readonly acked: number
  readonly link: LinkFacts
}

/** Of a leader: observers follow nobody else here. */
function observerLinks(facts: ServerFacts): ObserverLink[] {
  const { role } = facts.peer.zab
  if (role.state !== 'LEADING') return []
  return [...role.learners.values()].flatMap((learner) => {
    const link = learner.observer && learner.stage === 'current' ? facts.link(learner.link) : null
    return link ? [{ sid: learner.sid, acked: Math.max(learner.acked, learner.lastLogged), link }] : []
  })
}

export function observersOf(facts: ServerFacts): Fields {
  const observers = observerLinks(facts).map(({ sid, acked, link }) =>
    fields({
      remote_socket_address: `/${link.address}`,
      sid,
      established: link.establishedMs,
      // Packets are gathered, so that bytes are what waits.
      queued_packets: 0,
      queued_packets_size: link.queuedBytes,
      packets_received: link.packetsReceived,
      packets_sent: link.packetsSent,
      requests: link.requests,
      last_zxid: acked,
    }),
  )
  return { synced_observers: observers.length, observers }
}

export function resetObservers(facts: ServerFacts): Fields {
  for (const { link } of observerLinks(facts)) link.resetCounts()
  return {}
}

export function votingView({ config, peer }: ServerFacts): Fields {
  if (config.standalone) return { current_config: new Map() }
  const { active } = peer.zab
  const servers = voters(active).flatMap((sid): [string, JsonFields][] => {
    const spec = active.servers.get(sid)
    return spec ? [[String(sid), viewOf(spec, sid === config.sid ? clientAddress(config) : null)]] : []
  })
  return { current_config: new Map(servers) }
}

function viewOf(spec: ServerSpec, ownClient: string | null): JsonFields {
  const client = spec.client ? `${bracketed(spec.client.host)}:${spec.client.port}` : ''
  return fields({
    server_addresses: [`${bracketed(spec.host)}:${spec.quorumPort}`],
    election_addresses: [`${bracketed(spec.host)}:${spec.electionPort}`],
    client_address: client || (ownClient ?? ''),
    learner_type: spec.role,
  })
}

function clientAddress({ clientPort, clientPortAddress }: ServerFacts['config']): string {
  return `${bracketed(clientPortAddress ?? '0.0.0.0')}:${clientPort}`
}

export function zabState({ config, peer, notes }: ServerFacts): Fields {
  if (config.standalone) return { voting: false, zabstate: '' }
  const self = peer.zab.active.servers.get(config.sid) ?? config.quorum.servers.get(config.sid)
  return {
    myid: config.sid,
    is_leader: peer.zab.role.state === 'LEADING',
    quorum_address: addresses(self?.host ?? '', self?.quorumPort ?? 0),
    election_address: addresses(self?.host ?? '', self?.electionPort ?? 0),
    client_address: clientAddress(config),
    voting: voters(peer.zab.active).includes(config.sid),
    last_zxid: formatZxid(peer.zxid),
    zab_epoch: epochOf(peer.zxid),
    zab_counter: counterOf(peer.zxid),
    zabstate: notes.phase.toLowerCase(),
  }
}

/** Java's MultipleAddresses, printed getter by getter; a member has one address. */
function addresses(host: string, port: number): JsonFields {
  const one = `${bracketed(host)}:${port}`
  return fields({
    empty: false,
    all_addresses: [one],
    all_reachable_addresses: [one],
    one,
    reachable_address: one,
    wildcard_addresses: [`0.0.0.0:${port}`],
    all_ports: [port],
    all_host_strings: [host],
    all_reachable_addresses_or_all: [one],
    reachable_or_one: one,
  })
}
