// The whole program killed with SIGKILL while clients write and a member is paused: no process of it is left, and the
// next start finds everything that was acknowledged.

import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ZooKeeper } from '../client/zookeeper.ts'
import { isAlive } from './process-table.ts'
import { askPage, PROGRAM, startUp, type Up, WAIT, writeOn } from './testing/up-program.ts'

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

async function up(): Promise<Up> {
  const started = await startUp(dataDir, programs)
  for (const pid of started.members) pids.add(pid)
  return started
}

test('killed under load with a paused member: nothing is left, and a restart finds everything', async () => {
  const first = await up()
  const zk = await ZooKeeper.connect({ servers: first.servers })
  await zk.create('/n', '0')
  let acked = 0
  const writing = writeOn(zk, (n) => {
    acked = n
  })
  await vi.waitFor(() => expect(acked).toBeGreaterThan(100), WAIT)
  // The supervisor guards the one that it has paused itself; the other one nobody guards.
  expect(await askPage(first, 'member:pause', { sid: 2 })).toBeNull()
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
