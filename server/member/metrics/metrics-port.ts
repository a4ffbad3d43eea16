// Prometheus' end of a member: GET /metrics. Source: PrometheusMetricsProvider, operations.md §4.2.

import type { MetricsConfig } from '../config/operations.ts'
import { createHttpPort, type HttpPort } from '../http/http-port.ts'
import type { MemberLogger } from '../logging.ts'
import type { ServerFacts } from '../server-facts.ts'
import { collectMetrics } from './collect.ts'
import { startProcessMetrics } from './process-metrics.ts'
import { families, PROMETHEUS_CONTENT_TYPE, prometheusText } from './prometheus-text.ts'

const IDLE_TIMEOUT_MS = 60_000

export interface MetricsPortOptions {
  readonly config: MetricsConfig
  readonly hosts: ReadonlySet<string> | 'all'
  readonly facts: ServerFacts
  readonly log: MemberLogger
}

export function createMetricsPort({ config, hosts, facts, log }: MetricsPortOptions): HttpPort {
  const ofProcess = config.exportProcessInfo ? startProcessMetrics() : null
  const port = createHttpPort({
    what: 'metrics',
    host: config.host,
    port: config.port,
    idleTimeoutMs: IDLE_TIMEOUT_MS,
    hosts,
    log,
    async answer({ url }) {
      if (url.pathname !== '/metrics')
        return { status: 404, contentType: 'text/plain', body: 'Metrics are at /metrics.\n' }
      const found = [...families(await collectMetrics(facts)), ...((await ofProcess?.families()) ?? [])]
      const wanted = new Set(url.searchParams.getAll('name[]'))
      return { status: 200, contentType: PROMETHEUS_CONTENT_TYPE, body: prometheusText(found, wanted) }
    },
  })
  return {
    listen: () => port.listen(),
    async close() {
      ofProcess?.stop()
      await port.close()
    },
  }
}
