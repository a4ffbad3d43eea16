// One member's configuration: a standard zoo.cfg and its myid file, checked whole before anything starts.
// Which keys exist is config-keys.ts; what a server line looks like is shared/zk/quorum-config.ts.

import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { err, ok, type Result } from '#shared/base/result.ts'
import type { TreeOptions } from '#shared/tree/options.ts'
import { asSid, type Sid } from '#shared/zk/ids.ts'
import { type QuorumConfig, voterCount } from '#shared/zk/quorum-config.ts'
import { type AuthConfig, readAuth } from './auth.ts'
import { keyProblem } from './config-keys.ts'
import { Values } from './config-values.ts'
import { type FaultsConfig, readFaults } from './faults.ts'
import {
  ALONE,
  aloneServer,
  type ConfigFiles,
  type MembershipConfig,
  peerTypeWarning,
  readClientAddress,
  readMembership,
  readServers,
} from './membership.ts'
import { type OperationsConfig, readOperations } from './operations.ts'
import { parseProperties } from './properties.ts'
import { readService, type ServiceConfig } from './service.ts'
import { readStorage, type StorageConfig } from './storage-keys.ts'
import { readTiming, type TimingConfig } from './timing.ts'
import { type MemberTls, readTls } from './tls.ts'

export interface MemberConfig {
  readonly sid: Sid
  /** Alone, without election and quorum ports: a quorum of one. */
  readonly standalone: boolean
  /** In force, as far as the files know. */
  readonly quorum: QuorumConfig
  readonly membership: MembershipConfig
  readonly service: ServiceConfig
  readonly timing: TimingConfig
  /** Sentences for the operator about what is accepted and still odd. */
  readonly warnings: readonly string[]
  readonly dataDir: string
  readonly dataLogDir: string
  /** -1: none, there is a secureClientPort. */
  readonly clientPort: number
  /** `null`: all addresses. */
  readonly clientPortAddress: string | null
  /** `null`: the operating system's. */
  readonly clientPortListenBacklog: number | null
  readonly tickTimeMs: number
  readonly initLimit: number
  readonly syncLimit: number
  readonly minSessionTimeoutMs: number
  readonly maxSessionTimeoutMs: number
  /** Per address; 0: no limit. */
  readonly maxClientCnxns: number
  /** In total; 0: no limit. */
  readonly maxCnxns: number
  readonly fourLetterWords: ReadonlySet<string> | 'all'
  /** This server's share of the ensemble's limit. */
  readonly outstandingMax: number
  /** Bytes of a client's frame. */
  readonly frameBytesMax: number
  readonly sessionlessTimeoutMs: number
  readonly snapCount: number
  readonly preAllocBytes: number
  readonly commitLogCount: number
  readonly forceSync: boolean
  readonly storage: StorageConfig
  readonly quorumListenOnAllIPs: boolean
  readonly tcpKeepAlive: boolean
  readonly clientTcpKeepAlive: boolean
  readonly tree: TreeOptions
  readonly tls: MemberTls
  readonly auth: AuthConfig
  /** Observers of this process connect here, on the loopback only; null: none. */
  readonly eventPort: number | null
  /** The ensemble's secret; null: session passwords as ZooKeeper derives them. */
  readonly secretFile: string | null
  /** AdminServer, metrics, audit log. */
  readonly operations: OperationsConfig
  readonly faults: FaultsConfig
}

/** All problems of a configuration, each a sentence for the person who wrote it. */
export type ConfigProblems = readonly string[]

export const FOUR_LETTER_DEFAULT = ['srvr', 'ruok', 'mntr'] as const
/** All that a whitelist may name. Source: operations.md §1. */
export const FOUR_LETTER_WORDS: ReadonlySet<string> = new Set(
  'conf cons crst dirs dump envi gtmk hash isro mntr ruok srst srvr stat stmk wchc wchp wchs'.split(' '),
)

/** Reads `zoo.cfg`, the files of its configurations and, where there are server lines, `dataDir/myid`. */
export function loadConfig(path: string): Result<MemberConfig, ConfigProblems> {
  const text = readText(path)
  if (!text.ok) return err([`cannot read the configuration: ${text.error}`])
  const files = { path: resolve(path), read: readIfThere }
  return parseConfig(text.value, (dataDir) => readText(join(dataDir, 'myid')), files)
}

function readText(path: string): Result<string, string> {
  try {
    return ok(readFileSync(path, 'utf8'))
  } catch (error) {
    return err(`${path}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function readIfThere(path: string): Result<string | null, string> {
  const text = readText(resolve(path))
  return !text.ok && text.error.includes('ENOENT') ? ok(null) : text
}

/**
 * `readMyid` gives the text of the myid file in a data directory, or why there is none; `files` what stands beside the
 * zoo.cfg, null for a configuration that is no file.
 */
export function parseConfig(
  text: string,
  readMyid: (dataDir: string) => Result<string, string>,
  files: ConfigFiles | null = null,
): Result<MemberConfig, ConfigProblems> {
  const entries = parseProperties(text)
  const problems: string[] = []
  for (const [key, value] of entries) {
    const problem = keyProblem(key, value)
    if (problem) problems.push(problem)
  }
  const read = new Values(entries, problems)
  const dataDir = read.directory('dataDir', null)
  const listed = readServers(entries, files, problems)
  const membership = readMembership(read, entries, listed, files, problems)
  const standalone = listed.servers.size === 0 || (voterCount(listed) <= 1 && membership.standaloneEnabled)
  const sid = standalone ? aloneSid(listed) : readSid(dataDir, listed, readMyid, problems)
  const peerType = peerTypeWarning(read, listed, sid, problems)
  const quorum = listed.servers.size > 0 ? listed : { servers: aloneServer(), version: listed.version }
  const frameBytesMax = read.integer('jute.maxbuffer', 0xfffff, 1024, 2 ** 30)
  const tickTimeMs = read.integer('tickTime', 3000, 1, 3_600_000)
  const minSessionTimeoutMs = read.integer('minSessionTimeout', -1, -1, 2 ** 31 - 1)
  const maxSessionTimeoutMs = read.integer('maxSessionTimeout', -1, -1, 2 ** 31 - 1)
  const tls = readTls(read, standalone)
  const auth = readAuth(read, standalone, tls.client !== null)
  const eventPort = orNull(read.integer('zabscope.eventPort', -1, 0, 65535))
  const initLimit = standalone ? read.integer('initLimit', 10, 1, 100_000) : read.required('initLimit', 1, 100_000)
  const syncLimit = standalone ? read.integer('syncLimit', 5, 1, 100_000) : read.required('syncLimit', 1, 100_000)
  const config: MemberConfig = {
    sid,
    standalone,
    quorum,
    membership,
    service: readService(read),
    timing: readTiming(read, { tickTimeMs, initLimit, syncLimit }, problems),
    warnings: peerType === null ? [] : [peerType],
    dataDir,
    dataLogDir: read.directory('dataLogDir', dataDir),
    ...readClientAddress(read, entries, listed.servers.get(sid), problems),
    clientPortListenBacklog: orNull(read.integer('clientPortListenBacklog', -1, -1, 65535)),
    tickTimeMs,
    initLimit,
    syncLimit,
    minSessionTimeoutMs: minSessionTimeoutMs === -1 ? 2 * tickTimeMs : minSessionTimeoutMs,
    maxSessionTimeoutMs: maxSessionTimeoutMs === -1 ? 20 * tickTimeMs : maxSessionTimeoutMs,
    maxClientCnxns: read.integer('maxClientCnxns', 60, 0, 1_000_000),
    maxCnxns: read.integer('maxCnxns', 0, 0, 1_000_000),
    fourLetterWords: readWhitelist(entries.get('4lw.commands.whitelist'), problems),
    outstandingMax: outstandingShare(read.integer('globalOutstandingLimit', 1000, 1, 10_000_000), voterCount(quorum)),
    frameBytesMax,
    sessionlessTimeoutMs: read.integer('nio.sessionlessCnxnTimeout', 10_000, 1, 3_600_000),
    snapCount: read.integer('snapCount', 100_000, 2, 2 ** 31 - 1),
    preAllocBytes: read.integer('preAllocSize', 65_536, 0, 2 ** 21) * 1024,
    commitLogCount: read.integer('commitLogCount', 500, 1, 1_000_000),
    forceSync: read.yesNo('forceSync', true),
    storage: readStorage(read, problems),
    quorumListenOnAllIPs: read.boolean('quorumListenOnAllIPs', false),
    tcpKeepAlive: read.boolean('tcpKeepAlive', false),
    clientTcpKeepAlive: read.boolean('clientTcpKeepAlive', false),
    tree: {
      extendedTypesEnabled: read.boolean('extendedTypesEnabled', false),
      enforceQuota: read.boolean('enforceQuota', false),
      skipAcl: read.yesNo('skipACL', false),
      digest: read.boolean('digest.enabled', true),
      messageBytesMax: frameBytesMax,
      schemes: auth.schemes,
    },
    tls,
    auth,
    eventPort,
    secretFile: entries.has('zabscope.secretFile') ? read.directory('zabscope.secretFile', null) : null,
    operations: readOperations(read, entries, dataDir, text, problems),
    faults: readFaults(read, eventPort, problems),
  }
  if (config.minSessionTimeoutMs > config.maxSessionTimeoutMs)
    problems.push('minSessionTimeout is larger than maxSessionTimeout; lower one or raise the other')
  if (config.eventPort !== null && config.secretFile === null)
    problems.push('zabscope.eventPort needs zabscope.secretFile, by which observers prove themselves')
  return problems.length === 0 ? ok(config) : err(problems)
}

function orNull(value: number): number | null {
  return value === -1 ? null : value
}

/** Apache's share: the limit divided by the other members. */
function outstandingShare(limit: number, quorumSize: number): number {
  return quorumSize > 2 ? Math.max(1, Math.floor(limit / (quorumSize - 1))) : limit
}

function readWhitelist(value: string | undefined, problems: string[]): MemberConfig['fourLetterWords'] {
  if (value === undefined) return new Set(FOUR_LETTER_DEFAULT)
  const words = value.split(',').map((word) => word.trim())
  for (const word of words)
    if (word !== '' && word !== '*' && !FOUR_LETTER_WORDS.has(word))
      problems.push(`4lw.commands.whitelist: ${word} is not a word that this server answers; remove it`)
  // `srvr` is always allowed, as in ZooKeeper.
  return words.includes('*') ? 'all' : new Set(['srvr', ...words.filter((word) => word !== '')])
}

function aloneSid({ servers }: QuorumConfig): Sid {
  return [...servers.keys()][0] ?? ALONE
}

function readSid(
  dataDir: string,
  { servers }: QuorumConfig,
  readMyid: (dataDir: string) => Result<string, string>,
  problems: string[],
): Sid {
  const text = readMyid(dataDir)
  if (!text.ok) {
    problems.push(`the file myid is missing: write this server's number into dataDir/myid (${text.error})`)
    return ALONE
  }
  const value = text.value.trim()
  const sid = asSid(Number(value))
  if (!/^\d{1,3}$/.test(value) || !servers.has(sid))
    problems.push(`myid holds ${JSON.stringify(value.slice(0, 20))}, but must be the N of one of the server.N lines`)
  return sid
}
