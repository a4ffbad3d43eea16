// [N-3, S-6, D-1] Clients that take their time, on real sockets: a request that trickles in is ended, whatever it is for, and
// others are served meanwhile. And what an overloaded gateway still does.

import { connect, type Socket } from 'node:net'
import { afterEach, expect, test, vi } from 'vitest'
import { Overload } from './http/overload.ts'
import { type Patience, SOCKET_PATH } from './http-server.ts'
import { HEADERS_TIMEOUT_MS, LAG_LOOK_MS, LAG_SHED_AFTER_MS, REQUEST_TIMEOUT_MS, SLOW_LOOK_MS } from './limits.ts'
import { connected, type Rig, startRig } from './testing/edge-rig.ts'

const PATIENCE: Patience = { headersMs: 600, requestMs: 1200, lookMs: 100 }
const SOON = { timeout: 20_000, interval: 20 }
let rig: Rig
const open: Socket[] = []
const timers: NodeJS.Timeout[] = []

afterEach(async () => {
  for (const timer of timers.splice(0)) clearInterval(timer)
  for (const socket of open.splice(0)) socket.destroy()
  await rig.close()
})

interface Slow {
  answer: string
  closed: boolean
}

/** Sends `head` at once, then one byte of `rest` after the other, over and over. */
function trickle(head: string, rest: string): Slow {
  const slow: Slow = { answer: '', closed: false }
  const socket = connect(rig.port, '127.0.0.1')
  open.push(socket)
  socket.on('data', (chunk) => {
    slow.answer += chunk.toString('latin1')
  })
  socket.on('error', () => undefined)
  socket.on('close', () => {
    slow.closed = true
  })
  if (head !== '') socket.write(head)
  if (rest === '') return slow
  let at = 0
  timers.push(
    setInterval(() => {
      if (!socket.destroyed) socket.write(rest[at++ % rest.length] ?? '')
    }, 50),
  )
  return slow
}

const host = () => `Host: 127.0.0.1:${rig.port}\r\n`

test('[N-3] headers, bodies and upgrades that trickle in, and connections that say nothing, are ended', async () => {
  rig = await startRig({ patience: PATIENCE })
  const bearer = `Authorization: Bearer ${rig.access.token}\r\n`
  const json = `Content-Type: application/json\r\n${bearer}`
  const upgrade = `GET ${SOCKET_PATH}?EIO=4&transport=websocket HTTP/1.1\r\n${host()}Connection: Upgrade\r\nUpgrade: websocket\r\n`
  const slow = [
    trickle(`GET / HTTP/1.1\r\n${host()}`, 'X-A: b\r\n'),
    trickle('GET / HT', 'TP'),
    trickle(upgrade, 'X-A: b\r\n'),
    trickle('', ''),
    trickle(`POST /api/v1/members HTTP/1.1\r\n${host()}${json}Content-Length: 5000\r\n\r\n`, '{'),
    trickle(`POST /api/v1/login HTTP/1.1\r\n${host()}${json}Transfer-Encoding: chunked\r\n\r\n`, '1\r\n{\r\n'),
  ]
  await vi.waitFor(() => expect(slow.map(({ closed }) => closed)).toEqual(slow.map(() => true)), SOON)
  for (const { answer } of slow) expect(answer).not.toMatch(/^HTTP\/1\.1 [23]/)
  expect(rig.done).toEqual([])
})

test('[N-3] hundreds of them do not keep others from being served', async () => {
  rig = await startRig({ patience: { ...PATIENCE, headersMs: 60_000, requestMs: 60_000 } })
  const slow = Array.from({ length: 300 }, () => trickle(`GET / HTTP/1.1\r\n${host()}`, ''))
  const page = rig.page({ token: rig.access.token })
  await connected(page)
  expect((await rig.ask('/healthz')).status).toBe(200)
  expect(await page.emitWithAck('locks:list', {})).toMatchObject({ ok: true })
  expect(slow.some(({ closed }) => closed)).toBe(false)
})

test('[N-3] the patience of a gateway that nobody has told otherwise', async () => {
  rig = await startRig()
  // Asked of the limits, because waiting for them would take as long.
  expect([HEADERS_TIMEOUT_MS, REQUEST_TIMEOUT_MS]).toEqual([10_000, 30_000])
  expect(SLOW_LOOK_MS).toBeLessThanOrEqual(HEADERS_TIMEOUT_MS / 4)
})

test('[D-1] while it is on, reads get 503 and new pages a refusal; health, a logout and changes go through', async () => {
  let now = 0
  const overload = new Overload(
    () => now,
    () => 1,
  )
  overload.close()
  rig = await startRig({ overload })
  const early = rig.page({ token: rig.access.token })
  await connected(early)
  const headers = { Authorization: `Bearer ${rig.access.token}` }
  for (let i = 0; i < 20; i += 1) {
    now += LAG_LOOK_MS + LAG_SHED_AFTER_MS
    overload.look()
  }
  const refused = await rig.ask('/api/v1/locks', { headers })
  expect(refused).toMatchObject({ status: 503, json: { code: 'BUSY' } })
  expect(refused.headers['retry-after']).toBe('1')
  expect(await early.emitWithAck('locks:list', {})).toMatchObject({ ok: false, code: 'BUSY' })
  await expect(connected(rig.page({ token: rig.access.token }))).rejects.toThrow('more to do than it can')
  expect((await rig.ask('/healthz')).status).toBe(200)
  expect((await rig.ask('/metrics', { headers })).status).toBe(200)
  expect((await rig.ask('/api/v1/members/1/kill', { method: 'POST', headers })).status).toBe(204)
  expect(await early.emitWithAck('member:kill', { sid: 1 })).toMatchObject({ ok: true })
  now += LAG_LOOK_MS
  overload.look()
  expect((await rig.ask('/api/v1/locks', { headers })).status).toBe(204)
  expect(overload.shed).toBe(3)
})
