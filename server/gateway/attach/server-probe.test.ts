// What a server is sent: words of the list alone, one at a time, and no more than the rate allows.

import { createServer, type Server } from 'node:net'
import { afterEach, expect, test, vi } from 'vitest'
import { dialTcp } from '../../client/dial.ts'
import { WATCH_TABLE_MAX, WORDS_BURST, WORDS_PER_MINUTE_MAX } from './attach-limits.ts'
import { ServerProbe } from './server-probe.ts'

const WAIT = { timeout: 20_000, interval: 5 }
const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

/** Answers each word by `answers`; what is not there is not allowed. */
async function fakeServer(answers: Readonly<Record<string, string>>) {
  const asked: string[] = []
  const together = { now: 0, most: 0 }
  const server: Server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.once('data', (word) => {
      asked.push(String(word))
      together.now += 1
      together.most = Math.max(together.most, together.now)
      setImmediate(() => {
        together.now -= 1
      })
      socket.end(answers[String(word)] ?? `${word} is not executed because it is not in the whitelist.\n`)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => server.close())
  const address = server.address()
  return { port: typeof address === 'object' && address ? address.port : 0, asked, together }
}

function probeOf(port: number, now: () => number, turnMs = 5): ServerProbe {
  const target = { host: '127.0.0.1', port, adminPort: null, metricsPort: null, tls: false }
  const probe = new ServerProbe(target, dialTcp, now, turnMs)
  closing.push(() => probe.close())
  return probe
}

const SRVR = 'Zxid: 0x100000001\nMode: leader\n'

/** A minute goes by in a second and a half. */
function fastClock(): () => number {
  const beganMs = performance.now()
  return () => (performance.now() - beganMs) * 40
}

test('[O-7] in a minute it sends fewer words than the rate allows, one at a time', async () => {
  const server = await fakeServer({ srvr: SRVR, cons: '\n', mntr: 'zk_server_state\tleader\nzk_watch_count\t1\n' })
  const now = fastClock()
  const probe = probeOf(server.port, now, 1)
  void probe.run(() => undefined)
  await vi.waitFor(() => expect(now()).toBeGreaterThan(60_000), WAIT)
  probe.close()
  expect(server.asked.length).toBeLessThanOrEqual((now() / 60_000) * WORDS_PER_MINUTE_MAX + WORDS_BURST)
  expect(server.asked.length).toBeGreaterThan(20)
  expect(server.together.most).toBe(1)
  expect(probe.words.inLastMinute(now())).toBeLessThanOrEqual(WORDS_PER_MINUTE_MAX)
  expect([...new Set(server.asked)].sort()).toEqual(['cons', 'mntr', 'srvr'])
})

test('when the allowance is used up nothing is sent, and what is known stays', async () => {
  const server = await fakeServer({ srvr: SRVR })
  const probe = probeOf(server.port, () => 1000) // No time goes by, so nothing is gained.
  for (let i = 0; i < WORDS_BURST * 3; i += 1) await probe.identify()
  expect(server.asked).toHaveLength(WORDS_BURST)
})

test('a refused word is left alone; others are found', async () => {
  const server = await fakeServer({ srvr: SRVR, wchs: 'x\nTotal watches:3' })
  const now = fastClock()
  const probe = probeOf(server.port, now, 1)
  void probe.run(() => undefined)
  await vi.waitFor(() => expect(now()).toBeGreaterThan(30_000), WAIT)
  probe.close()
  expect(probe.state.facts).toMatchObject({ mode: 'leader', zxid: '0x100000001' })
  expect(probe.state.figures).toMatchObject({ watches: 3, sessions: null })
  expect(server.asked.filter((word) => word === 'cons').length).toBeLessThanOrEqual(4)
  expect(server.asked.filter((word) => word === 'mntr').length).toBeLessThanOrEqual(4)
  expect(probe.sources).toEqual(['srvr', 'wchs'])
})

test('a table of many watches is not asked for', async () => {
  const server = await fakeServer({ srvr: SRVR, wchp: '/a\n\t0x1\n' })
  const probe = probeOf(server.port, () => 1000)
  expect(await probe.readWatches()).toEqual([{ path: '/a', sessions: ['0x1'] }])
  const crowded = probeOf(server.port, () => 1000)
  crowded.state.figures = {
    ...{ mode: null, sessions: null, znodes: null, connections: null, outstanding: null, requests: null },
    watches: WATCH_TABLE_MAX + 1,
  }
  await expect(crowded.readWatches()).rejects.toMatchObject({ code: 'LIMIT' })
  expect(server.asked).toEqual(['wchp'])
})

test('something that is no ZooKeeper server is not reachable, and is sent srvr alone (O-4)', async () => {
  const server = await fakeServer({ srvr: 'HTTP/1.1 400 Bad Request\r\n\r\n' })
  let nowMs = 0
  const probe = probeOf(server.port, () => nowMs)
  void probe.run(() => {
    nowMs += 1000
  })
  await vi.waitFor(() => expect(server.asked.length).toBeGreaterThan(3), WAIT)
  probe.close()
  expect(probe.state).toMatchObject({ reachable: false, facts: null })
  expect([...new Set(server.asked)]).toEqual(['srvr'])
})
