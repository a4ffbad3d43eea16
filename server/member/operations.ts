// What a server has for its operators: AdminServer, metrics port, audit log. Opens and closes them; what they say
// is admin/, metrics/ and audit/.

import type { ConnId } from '#shared/peer/contract.ts'
import { createAdminPort } from './admin/admin-port.ts'
import { type Audit, createAudit } from './audit/audit.ts'
import { type AuditFile, openAuditFile } from './audit/audit-file.ts'
import type { Clock } from './clock.ts'
import { limitedLogger } from './limited-logger.ts'
import { PortError } from './listening.ts'
import type { MemberLogger } from './logging.ts'
import { createMetricsPort } from './metrics/metrics-port.ts'
import type { ServerFacts } from './server-facts.ts'
import type { Turn } from './turn.ts'

export interface Operations {
  readonly audit: Audit | null
  /** Rejects with a PortError when the port for metrics is taken; the AdminServer's is done without. */
  listen(): Promise<{ readonly adminPort: number | null; readonly metricsPort: number | null }>
  /** The server serves, or is about to. */
  started(): void
  /** Last of all: until then there may be something to audit. */
  close(): Promise<void>
}

export interface OperationsOptions {
  readonly facts: ServerFacts
  readonly turn: Turn
  readonly log: MemberLogger
  readonly clock: Clock
  readonly addressOf: (conn: ConnId) => string | null
  readonly takeSnapshot: () => Promise<boolean>
}

/** Throws when the audit log is on and its file cannot be opened. */
export function createOperations({ facts, turn, log, clock, addressOf, takeSnapshot }: OperationsOptions): Operations {
  const { operations, quorum } = facts.config
  const file: AuditFile | null = operations.audit
    ? openAuditFile({ path: operations.audit.file, turn, log, wallMs: () => clock.wallMs() })
    : null
  const audit = file && createAudit({ peer: facts.peer, file, addressOf })
  const clientLog = limitedLogger(log, facts.nowMs)
  const hosts = namesOf(operations.httpHosts, [
    ...[...quorum.servers.values()].map((server) => server.host),
    ...[operations.admin?.address, operations.metrics?.host, facts.config.clientPortAddress],
  ])
  const metrics = operations.metrics
    ? createMetricsPort({ config: operations.metrics, hosts, facts, log: clientLog })
    : null
  const admin = operations.admin
    ? createAdminPort({ config: operations.admin, hosts, facts, log: clientLog, takeSnapshot })
    : null
  let started = false

  return {
    audit,
    async listen() {
      const metricsPort = (await metrics?.listen()) ?? null
      const adminPort = await (admin?.listen() ?? Promise.resolve(null)).catch((error: unknown) => {
        if (!(error instanceof PortError)) throw error
        // As in Apache's ensembles: nothing depends on it.
        log.warn(`no AdminServer: ${error.message}; admin.serverPort and admin.enableServer are the settings`)
        return null
      })
      return { adminPort, metricsPort }
    },
    started() {
      started = true
      audit?.onStart(true)
    },
    async close() {
      if (started) audit?.onStop()
      else audit?.onStart(false)
      await Promise.all([admin?.close(), metrics?.close()])
      file?.close()
    },
  }
}

function namesOf(given: ReadonlySet<string> | 'all', own: readonly (string | null | undefined)[]) {
  if (given === 'all') return given
  return new Set([...given, ...own.flatMap((name) => (name ? [name.toLowerCase()] : []))])
}
