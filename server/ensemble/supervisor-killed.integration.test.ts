// The whole program killed with SIGKILL while clients write and a member is paused: no process of it is left, and the
// next start finds everything that was acknowledged.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { io } from 'socket.io-client'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ZooKeeper } from '../client/zookeeper.ts'
import { freePort } from '../testing/free-port.ts'
import { isAlive } from './process-table.ts'

const PROGRAM = fileURLToPath(new URL('../../dist/server/main.js', import.meta.url))
const WAIT = { timeout: 60_000, interval: 30 }

let dataDir = ''
const programs: ChildProcess[] = []
/** Every process that a lock file ever named. */
const pids = new Set<number>()

beforeEach(() => {
  if (!existsSync(PROGRAM)) throw new Error('Build it first: npm run build')
  dataDir = mkdtempSync(join(tmpdir(), 'zabscope-killed-'))
})

afterEach(async () => {
  for (const program of programs.splice(0))
    if (program.exitCode === null && program.kill('SIGTERM')) await once(program, 'exit')
  rmSync(dataDir, { recursive: true, force: true })
})

interface Up {
  readonly program: ChildProcess
  readonly members: readonly number[]
  readonly servers: string
  readonly base: string
  readonly token: string
}

async function up(): Promise<Up> {
  const args = [PROGRAM, 'up', '--data', dataDir, '--port', String(await freePort())]
  const program = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  programs.push(program)
  let said = ''
  program.stdout.on('data', (chunk) => {
    said += String(chunk)
  })
  await vi.waitFor(() => expect(said).toContain('#token='), WAIT)
  const { members } = JSON.parse(readFileSync(join(dataDir, 'ensemble.lock'), 'utf8')) as { members: number[] }
  for (const pid of members) pids.add(pid)
  expect(members).toHaveLength(3)
  const roster = JSON.parse(readFileSync(join(dataDir, 'ensemble.json'), 'utf8')) as {
    members: { clientPort: number }[]
  }
  const servers = roster.members.map(({ clientPort }) => `127.0.0.1:${clientPort}`).join(',')
  const [, base = '', token = ''] = /(http:\/\/127\.0\.0\.1:\d+)\/#token=(\S+)/.exec(said) ?? []
  return { program, members, servers, base, token }
}

/** As the page does it. */
async function pauseByPage({ base, token }: Up, sid: number): Promise<void> {
  const page = io(base, { transports: ['websocket'], auth: { token }, extraHeaders: { Origin: base } })
  await new Promise<void>((resolve) => page.on('connect', resolve))
  expect(await page.emitWithAck('member:pause', { sid })).toEqual({ ok: true, value: null })
  page.disconnect()
}

/** Writes until the servers are gone; the highest number that was acknowledged. */
async function writeUntilGone(zk: ZooKeeper, onAcked: (n: number) => void): Promise<number> {
  let acked = 0
  try {
    for (let n = 1; ; n += 1) {
      await zk.setData('/n', String(n))
      acked = n
      onAcked(n)
    }
  } catch {
    return acked
  }
}

test('killed under load with a paused member: nothing is left, and a restart finds everything', async () => {
  const first = await up()
  const zk = await ZooKeeper.connect({ servers: first.servers })
  await zk.create('/n', '0')
  let acked = 0
  const writing = writeUntilGone(zk, (n) => {
    acked = n
  })
  await vi.waitFor(() => expect(acked).toBeGreaterThan(100), WAIT)
  // The supervisor guards the one that it has paused itself; the other one nobody guards.
  await pauseByPage(first, 2)
  const [unguarded = 0] = first.members
  process.kill(unguarded, 'SIGSTOP')
  first.program.kill('SIGKILL')
  await once(first.program, 'exit')
  const last = await writing
  await zk.close()
  await vi.waitFor(() => expect(first.members.filter((pid) => pid !== unguarded && isAlive(pid))).toEqual([]), WAIT)

  const second = await up()
  expect(first.members.filter(isAlive), 'the next start ends what could not end itself').toEqual([])
  const again = await ZooKeeper.connect({ servers: second.servers })
  await again.sync('/n')
  const { data } = await again.getData('/n')
  expect(Number(new TextDecoder().decode(data ?? undefined))).toBeGreaterThanOrEqual(last)
  expect(last).toBeGreaterThan(100)
  await again.close()
  second.program.kill('SIGTERM')
  await once(second.program, 'exit')
  expect([...pids].filter(isAlive)).toEqual([])
  expect(existsSync(join(dataDir, 'ensemble.lock'))).toBe(false)
})
