// mntr: what monitoring agents read, one `zk_<key>\t<value>` a line. Only what this server knows about itself;
// a key that it has no figure for is left out. Source: operations.md §1.2.

import { readdir, readFile } from 'node:fs/promises'
import { watchCount } from '#shared/tree/watch-table.ts'
import { ephemeralCount, leaderFacts, modeOf, type ServerFacts } from '../server-facts.ts'
import { averageText } from '../traffic.ts'
import { VERSION_TEXT } from '../version.ts'
import { dataSize } from './data-size.ts'

export async function mntrText(facts: ServerFacts): Promise<string> {
  const { traffic, peer, config } = facts
  const mode = modeOf(facts)
  const leader = leaderFacts(facts)
  const values: [string, string | number][] = [
    ['version', VERSION_TEXT],
    ['server_state', mode],
    ...(config.standalone ? [] : quorumValues(facts)),
    ['avg_latency', averageText(traffic.latency)],
    ['max_latency', Math.floor(traffic.latency.maxMs)],
    ['min_latency', Math.floor(traffic.latency.minMs)],
    ['packets_received', traffic.received],
    ['packets_sent', traffic.sent],
    ['num_alive_connections', facts.connectionCount()],
    ['outstanding_requests', traffic.outstanding],
    ['znode_count', peer.tree.nodes.size],
    ['watch_count', watchCount(peer.watches)],
    ['ephemerals_count', ephemeralCount(facts)],
    ['approximate_data_size', dataSize(peer.tree, facts.nowMs)],
    ['global_sessions', peer.tree.sessions.size],
    ['local_sessions', 0],
    ['open_file_descriptor_count', await openFiles()],
    ['max_file_descriptor_count', await maxFiles()],
    ['uptime', Math.round(facts.nowMs() - facts.startedAtMs)],
    ['last_client_response_size', traffic.lastResponseBytes],
    ['max_client_response_size', traffic.maxResponseBytes],
    ['min_client_response_size', traffic.minResponseBytes],
    ['connection_rejected', traffic.connectionsRejected],
    ['connection_drop_count', traffic.connectionsDropped],
    ['auth_failed_count', traffic.authFailed],
    ['digest_mismatches_count', traffic.digestMismatches],
    ['connection_drop_probability', '0.0'],
  ]
  if (leader)
    values.push(
      ['learners', leader.learners],
      ['synced_followers', leader.syncedFollowers],
      ['synced_non_voting_followers', leader.syncedNonVoting],
      ['synced_observers', leader.syncedObservers],
      ['pending_syncs', leader.pendingSyncs],
      ['leader_uptime', Math.round(facts.nowMs() - facts.notes.servingSinceMs)],
      ['last_proposal_size', traffic.lastProposalBytes],
      ['max_proposal_size', traffic.maxProposalBytes],
      ['min_proposal_size', traffic.minProposalBytes],
    )
  return values.map(([key, value]) => `zk_${key}\t${value}\n`).join('')
}

function quorumValues(facts: ServerFacts): [string, string | number][] {
  const words = { LOOKING: 'looking', FOLLOWING: 'following', LEADING: 'leading', OBSERVING: 'observing' } as const
  return [
    ['peer_state', `${words[facts.peer.zab.role.state]} - ${facts.notes.phase.toLowerCase()}`],
    ['quorum_size', facts.peer.zab.active.servers.size],
  ]
}

/** -1 where the system has no /proc. */
async function openFiles(): Promise<number> {
  return (await readdir('/proc/self/fd').catch(() => null))?.length ?? -1
}

async function maxFiles(): Promise<number> {
  const limits = await readFile('/proc/self/limits', 'utf8').catch(() => '')
  return Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1] ?? -1)
}
