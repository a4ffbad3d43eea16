// The gateway's own figures: what it costs the ensemble, who is connected, what the process uses.

import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks'
import type { ClusterView } from '#shared/events/cluster-view.ts'
import type { EnsembleLoad } from '#shared/events/socket-protocol.ts'
import type { Metric } from './http/metrics-text.ts'

export interface MetricSources {
  readonly version: string
  readonly load: () => EnsembleLoad
  readonly view: () => ClusterView
  readonly lastSeq: () => number
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
    const { version, load, view, lastSeq, pages, auditRecords, auditWorks, overloaded, shed } = this.#sources
    const { requests, watches, bytesSent, bytesReceived } = load()
    const { members, totals } = view()
    const cpu = process.cpuUsage()
    const lag = this.#lag.percentile(99) / NS_PER_SECOND
    this.#lag.reset()
    return [
      gauge('zabscope_info', 'The version, as a label.', 1, { version }),
      counter('zabscope_ensemble_requests_total', 'Requests that the gateway has made of the ensemble.', requests),
      gauge('zabscope_ensemble_watches', 'Paths that the gateway watches for all pages.', watches),
      {
        ...counter('zabscope_ensemble_bytes_total', 'Bytes between gateway and ensemble.', 0),
        samples: [
          { labels: { direction: 'sent' }, value: bytesSent },
          { labels: { direction: 'received' }, value: bytesReceived },
        ],
      },
      {
        ...gauge('zabscope_member_serving', 'Whether a member serves clients.', 0),
        samples: Object.values(members).map(({ sid, serving }) => ({
          labels: { sid: `${sid}` },
          value: Number(serving),
        })),
      },
      counter('zabscope_events_total', 'Events of the ensemble that pages could see.', lastSeq()),
      counter(
        'zabscope_events_dropped_total',
        'Events that members counted and did not send one by one.',
        totals.dropped,
      ),
      counter('zabscope_committed_txns_total', 'Transactions that were committed.', totals.committed),
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
    ]
  }
}

function gauge(name: string, help: string, value: number, labels: Readonly<Record<string, string>> = {}): Metric {
  return { name, help, type: 'gauge', samples: [{ labels, value }] }
}

function counter(name: string, help: string, value: number): Metric {
  return { name, help, type: 'counter', samples: [{ value }] }
}
