// Pauses: while writes go on at a steady rate, long enough that every server writes a snapshot, one connection to each
// server reads a few hundred times a second. Its slowest answer is the longest pause.

import { readVersions } from './check-sample.ts'
import { Complaints } from './complaints.ts'
import { Histogram } from './histogram.ts'
import type { Probe, Target } from './jobs.ts'
import { KeyedWork } from './keyed-work.ts'
import { keyRoot, keysOf } from './layout.ts'
import type { Tally } from './loader.ts'
import { LoaderGroup } from './loader-group.ts'
import { startPacer } from './pacer.ts'

const BYTES = 100
const WRITERS = 8
const WRITES_PER_SECOND = 5000
const READS_PER_SECOND = 250
const OUTSTANDING = 4096

/** The keys of 100 bytes must be there. */
export async function runProbe(target: Target, ms: number, seed: number): Promise<Probe> {
  const readers = target.ports.length
  const versions = await readVersions(target.ports, BYTES)
  const work = (op: 'get' | 'set', index: number): KeyedWork => {
    const keys = keysOf(index, WRITERS + readers)
    const known = keys.map((key) => versions[key] ?? 0)
    const plan = { root: keyRoot(BYTES), bytes: BYTES, setsOf100: 0, slots: OUTSTANDING, seed: seed + index }
    return new KeyedWork({ ...plan, keys, versions: known, op })
  }
  const complaints = new Complaints()
  const newTally = (): Tally => ({ measuring: true, latencies: new Histogram(), complaints, answered: 0 })
  const [reads, writes] = [newTally(), newTally()]
  const plan = { outstanding: OUTSTANDING, isClosedLoop: false }
  const readGroup = new LoaderGroup(
    target.ports,
    target.ports.map((_, index) => work('get', index)),
    plan,
    reads,
  )
  const writeWorks = Array.from({ length: WRITERS }, (_, index) => work('set', readers + index))
  const writeGroup = new LoaderGroup(target.ports, writeWorks, plan, writes)
  await readGroup.open()
  await writeGroup.open()
  const pacers = [
    startPacer(readGroup, READS_PER_SECOND * readers, reads),
    startPacer(writeGroup, WRITES_PER_SECOND, writes),
  ]
  await Promise.all([readGroup.during(ms), writeGroup.during(ms)])
  for (const pacer of pacers) pacer.stop()
  await readGroup.finish()
  await writeGroup.finish()
  return {
    pauseMs: reads.latencies.max / 1000,
    p99Ms: reads.latencies.quantile(0.99) / 1000,
    p999Ms: reads.latencies.quantile(0.999) / 1000,
    writeP99Ms: writes.latencies.quantile(0.99) / 1000,
    writes: writes.answered,
    unsent: pacers.reduce((sum, pacer) => sum + pacer.unsent(), 0),
    checks: { failed: complaints.count, examples: complaints.examples, sampled: 0 },
  }
}
