// Servers that are stopped as operators stop them, while clients write: nothing acknowledged is lost, who was on the
// server is answered before it goes, and everybody goes on at once.

import { afterEach, expect, test, vi } from 'vitest'
import { ConnectionLossError } from '../client/errors.ts'
import { ZooKeeper } from '../client/zookeeper.ts'
import { CfgEnsemble, PATIENT, type Place } from './testing/cfg-ensemble.ts'

const WORKERS = 6
/** Far above what is measured (below 0.1 s), far below an election that waits for a timeout. */
const PAUSE_MAX_MS = 2500

const ensemble = new CfgEnsemble()
const clients: ZooKeeper[] = []
afterEach(async () => {
  for (const client of clients) await client.close()
  await ensemble.end()
})

interface Worker {
  readonly path: string
  readonly client: ZooKeeper
  acked: number
  lastMs: number
  pauseMs: number
  lost: number
}

/** Counts upwards in one znode, until told to stop. */
async function count(worker: Worker, goesOn: () => boolean): Promise<void> {
  for (let n = 1; goesOn(); n += 1) {
    try {
      await worker.client.setData(worker.path, String(n))
      const nowMs = performance.now()
      worker.pauseMs = Math.max(worker.pauseMs, nowMs - worker.lastMs)
      worker.lastMs = nowMs
      worker.acked = n
    } catch (error) {
      if (!(error instanceof ConnectionLossError)) throw error
      worker.lost += 1
    }
  }
}

test('a rolling restart loses no acknowledged write, and pauses only for an election', {
  timeout: 120_000,
}, async () => {
  const places = await Promise.all([1, 2, 3].map((sid) => ensemble.place(sid)))
  for (const { sid } of places)
    ensemble.write(
      sid,
      places.map((place) => CfgEnsemble.line(place)),
    )
  for (const { sid } of places) await ensemble.startOurs(sid)
  const ports = places.map((place) => place.clientPort)
  const modes = await ensemble.serving(ports)
  const servers = ports.map((port) => `127.0.0.1:${port}`).join(',')
  const workers: Worker[] = []
  for (let i = 0; i < WORKERS; i += 1) {
    const client = await ZooKeeper.connect({ servers, random: () => i / WORKERS })
    clients.push(client)
    const { path } = await client.create(`/worker-${i}`, '0')
    workers.push({ path, client, acked: 0, lastMs: performance.now(), pauseMs: 0, lost: 0 })
  }
  let running = true
  const working = Promise.all(workers.map((worker) => count(worker, () => running)))
  const progress = async () => {
    const before = workers.map(({ acked }) => acked)
    await vi.waitFor(() => expect(workers.every((worker, i) => worker.acked > (before[i] ?? 0))).toBe(true), PATIENT)
  }
  await progress()
  const leaderLast = [...places].sort(
    (a: Place, b: Place) => (modes[a.sid - 1] === 'leader' ? 1 : 0) - (modes[b.sid - 1] === 'leader' ? 1 : 0),
  )
  for (const { sid } of leaderLast) {
    for (const worker of workers) Object.assign(worker, { pauseMs: 0, lost: 0 })
    await ensemble.stop(sid)
    await progress()
    const pauseMs = Math.round(Math.max(...workers.map((worker) => worker.pauseMs)))
    const lost = workers.reduce((sum, worker) => sum + worker.lost, 0)
    console.log(`${modes[sid - 1]} stopped: longest pause of a writer ${pauseMs} ms, calls without an answer ${lost}`)
    expect(pauseMs).toBeLessThan(PAUSE_MAX_MS)
    await ensemble.startOurs(sid)
    await ensemble.serving(ports)
    await progress()
  }
  running = false
  await working
  for (const { client, path, acked } of workers) {
    await client.sync(path)
    const { data } = await client.getData(path)
    expect(Number(new TextDecoder().decode(data ?? undefined))).toBeGreaterThanOrEqual(acked)
  }
  expect(ensemble.fatal).toEqual([])
})
