// The benchmark of the hot path: propose, ack, commit, apply, reply. What a write costs in processor time, and who
// allocates how much for it; with more members and more watches, so that what grows with them shows.

import type { ConnId } from '#shared/peer/contract.ts'
import { profileAllocations } from './allocations.ts'
import { type Benchmark, formatCount, type Report } from './benchmark.ts'
import { CoreLoad, WRITER } from './core-load.ts'

const BATCH = 64
const WARM_UP_WRITES = 40_000
const SHOWN = 14
const DATA = new Uint8Array(100)

export const coreBenchmark: Benchmark = {
  about: 'what one write costs the pure peers of an ensemble, in time and in allocated bytes',
  options: { writes: 200_000, members: 3, watches: 1000 },
  run({ writes = 200_000, members = 3, watches = 1000 }, report) {
    const plain = measure(report, { members, watches: 0, writes })
    measure(report, { members, watches, writes })
    measure(report, { members: members + 2, watches: 0, writes })
    report(`who allocates, of ${members} members without watches`, 'bytes per write')
    for (const { name, bytes } of plain.slice(0, SHOWN)) report(`  ${name}`, (bytes / writes).toFixed(0))
  },
}

interface Case {
  readonly members: number
  readonly watches: number
  readonly writes: number
}

function measure(report: Report, { members, watches, writes }: Case): ReturnType<typeof profileAllocations> {
  const load = new CoreLoad(members)
  for (let n = 0; n < watches; n += 1) watch(load, (n + 2) as ConnId)
  let xid = 1
  const write = (count: number): void => {
    for (let done = 0; done < count; done += BATCH) {
      for (let i = 0; i < BATCH; i += 1) {
        xid += 1
        load.ask(WRITER, xid, { type: 'setData', path: '/x', data: DATA, version: -1 })
      }
      load.settle()
    }
  }
  write(WARM_UP_WRITES)
  const before = load.replies
  const startCpu = process.cpuUsage()
  write(writes)
  const cpu = process.cpuUsage(startCpu)
  const answered = load.replies - before
  if (answered < writes) throw new Error(`${answered} of ${writes} writes were answered`)
  const allocations = profileAllocations(() => write(writes))
  const bytes = allocations.reduce((sum, one) => sum + one.bytes, 0)
  report(
    `${formatCount(writes)} writes, ${members} members, ${formatCount(watches)} watches elsewhere`,
    `${((cpu.user + cpu.system) / answered).toFixed(2)} µs, ${(bytes / writes).toFixed(0)} B`,
  )
  return allocations
}

/** A client of its own that waits for something else. */
function watch(load: CoreLoad, conn: ConnId): void {
  load.connect(conn)
  load.ask(conn, 1, { type: 'exists', path: `/other-${conn}`, watch: true })
}
