// One cell against one ensemble: opens the connections, warms up, measures, lets everything be answered, and reads a
// sample of what was written through another member.

import { unreachable } from '#shared/base/assert.ts'
import { Caller } from './caller.ts'
import { checkCreated, checkKeys, readVersions } from './check-sample.ts'
import { ChildrenWork } from './children-work.ts'
import { Complaints } from './complaints.ts'
import { CreateWork } from './create-work.ts'
import { Histogram } from './histogram.ts'
import type { CellTimes, Load, LoadCell, Target } from './jobs.ts'
import { KeyedWork } from './keyed-work.ts'
import { keyRoot, keysOf, ROOT } from './layout.ts'
import type { Tally } from './loader.ts'
import { LoaderGroup } from './loader-group.ts'
import { startMeter } from './meter.ts'
import { startPacer } from './pacer.ts'
import { makeAll, portAt } from './prepare.ts'
import type { Work } from './work.ts'

/** Names what `create` makes, so that two runs never meet. */
let runs = 0

export async function runCell(target: Target, cell: LoadCell, times: CellTimes, seed: number): Promise<Load> {
  const latencies = new Histogram()
  const tally: Tally = { measuring: false, latencies, complaints: new Complaints(), answered: 0 }
  const works = await worksOf(target, cell, seed)
  const group = new LoaderGroup(target.ports, works, { ...cell, isClosedLoop: cell.ratePerSecond === null }, tally)
  await group.open()
  const pacer = cell.ratePerSecond === null ? null : startPacer(group, cell.ratePerSecond, tally)
  if (!pacer) group.start()
  await group.during(times.warmUpMs)
  const meter = startMeter(target.pids)
  tally.measuring = true
  await group.during(times.measureMs)
  tally.measuring = false
  const usage = meter()
  pacer?.stop()
  await group.finish()
  const sampled = await checkSample(target, works, cell, tally.complaints)
  const cpu = usage.servers.reduce((sum, value) => sum + value, 0)
  return {
    operations: tally.answered,
    seconds: usage.seconds,
    opsPerSecond: tally.answered / usage.seconds,
    p50Ms: latencies.quantile(0.5) / 1000,
    p99Ms: latencies.quantile(0.99) / 1000,
    maxMs: latencies.max / 1000,
    cpuMicroseconds: (cpu * 1e6) / Math.max(tally.answered, 1),
    serverCpuSeconds: usage.servers,
    generatorShare: usage.generatorShare,
    othersShare: usage.othersShare,
    unsent: pacer?.unsent() ?? 0,
    checks: { failed: tally.complaints.count, examples: tally.complaints.examples, sampled },
  }
}

async function worksOf(target: Target, cell: LoadCell, seed: number): Promise<Work[]> {
  const { op, bytes, connections, outstanding } = cell
  const indexes = Array.from({ length: connections }, (_, index) => index)
  switch (op) {
    case 'children':
      return indexes.map((index) => new ChildrenWork(seed + index))
    case 'create': {
      runs += 1
      const caller = await Caller.open(portAt(target.ports, 0))
      const parent = `${ROOT}/made/r${process.pid}-${runs}`
      const directories = indexes.map((index) => `${parent}-${index}`)
      await makeAll(caller, directories)
      await caller.close()
      return directories.map((directory) => new CreateWork(directory, bytes))
    }
    case 'get':
    case 'set':
    case 'exists':
    case 'mixed90': {
      const versions = await readVersions(target.ports, bytes)
      return indexes.map((index) => {
        const keys = keysOf(index, connections)
        return new KeyedWork({
          root: keyRoot(bytes),
          bytes,
          keys,
          versions: keys.map((key) => versions[key] ?? 0),
          op: op === 'mixed90' ? 'get' : op,
          setsOf100: op === 'mixed90' ? 10 : 0,
          slots: outstanding,
          seed: seed + index,
        })
      })
    }
    default:
      return unreachable(op)
  }
}

/** Returns how many znodes were read. What `create` made is removed thereby. */
async function checkSample(
  { ports }: Target,
  works: readonly Work[],
  { bytes }: LoadCell,
  complaints: Complaints,
): Promise<number> {
  let sampled = 0
  for (const [index, work] of works.entries()) {
    // The connection was with server `index`; the next one is another, where there is another.
    const other = portAt(ports, index + 1)
    if (work instanceof CreateWork) sampled += await checkCreated(other, work, bytes, complaints)
    if (work instanceof KeyedWork) sampled += await checkKeys(other, work, bytes, complaints)
  }
  return sampled
}
