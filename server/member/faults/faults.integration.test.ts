// Three servers of this process, broken through their own seams: who has proven itself breaks links, disks and clocks,
// and each fault ends by itself.

import { mkdtempSync, rmSync } from 'node:fs'
import { createConnection, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { freePort } from '../../testing/free-port.ts'
import { silentLogger } from '../logging.ts'
import { type RunningServer, startServer } from '../server.ts'
import { rawClient } from '../testing/raw-client.ts'
import { testConfig } from '../testing/test-config.ts'

const SECRET = Buffer.alloc(32, 9)
const HEX = SECRET.toString('hex')
const PATIENCE = { timeout: 20_000, interval: 30 }

const running = new Map<number, RunningServer>()
const fatal: string[] = []
const dirs: string[] = []
const sockets: Socket[] = []

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  await Promise.all([...running.values()].map((server) => server.stop()))
  running.clear()
  fatal.splice(0)
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true, force: true })
})

async function start(count: number, faults = true): Promise<void> {
  const lines: string[] = []
  for (let sid = 1; sid <= count; sid += 1)
    lines.push(`server.${sid}=127.0.0.1:${await freePort()}:${await freePort()}`)
  for (let sid = 1; sid <= count; sid += 1) {
    const dir = mkdtempSync(join(tmpdir(), 'faults-'))
    dirs.push(dir)
    const own = [`dataDir=${dir}`, `clientPort=${await freePort()}`, 'clientPortAddress=127.0.0.1']
    const stream = ['zabscope.eventPort=0', 'zabscope.secretFile=/unused', `zabscope.faults=${faults}`]
    const limits = ['tickTime=200', 'initLimit=10', 'syncLimit=5', 'preAllocSize=64']
    const config = testConfig([...own, ...stream, ...limits, ...lines], String(sid))
    const onFatal = (what: string) => void fatal.push(`${sid} ${what}`)
    running.set(sid, await startServer({ config, secret: SECRET, log: silentLogger(), onFatal }))
  }
}

/** Sends lines behind the proof; gives the answers. */
async function converse(sid: number, proof: string, ...lines: string[]): Promise<string> {
  const socket = createConnection(running.get(sid)?.ports.eventPort ?? 0, '127.0.0.1')
  sockets.push(socket)
  let said = ''
  let closed = false
  socket.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  socket.on('error', () => socket.destroy())
  socket.on('close', () => {
    closed = true
  })
  socket.write(`${[proof, ...lines].join('\n')}\n`)
  await vi.waitFor(() => expect(closed || said.split('\n').length > lines.length).toBe(true), PATIENCE)
  return said
}

const command = (sid: number, what: object) => converse(sid, `${HEX} faults`, JSON.stringify(what))

async function modeOf(sid: number): Promise<string> {
  const client = rawClient(running.get(sid)?.ports.clientPort ?? 0)
  sockets.push(client.socket)
  client.socket.write('srvr')
  await vi.waitFor(() => expect(client.closed()).toBe(true), PATIENCE)
  return /^Mode: (\w+)$/m.exec(client.received().toString())?.[1] ?? 'none'
}

async function leader(): Promise<number> {
  return vi.waitFor(async () => {
    for (const sid of running.keys()) if ((await modeOf(sid)) === 'leader') return sid
    throw new Error('nobody leads')
  }, PATIENCE)
}

test('faults are refused where they are off, and without the secret', async () => {
  await start(1, false)
  expect(await command(1, { type: 'heal' })).toContain('set zabscope.faults=true')
  expect(await converse(1, `${'0'.repeat(64)} faults`, '{"type":"heal"}')).toBe('')
  expect(await converse(1, `${HEX} tea`, '{"type":"heal"}'), 'no such conversation').toBe('')
})

test('commands are checked, listed and healed', async () => {
  await start(1)
  expect(await converse(1, `${HEX} faults`, 'nonsense')).toContain('one line of JSON')
  expect(await command(1, { type: 'disk', rule: { type: 'melt' }, ttlMs: 5 })).toContain('"ok":false')
  const slow = { type: 'disk', rule: { type: 'slow', delayMs: 1 }, ttlMs: 60_000 }
  expect(await command(1, slow)).toMatch(/"ok":true,"active":\[\{"on":"disk"/)
  expect(await command(1, { type: 'heal' })).toContain('"active":[]')
})

test('a leader that is cut off steps down, the others elect, and it follows when the cut ends by itself', async () => {
  await start(3)
  const first = await leader()
  await command(first, { type: 'link', peer: 'all', direction: 'both', rule: { type: 'cut' }, ttlMs: 4000 })
  const second = await vi.waitFor(async () => {
    const now = await leader()
    expect(now).not.toBe(first)
    return now
  }, PATIENCE)
  expect([1, 2, 3]).toContain(second)
  await vi.waitFor(async () => expect(await modeOf(first)).toBe('follower'), PATIENCE)
  expect(await command(first, { type: 'list' })).toContain('"active":[]')
})

test('a follower that hears nothing leaves, though it is heard', async () => {
  await start(3)
  const first = await leader()
  const deaf = [1, 2, 3].find((sid) => sid !== first) ?? 0
  await vi.waitFor(async () => expect(await modeOf(deaf)).toBe('follower'), PATIENCE)
  await command(deaf, { type: 'link', peer: first, direction: 'in', rule: { type: 'cut' }, ttlMs: 30_000 })
  await vi.waitFor(async () => expect(await modeOf(deaf)).not.toBe('follower'), PATIENCE)
  expect(await modeOf(first), 'the other two are enough').toBe('leader')
  await command(deaf, { type: 'heal' })
  await vi.waitFor(async () => expect(await modeOf(deaf)).toBe('follower'), PATIENCE)
})

test('connections that are reset come again', async () => {
  await start(3)
  const first = await leader()
  expect(await command(first, { type: 'reset', peer: 'all' })).toContain('"ok":true')
  await vi.waitFor(async () => {
    expect([await modeOf(1), await modeOf(2), await modeOf(3)].sort()).toEqual(['follower', 'follower', 'leader'])
  }, PATIENCE)
})

test('a write that fails ends the server: disk', async () => {
  await start(1)
  await command(1, { type: 'disk', rule: { type: 'failWrite' }, ttlMs: 30_000 })
  const client = rawClient(running.get(1)?.ports.clientPort ?? 0)
  sockets.push(client.socket)
  client.connect()
  await vi.waitFor(() => expect(fatal).toEqual(['1 disk']), PATIENCE)
  expect(client.frames(), 'a session that is not durable is not given').toEqual([])
})

test('while the clock stands still no time passes for it, and nothing is lost when it goes on', async () => {
  await start(1)
  expect(await command(1, { type: 'clock', rule: { type: 'freeze' }, ttlMs: 300 })).toContain('"clock freeze"')
  const client = rawClient(running.get(1)?.ports.clientPort ?? 0)
  sockets.push(client.socket)
  client.connect()
  await vi.waitFor(() => expect(client.frames()).toHaveLength(1), PATIENCE)
  await vi.waitFor(async () => expect(await command(1, { type: 'list' })).toContain('"active":[]'), PATIENCE)
})

test('between a member and its clients: behind a cut not even the end of the connection is seen', async () => {
  await start(1)
  await vi.waitFor(async () => expect(await modeOf(1)).not.toBe('none'), PATIENCE)
  const client = rawClient(running.get(1)?.ports.clientPort ?? 0)
  sockets.push(client.socket)
  client.connect()
  await vi.waitFor(() => expect(client.frames()).toHaveLength(1), PATIENCE)
  const cut = { type: 'clients', direction: 'out', rule: { type: 'cut' }, ttlMs: 60_000 }
  expect(await command(1, cut)).toContain('"on":"clients out"')
  // A frame of 2 GiB: the member closes, and the client is not to know.
  client.socket.write(Buffer.from([0x7f, 0xff, 0xff, 0xff]))
  await vi.waitFor(async () => expect(await command(1, { type: 'list' })).toContain('"hits":1'), PATIENCE)
  expect(client.closed()).toBe(false)
  expect(await command(1, { type: 'end', on: 'clients out' })).toContain('"active":[]')
  await vi.waitFor(() => expect(client.closed()).toBe(true), PATIENCE)
  const reorder = { type: 'clients', direction: 'in', rule: { type: 'reorder', percent: 50 }, ttlMs: 5000 }
  expect(await command(1, reorder)).toContain('what clients say is one stream of TCP')
})

test('connections of clients are reset, also those that were disturbed', async () => {
  await start(1)
  await vi.waitFor(async () => expect(await modeOf(1)).not.toBe('none'), PATIENCE)
  const clients = [1, 2].map(() => rawClient(running.get(1)?.ports.clientPort ?? 0))
  for (const client of clients) {
    sockets.push(client.socket)
    client.socket.on('error', () => undefined)
    client.connect()
  }
  await vi.waitFor(() => expect(clients.map((client) => client.frames().length)).toEqual([1, 1]), PATIENCE)
  const delay = { type: 'clients', direction: 'both', rule: { type: 'delay', ms: 60_000 }, ttlMs: 60_000 }
  await command(1, delay)
  await command(1, { type: 'resetClients' })
  await vi.waitFor(() => expect(clients.map((client) => client.closed())).toEqual([true, true]), PATIENCE)
})
