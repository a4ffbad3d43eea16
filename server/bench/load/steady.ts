// Writes at a steady rate, whatever happens to the servers: through clients that find another one. What is lost with a
// connection is counted as failed, and what there was no connection for as not sent; nothing is checked here.

import { NO_SESSION } from '#shared/zk/ids.ts'
import { ZooKeeper } from '../../client/zookeeper.ts'
import type { Steady, SteadyPlan } from './jobs.ts'

const TICK_MS = 5
/** Of one client. */
const UNDER_WAY_MAX = 500
const DATA = new Uint8Array(100)
const ROOT = '/steady'

interface Lane {
  readonly zk: ZooKeeper
  readonly path: string
  underWay: number
}

export async function runSteady({ servers, clients, ratePerSecond, ms }: SteadyPlan): Promise<Steady> {
  const lanes: Lane[] = []
  for (let i = 0; i < clients; i += 1)
    lanes.push({ zk: await ZooKeeper.connect({ servers }), path: `${ROOT}/${i}`, underWay: 0 })
  const [first] = lanes
  if (!first || first.zk.sessionId === NO_SESSION) throw new Error('no client has a session')
  if (!(await first.zk.exists(ROOT))) await first.zk.create(ROOT)
  for (const { zk, path } of lanes) if (!(await zk.exists(path))) await zk.create(path)
  const counts = { acknowledged: 0, failed: 0, unsent: 0 }
  await pace(ratePerSecond, ms, (number) => {
    const lane = lanes[number % lanes.length]
    if (!lane || lane.underWay >= UNDER_WAY_MAX) counts.unsent += 1
    else send(lane, counts)
  })
  const deadline = Date.now() + 30_000
  while (lanes.some(({ underWay }) => underWay > 0) && Date.now() < deadline)
    await new Promise((resolve) => setTimeout(resolve, TICK_MS))
  await Promise.all(lanes.map(({ zk }) => zk.close()))
  return counts
}

function send(lane: Lane, counts: { acknowledged: number; failed: number }): void {
  lane.underWay += 1
  lane.zk.setData(lane.path, DATA).then(
    () => {
      lane.underWay -= 1
      counts.acknowledged += 1
    },
    () => {
      lane.underWay -= 1
      counts.failed += 1
    },
  )
}

/** Calls `each` with 0, 1, 2 … as often as the rate wants; resolves after `ms`. */
function pace(ratePerSecond: number, ms: number, each: (number: number) => void): Promise<void> {
  const startMs = performance.now()
  let done = 0
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      const elapsedMs = performance.now() - startMs
      for (const wanted = (Math.min(elapsedMs, ms) * ratePerSecond) / 1000; done < wanted; done += 1) each(done)
      if (elapsedMs < ms) return
      clearInterval(timer)
      resolve()
    }, TICK_MS)
  })
}
