// The gateway's own figures: what it costs the ensemble, who is connected, what the process uses.

import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks'
import type { ServedCluster } from './clusters/served-cluster.ts'
import type { Metric } from './http/metrics-text.ts'

export interface MetricSources {
  readonly version: string
  /** The first one first. */
  readonly clusters: () => readonly Pick<ServedCluster, 'id' | 'history' | 'load'>[]
  readonly pages: () => number
  readonly auditRecords: () => number
  readonly auditWorks: () => boolean
  /** Reads are turned away now. */
  readonly overloaded: () => boolean
  readonly shed: () => number
}

const LAG_RESOLUTION_MS = 20
const NS_PER_SECOND = 1e9

export class GatewayMetrics {
  readonly #sources: MetricSources
  readonly #lag: IntervalHistogram = monitorEventLoopDelay({ resolution: LAG_RESOLUTION_MS })

  constructor(sources: MetricSources) {
    this.#sources = sources
    this.#lag.enable()
  }

  close(): void {
    this.#lag.disable()
  }

  collect(): readonly Metric[] {
    const { version, clusters, pages, auditRecords, auditWorks, overloaded, shed } = this.#sources
    const cpu = process.cpuUsage()
    const lag = this.#lag.percentile(99) / NS_PER_SECOND
    const lagMax = this.#lag.max / NS_PER_SECOND
    this.#lag.reset()
    return [
      gauge('zabscope_info', 'The version, as a label.', 1, { version }),
      ...ofClusters(clusters()),
      gauge('zabscope_pages', 'Pages connected.', pages()),
      counter('zabscope_audit_records_total', 'Records written to the audit log.', auditRecords()),
      gauge(
        'zabscope_audit_writable',
        'Whether the audit log can be written; while not, nothing can be changed.',
        Number(auditWorks()),
      ),
      gauge(
        'zabscope_overloaded',
        'Whether reads are turned away because the event loop is late.',
        Number(overloaded()),
      ),
      counter('zabscope_shed_requests_total', 'Requests and pages that were turned away for that.', shed()),
      gauge('process_resident_memory_bytes', 'Resident memory.', process.memoryUsage.rss()),
      counter('process_cpu_seconds_total', 'Processor time, user and system.', (cpu.user + cpu.system) / 1e6),
      gauge('process_start_time_seconds', 'When the process started, since 1970.', performance.timeOrigin / 1000),
      gauge(
        'nodejs_eventloop_lag_p99_seconds',
        'Lag of the event loop since the last look.',
        Number.isFinite(lag) ? lag : 0,
      ),
      gauge('nodejs_eventloop_lag_max_seconds', 'The longest lag since the last look.', lagMax),
    ]
  }
}

/** Samples of the first cluster have no label that says so: who watches only one need not know that there can be more. */
function ofClusters(clusters: readonly Pick<ServedCluster, 'id' | 'history' | 'load'>[]): readonly Metric[] {
  const each = (
    metric: Metric,
    read: (cluster: Pick<ServedCluster, 'history' | 'load'>) => readonly [Readonly<Record<string, string>>, number][],
  ): Metric => ({
    ...metric,
    samples: clusters.flatMap((cluster, i) =>
      read(cluster).map(([labels, value]) => ({
        labels: i === 0 ? labels : { cluster: cluster.id, ...labels },
        value,
      })),
    ),
  })
  const one = (metric: Metric, read: (cluster: Pick<ServedCluster, 'history' | 'load'>) => number): Metric =>
    each(metric, (cluster) => [[{}, read(cluster)]])
  return [
    one(
      counter('zabscope_ensemble_requests_total', 'Requests that the gateway has made of the ensemble.', 0),
      ({ load }) => load().requests,
    ),
    one(
      gauge('zabscope_ensemble_watches', 'Paths that the gateway watches for all pages.', 0),
      ({ load }) => load().watches,
    ),
    each(counter('zabscope_ensemble_bytes_total', 'Bytes between gateway and ensemble.', 0), ({ load }) => [
      [{ direction: 'sent' }, load().bytesSent],
      [{ direction: 'received' }, load().bytesReceived],
    ]),
    each(gauge('zabscope_member_serving', 'Whether a member serves clients.', 0), ({ history }) =>
      Object.values(history.view.members).map(({ sid, serving }) => [{ sid: `${sid}` }, Number(serving)]),
    ),
    one(
      counter('zabscope_events_total', 'Events of the ensemble that pages could see.', 0),
      ({ history }) => history.lastSeq,
    ),
    one(
      counter('zabscope_events_dropped_total', 'Events that members counted and did not send one by one.', 0),
      ({ history }) => history.view.totals.dropped,
    ),
    one(
      counter('zabscope_committed_txns_total', 'Transactions that were committed.', 0),
      ({ history }) => history.view.totals.committed,
    ),
  ]
}

function gauge(name: string, help: string, value: number, labels: Readonly<Record<string, string>> = {}): Metric {
  return { name, help, type: 'gauge', samples: [{ labels, value }] }
}

function counter(name: string, help: string, value: number): Metric {
  return { name, help, type: 'counter', samples: [{ value }] }
}
