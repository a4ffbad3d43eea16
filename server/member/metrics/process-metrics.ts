// What this process and Node say about themselves, named as Prometheus' client libraries name it. It stands where
// Apache exports its Java virtual machine (exportJvmInfo). Collected only while it is asked for.

import { readFile } from 'node:fs/promises'
import { type IntervalHistogram, monitorEventLoopDelay, PerformanceObserver } from 'node:perf_hooks'
import { getHeapSpaceStatistics } from 'node:v8'
import type { Family, Sample } from './prometheus-text.ts'

export interface ProcessMetrics {
  families(): Promise<Family[]>
  stop(): void
}

const EVENT_LOOP_RESOLUTION_MS = 10
const NANOS = 1e9
/** Upper bounds in seconds, prom-client's. */
const GC_BUCKETS = [0.001, 0.01, 0.1, 1, 2, 5]
const GC_KINDS: Readonly<Record<number, string>> = { 1: 'minor', 4: 'major', 8: 'incremental', 16: 'weakcb' }

interface GcKind {
  readonly buckets: number[]
  count: number
  sumSeconds: number
}

export function startProcessMetrics(): ProcessMetrics {
  const loop = monitorEventLoopDelay({ resolution: EVENT_LOOP_RESOLUTION_MS })
  loop.enable()
  const gc = new Map<string, GcKind>()
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) addGc(gc, 'detail' in entry ? entry.detail : null, entry.duration / 1000)
  })
  observer.observe({ entryTypes: ['gc'] })
  return {
    families: async () => [...(await ofProcess()), ...ofEventLoop(loop), ...ofHeap(), ofGc(gc), ofVersion()],
    stop() {
      loop.disable()
      observer.disconnect()
    },
  }
}

function one(name: string, help: string, type: Family['type'], value: number): Family {
  return { name, help, type, samples: [{ name, value }] }
}

async function ofProcess(): Promise<Family[]> {
  const { user, system } = process.cpuUsage()
  const memory = process.memoryUsage()
  const started = Math.round(Date.now() / 1000 - process.uptime())
  const status = await readFile('/proc/self/status', 'utf8').catch(() => '')
  const virtualKb = /^VmSize:\s+(\d+) kB/m.exec(status)?.[1]
  return [
    one('process_cpu_user_seconds_total', 'Total user CPU time spent in seconds.', 'counter', user / 1e6),
    one('process_cpu_system_seconds_total', 'Total system CPU time spent in seconds.', 'counter', system / 1e6),
    one(
      'process_cpu_seconds_total',
      'Total user and system CPU time spent in seconds.',
      'counter',
      (user + system) / 1e6,
    ),
    one('process_start_time_seconds', 'Start time of the process since unix epoch in seconds.', 'gauge', started),
    one('process_resident_memory_bytes', 'Resident memory size in bytes.', 'gauge', memory.rss),
    ...(virtualKb === undefined
      ? []
      : [one('process_virtual_memory_bytes', 'Virtual memory size in bytes.', 'gauge', Number(virtualKb) * 1024)]),
    one('nodejs_heap_size_total_bytes', 'Process heap size from Node.js in bytes.', 'gauge', memory.heapTotal),
    one('nodejs_heap_size_used_bytes', 'Process heap size used from Node.js in bytes.', 'gauge', memory.heapUsed),
    one('nodejs_external_memory_bytes', 'Node.js external memory size in bytes.', 'gauge', memory.external),
  ]
}

/** Since the last time they were read, as prom-client does. */
function ofEventLoop(loop: IntervalHistogram): Family[] {
  const figures: [string, string, number][] = [
    ['min', 'The minimum recorded event loop delay.', loop.min],
    ['max', 'The maximum recorded event loop delay.', loop.max],
    ['mean', 'The mean of the recorded event loop delays.', loop.mean],
    ['stddev', 'The standard deviation of the recorded event loop delays.', loop.stddev],
    ['p50', 'The 50th percentile of the recorded event loop delays.', loop.percentile(50)],
    ['p90', 'The 90th percentile of the recorded event loop delays.', loop.percentile(90)],
    ['p99', 'The 99th percentile of the recorded event loop delays.', loop.percentile(99)],
  ]
  const found = loop.count === 0 ? [] : figures
  const families = found.map(([what, help, nanos]) =>
    one(`nodejs_eventloop_lag_${what}_seconds`, help, 'gauge', nanos / NANOS),
  )
  loop.reset()
  return families
}

function ofHeap(): Family[] {
  const spaces = getHeapSpaceStatistics()
  const perSpace = (what: string, sizeOf: (space: (typeof spaces)[number]) => number): Family => {
    const name = `nodejs_heap_space_size_${what}_bytes`
    const samples = spaces.map((space): Sample => {
      return { name, labels: { space: space.space_name.replace(/_space$/, '') }, value: sizeOf(space) }
    })
    return { name, help: `Process heap space size ${what} from Node.js in bytes.`, type: 'gauge', samples }
  }
  return [
    perSpace('total', (space) => space.space_size),
    perSpace('used', (space) => space.space_used_size),
    perSpace('available', (space) => space.space_available_size),
  ]
}

function addGc(gc: Map<string, GcKind>, detail: unknown, seconds: number): void {
  const number = typeof detail === 'object' && detail !== null && 'kind' in detail ? Number(detail.kind) : 0
  const kind = GC_KINDS[number] ?? 'other'
  const known = gc.get(kind) ?? { buckets: GC_BUCKETS.map(() => 0), count: 0, sumSeconds: 0 }
  gc.set(kind, known)
  known.count += 1
  known.sumSeconds += seconds
  for (const [i, bound] of GC_BUCKETS.entries()) if (seconds <= bound) known.buckets[i] = (known.buckets[i] ?? 0) + 1
}

function ofGc(gc: ReadonlyMap<string, GcKind>): Family {
  const name = 'nodejs_gc_duration_seconds'
  const samples = [...gc].flatMap(([kind, { buckets, count, sumSeconds }]): Sample[] => [
    ...GC_BUCKETS.map((bound, i) => {
      return { name: `${name}_bucket`, labels: { kind, le: String(bound) }, value: buckets[i] ?? 0 }
    }),
    { name: `${name}_bucket`, labels: { kind, le: '+Inf' }, value: count },
    { name: `${name}_sum`, labels: { kind }, value: sumSeconds },
    { name: `${name}_count`, labels: { kind }, value: count },
  ])
  return { name, help: 'Garbage collection duration by kind.', type: 'histogram', samples }
}

function ofVersion(): Family {
  const name = 'nodejs_version_info'
  const [major = '', minor = '', patch = ''] = process.versions.node.split('.')
  const labels = { version: process.version, major, minor, patch }
  return { name, help: 'Node.js version info.', type: 'gauge', samples: [{ name, labels, value: 1 }] }
}
