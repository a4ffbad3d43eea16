// The AdminServer's commands: their names, and what each answers, field by field as Apache's. Those about connections,
// watches and the quorum are in files of their own. Source: Commands of ZooKeeper 3.8, operations.md §2.

import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { listNumbered } from '../../storage/file-names.ts'
import { isSecretKey } from '../config/operations.ts'
import { directorySize, environment } from '../four-letter/environment.ts'
import { parseTraceMask } from '../four-letter/trace-mask.ts'
import { nodeCount } from '../metrics/collect.ts'
import { flatMetrics } from '../metrics/flat-metrics.ts'
import { modeOf, type ServerFacts } from '../server-facts.ts'
import { averageMs, resetTraffic } from '../traffic.ts'
import { VERSION_TEXT } from '../version.ts'
import {
  connectionList,
  dumpOf,
  shortConnectionList,
  watchesByPath,
  watchesBySession,
  watchSummary,
} from './client-commands.ts'
import { fields, type Json, type JsonFields } from './json-text.ts'
import { leaderOf, observersOf, resetObservers, votingView, zabState } from './quorum-commands.ts'

type Fields = Readonly<Record<string, Json>>
/** An answer with `error` has it in front of everything else; all others end with `error: null`. */
type Run = (facts: ServerFacts, query: URLSearchParams) => Fields | JsonFields | Promise<Fields | JsonFields>

export interface AdminCommand {
  /** The first is its name in answers. */
  readonly names: readonly string[]
  /** Answered also while this server serves no clients. */
  readonly always: boolean
  /** It walks over all connections, sessions or watches. */
  readonly expensive: boolean
  readonly run: Run
}

function command(names: string, run: Run, { always = false, expensive = false } = {}): AdminCommand {
  return { names: names.split(' '), always, expensive, run }
}

const ALWAYS = { always: true }
const EXPENSIVE = { expensive: true }

export const ADMIN_COMMANDS: readonly AdminCommand[] = [
  command('configuration conf config', configuration),
  command('connection_stat_reset crst', resetConnections),
  command('connections cons', connectionList, EXPENSIVE),
  command('dirs', dirs),
  command('dump', dumpOf, EXPENSIVE),
  command('environment env envi', () => new Map(environment()), ALWAYS),
  command('get_trace_mask gtmk', ({ trace }) => ({ tracemask: trace.mask }), ALWAYS),
  command('hash', hash),
  command('initial_configuration icfg', ({ config }) => ({ initial_configuration: config.operations.text })),
  command('is_read_only isro', ({ notes }) => ({ read_only: notes.readOnly })),
  command('last_snapshot lsnp', lastSnapshot),
  command('leader lead', leaderOf),
  command('monitor mntr', async (facts) => new Map(await flatMetrics(facts))),
  command('observer_connection_stat_reset orst', resetObservers),
  command('observers obsr', observersOf),
  command('ruok', () => ({})),
  command('server_stats srvr', serverStats),
  command('set_trace_mask stmk', setTraceMask, ALWAYS),
  command('stat_reset srst', resetServer),
  command('stats stat', stats, EXPENSIVE),
  command('system_properties sysp', systemProperties, ALWAYS),
  command('voting_view', votingView),
  command('watch_summary wchs', watchSummary, EXPENSIVE),
  command('watches wchc', watchesBySession, EXPENSIVE),
  command('watches_by_path wchp', watchesByPath, EXPENSIVE),
  command('zabstate', zabState),
]

async function configuration({ config }: ServerFacts): Promise<Fields> {
  return {
    client_port: config.clientPort,
    data_dir: join(config.dataDir, 'version-2'),
    data_log_dir: join(config.dataLogDir, 'version-2'),
    tick_time: config.tickTimeMs,
    max_client_cnxns: config.maxClientCnxns,
    min_session_timeout: config.minSessionTimeoutMs,
    max_session_timeout: config.maxSessionTimeoutMs,
    server_id: config.standalone ? 0 : config.sid,
    client_port_listen_backlog: config.clientPortListenBacklog ?? -1,
  }
}

function resetConnections(facts: ServerFacts): Fields {
  for (const connection of facts.connections()) connection.resetCounts()
  return {}
}

function resetServer(facts: ServerFacts): Fields {
  resetTraffic(facts.traffic)
  facts.namespaces?.reset()
  return {}
}

async function sizes({ config }: ServerFacts): Promise<readonly [data: number, logs: number]> {
  return Promise.all([
    directorySize(join(config.dataDir, 'version-2')),
    directorySize(join(config.dataLogDir, 'version-2')),
  ])
}

async function dirs(facts: ServerFacts): Promise<Fields> {
  const [data, logs] = await sizes(facts)
  return { datadir_size: data, logdir_size: logs }
}

function hash({ coreMetrics }: ServerFacts): Fields {
  const digests = coreMetrics.digests.map(({ zxid, digest }) =>
    fields({ zxid, digest: BigInt.asIntN(64, digest), digest_version: 2 }),
  )
  return { digests }
}

/** The newest file with its zxid, without 0x, and the seconds since 1970 when it was finished. */
async function lastSnapshot({ config }: ServerFacts): Promise<Fields> {
  const newest = (await listNumbered(join(config.dataDir, 'version-2'), 'snapshot')).at(-1)
  if (!newest) return { zxid: 'ffffffffffffffff', timestamp: -1 }
  const { mtimeMs } = await stat(newest.path)
  return { zxid: newest.zxid.toString(16), timestamp: Math.floor(mtimeMs / 1000) }
}

function setTraceMask({ trace }: ServerFacts, query: URLSearchParams): Fields {
  const mask = parseTraceMask(query.get('traceMask'))
  if (mask === null) return { error: 'setTraceMask requires long traceMask argument' }
  trace.mask = mask
  return { tracemask: mask }
}

async function serverStats(facts: ServerFacts): Promise<Fields> {
  const { traffic, peer } = facts
  const [data, logs] = await sizes(facts)
  const response = buffers(traffic.lastResponseBytes, traffic.minResponseBytes, traffic.maxResponseBytes)
  const leads = modeOf(facts) === 'leader'
  return {
    version: VERSION_TEXT,
    read_only: false,
    server_stats: fields({
      packets_sent: traffic.sent,
      packets_received: traffic.received,
      fsync_threshold_exceed_count: traffic.slowFsyncs,
      client_response_stats: response,
      data_dir_size: data,
      log_dir_size: logs,
      provider_null: false,
      server_state: modeOf(facts),
      last_processed_zxid: peer.zxid,
      outstanding_requests: traffic.outstanding,
      avg_latency: { double: averageMs(traffic.latency) },
      max_latency: Math.floor(traffic.latency.maxMs),
      min_latency: Math.floor(traffic.latency.minMs),
      num_alive_client_connections: facts.connectionCount(),
      auth_failed_count: traffic.authFailed,
      non_mtlsremote_conn_count: traffic.nonMtlsRemote,
      non_mtlslocal_conn_count: traffic.nonMtlsLocal,
      uptime: Math.round(facts.nowMs() - facts.startedAtMs),
    }),
    client_response: response,
    ...(leads
      ? { proposal_stats: buffers(traffic.lastProposalBytes, traffic.minProposalBytes, traffic.maxProposalBytes) }
      : {}),
    node_count: nodeCount(peer.tree),
  }
}

function buffers(last: number, min: number, max: number): JsonFields {
  return fields({ last_buffer_size: last, min_buffer_size: min, max_buffer_size: max })
}

async function stats(facts: ServerFacts): Promise<Fields> {
  return { ...(await serverStats(facts)), ...shortConnectionList(facts) }
}

/** What stands where Java has its properties: the settings that Apache makes properties of, and the machine's. */
function systemProperties({ config }: ServerFacts): JsonFields {
  const properties = new Map<string, string>(environment().filter(([key]) => !key.startsWith('os.memory.')))
  for (const [key, value] of config.operations.passedThrough)
    properties.set(`zookeeper.${key}`, isSecretKey(key) ? '***' : value)
  return new Map([...properties].sort(([a], [b]) => (a < b ? -1 : 1)))
}
