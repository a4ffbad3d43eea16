// The keys of what operators look at: AdminServer, metrics over HTTP, audit log. Their rules and their reader;
// what they do is admin/, metrics/ and audit/. Source: operations.md §2, §3.1 and §3.2.

import { join } from 'node:path'
import type { Values } from './config-values.ts'
import { HONOURED, type KeyRule, type KeyRules, only, refused } from './key-rule.ts'

export interface AdminConfig {
  readonly address: string
  /** 0: any free one. */
  readonly port: number
  /** Starts with `/`, does not end with one. */
  readonly commandUrl: string
  readonly idleTimeoutMs: number
  /** Between two snapshots over HTTP; null: none are served. */
  readonly snapshotIntervalMs: number | null
}

export interface MetricsConfig {
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  /** Of this process and of Node; there is no Java virtual machine. */
  readonly exportProcessInfo: boolean
}

export interface AuditConfig {
  /** Absolute. */
  readonly file: string
}

export interface OperationsConfig {
  /** null: there is no AdminServer. */
  readonly admin: AdminConfig | null
  /** null: metrics are to be had by `mntr` and by the AdminServer only. */
  readonly metrics: MetricsConfig | null
  /** null: nothing is audited. */
  readonly audit: AuditConfig | null
  /** By which names, besides those of the configuration, HTTP may be asked; `all`: by any. */
  readonly httpHosts: ReadonlySet<string> | 'all'
  /** The configuration as it was read, with what is secret in it taken out. */
  readonly text: string
  /** What Apache would make properties of its virtual machine, `zookeeper.<key>`. */
  readonly passedThrough: ReadonlyMap<string, string>
}

export const PROMETHEUS_PROVIDER = 'org.apache.zookeeper.metrics.prometheus.PrometheusMetricsProvider'
export const DEFAULT_PROVIDER = 'org.apache.zookeeper.metrics.impl.DefaultMetricsProvider'

/** Keys that Apache reads itself; it hands on all others. Source: QuorumPeerConfig.parseProperties. */
const PARSED_KEY =
  /^(dataDir|dataLogDir|(secureC|c)lientPort(Address)?|clientPortListenBacklog|tickTime|(min|max)SessionTimeout|maxClientCnxns|initLimit|syncLimit|connectToLearnerMasterLimit|electionAlg|quorumListenOnAllIPs|peerType|syncEnabled|dynamicConfigFile|autopurge\..*|standaloneEnabled|reconfigEnabled|sslQuorum(ReloadCertFiles)?|portUnification|observerMasterPort|localSessions(Upgrading)?Enabled|(server|group|weight)\..*|quorum\..*|multiAddress\..*|oraclePath|metricsProvider\..*|jvm\..*)$/

const NO_HTTPS = 'HTTP is served without TLS; put a TLS proxy in front, or remove the line'
const NO_THREADS = 'there are no worker threads behind the metrics; remove the line'
const NO_RESTORE = 'a running member takes no tree from HTTP: stop it, and put the snapshot into an empty dataDir'

export const OPERATIONS_KEYS: KeyRules = {
  'admin.enableServer': HONOURED,
  'admin.serverAddress': HONOURED,
  'admin.serverPort': HONOURED,
  'admin.commandURL': HONOURED,
  'admin.idleTimeout': HONOURED,
  'admin.httpVersion': only('11', 'HTTP/1.1 is spoken'),
  'admin.portUnification': only('false', NO_HTTPS),
  'admin.forceHttps': only('false', NO_HTTPS),
  'admin.needClientAuth': only('false', NO_HTTPS),
  'admin.snapshot.enabled': HONOURED,
  'admin.restore.enabled': only('false', NO_RESTORE),
  'admin.rateLimiterIntervalInMS': HONOURED,
  'metricsProvider.className': {
    type: 'only',
    values: [PROMETHEUS_PROVIDER.toLowerCase(), DEFAULT_PROVIDER.toLowerCase()],
    why: `metrics providers are ${PROMETHEUS_PROVIDER} and ${DEFAULT_PROVIDER}`,
  },
  'metricsProvider.httpHost': HONOURED,
  'metricsProvider.httpPort': HONOURED,
  'metricsProvider.exportJvmInfo': HONOURED,
  'metricsProvider.httpsPort': refused(NO_HTTPS),
  'metricsProvider.numWorkerThreads': refused(NO_THREADS),
  'metricsProvider.maxQueueSize': refused(NO_THREADS),
  'metricsProvider.workerShutdownTimeoutMs': refused(NO_THREADS),
  'audit.enable': HONOURED,
  'audit.impl.class': {
    type: 'refused',
    why: 'audit loggers in Java cannot run here; zabscope.auditFile names a file',
  },
  'zabscope.auditFile': HONOURED,
  'zabscope.httpHosts': HONOURED,
}

export const OPERATIONS_FAMILIES: readonly (readonly [RegExp, KeyRule])[] = [
  [/^admin\.ssl\./, refused(NO_HTTPS)],
  [/^metricsProvider\.ssl\./, refused(NO_HTTPS)],
]

/** `text` is the whole configuration as the operator wrote it. */
export function readOperations(
  read: Values,
  entries: ReadonlyMap<string, string>,
  dataDir: string,
  text: string,
  problems: string[],
): OperationsConfig {
  return {
    admin: read.boolean('admin.enableServer', true) ? readAdmin(read, entries, problems) : null,
    metrics: readMetrics(read, entries, problems),
    audit: readAudit(read, entries, dataDir, problems),
    httpHosts: readHosts(entries.get('zabscope.httpHosts')),
    text: withoutSecrets(text),
    passedThrough: new Map([...entries].filter(([key]) => !PARSED_KEY.test(key))),
  }
}

function readAdmin(read: Values, entries: ReadonlyMap<string, string>, problems: string[]): AdminConfig {
  const commandUrl = (entries.get('admin.commandURL') ?? '/commands').trim().replace(/\/+$/, '')
  if (!/^(\/[\w.-]+)+$/.test(commandUrl))
    problems.push(`admin.commandURL=${commandUrl}: write a path of letters, digits, dots and dashes, such as /commands`)
  return {
    // Apache's default is every address, for anybody: read-only as it is, that is for an operator to decide.
    address: address(entries, 'admin.serverAddress', '127.0.0.1', problems),
    port: read.integer('admin.serverPort', 8080, 0, 65535),
    commandUrl,
    idleTimeoutMs: read.integer('admin.idleTimeout', 30_000, 1, 3_600_000),
    snapshotIntervalMs: readSnapshot(read, entries, problems),
  }
}

/** It shows everything to whoever may, so there must be somebody who may: nobody else does. */
function readSnapshot(read: Values, entries: ReadonlyMap<string, string>, problems: string[]): number | null {
  const intervalMs = read.integer('admin.rateLimiterIntervalInMS', 300_000, 0, 2 ** 31 - 1)
  if (!read.boolean('admin.snapshot.enabled', false)) return null
  if (!entries.has('DigestAuthenticationProvider.superDigest'))
    problems.push('admin.snapshot.enabled=true needs DigestAuthenticationProvider.superDigest: only the superuser may')
  return intervalMs
}

function readMetrics(
  read: Values,
  entries: ReadonlyMap<string, string>,
  problems: string[],
): OperationsConfig['metrics'] {
  if (read.text('metricsProvider.className') !== PROMETHEUS_PROVIDER.toLowerCase()) {
    for (const key of ['httpHost', 'httpPort', 'exportJvmInfo'])
      if (entries.has(`metricsProvider.${key}`))
        problems.push(`metricsProvider.${key} needs metricsProvider.className=${PROMETHEUS_PROVIDER}`)
    return null
  }
  return {
    host: address(entries, 'metricsProvider.httpHost', '0.0.0.0', problems),
    port: read.integer('metricsProvider.httpPort', 7000, 0, 65535),
    exportProcessInfo: read.boolean('metricsProvider.exportJvmInfo', true),
  }
}

function readAudit(
  read: Values,
  entries: ReadonlyMap<string, string>,
  dataDir: string,
  problems: string[],
): OperationsConfig['audit'] {
  if (read.boolean('audit.enable', false))
    return { file: read.directory('zabscope.auditFile', join(dataDir, 'zookeeper_audit.log')) }
  if (entries.has('zabscope.auditFile')) problems.push('zabscope.auditFile needs audit.enable=true')
  return null
}

function address(entries: ReadonlyMap<string, string>, key: string, fallback: string, problems: string[]): string {
  const text = entries.get(key)?.trim() ?? fallback
  if (!/^[\w.:-]+$/.test(text)) problems.push(`${key}=${text}: write an address of this machine, or its name`)
  return text
}

function readHosts(value: string | undefined): OperationsConfig['httpHosts'] {
  const names = (value ?? '').split(',').map((name) => name.trim().toLowerCase())
  return names.includes('*') ? 'all' : new Set(names.filter((name) => name !== ''))
}

const SECRET_KEY = /^([ \t\f]*[\w.-]*(?:superDigest|password|passwd)[ \t\f]*[=:]?[ \t\f]*)(?=\S)[^\r\n]*/gim

/** Values that open something are not shown by `initial_configuration`; paths of files that hold them are. */
function withoutSecrets(text: string): string {
  return text.replace(SECRET_KEY, '$1***')
}

export function isSecretKey(key: string): boolean {
  return /(superDigest|password|passwd)$/i.test(key)
}
