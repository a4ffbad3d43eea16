// Very many znodes, created as fast as they go; they stay.

import { Caller } from './caller.ts'
import { Complaints } from './complaints.ts'
import { CreateWork } from './create-work.ts'
import { Histogram } from './histogram.ts'
import type { Fill, Target } from './jobs.ts'
import { ROOT } from './layout.ts'
import type { Tally } from './loader.ts'
import { LoaderGroup } from './loader-group.ts'
import { startMeter } from './meter.ts'
import { makeAll, portAt } from './prepare.ts'

const CONNECTIONS = 8
const OUTSTANDING = 64
const TIMEOUT_MS = 3_600_000
/** A connection whose share is done early waits for the others. */
const PING_EVERY_MS = 5000

/** `count` znodes of `bytes`, in eight directories. */
export async function runFill(target: Target, count: number, bytes: number): Promise<Fill> {
  const tally: Tally = {
    measuring: true,
    latencies: new Histogram(),
    complaints: new Complaints(),
    answered: 0,
  }
  const directories = Array.from({ length: CONNECTIONS }, (_, index) => `${ROOT}/filled-${index}`)
  const caller = await Caller.open(portAt(target.ports, 0))
  await makeAll(caller, [ROOT, ...directories])
  await caller.close()
  const works = directories.map((directory) => new CreateWork(directory, bytes))
  const each = Math.ceil(count / CONNECTIONS)
  const plan = { outstanding: OUTSTANDING, isClosedLoop: true, limit: each }
  const group = new LoaderGroup(target.ports, works, plan, tally)
  await group.open()
  const meter = startMeter(target.pids)
  group.start()
  const pings = setInterval(() => {
    for (const loader of group.loaders) loader.pingWhenIdle()
  }, PING_EVERY_MS)
  await group.idle(TIMEOUT_MS).finally(() => clearInterval(pings))
  const usage = meter()
  await group.finish()
  const counter = await Caller.open(portAt(target.ports, 1))
  await counter.ask({ type: 'sync', path: ROOT })
  const { body } = await counter.ask({ type: 'getAllChildrenNumber', path: ROOT })
  if (body.type !== 'count' || body.count < each * CONNECTIONS) tally.complaints.add('fewer znodes than were created')
  await counter.close()
  const cpu = usage.servers.reduce((sum, value) => sum + value, 0)
  return {
    opsPerSecond: tally.answered / usage.seconds,
    p99Ms: tally.latencies.quantile(0.99) / 1000,
    cpuMicroseconds: (cpu * 1e6) / tally.answered,
    checks: { failed: tally.complaints.count, examples: tally.complaints.examples, sampled: 1 },
  }
}
