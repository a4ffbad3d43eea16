// `--on-gateway-exit keep`: the page killed with SIGKILL under load, one member stopped from a shell; clients notice
// nothing, the next page adopts the very same processes, and `zabscope down` leaves none.

import { type ChildProcess, execFile } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ZooKeeper } from '../client/zookeeper.ts'
import { isAlive, isStopped } from './process-table.ts'
import { askPage, lockedMembers, PROGRAM, startUp, WAIT, writeOn } from './testing/up-program.ts'

const run = promisify(execFile)
const KEEP = ['--on-gateway-exit', 'keep']
let dataDir = ''
const programs: ChildProcess[] = []
const down = (): Promise<{ stdout: string }> => run(process.execPath, [PROGRAM, 'down', '--data', dataDir])

beforeEach(() => {
  if (!existsSync(PROGRAM)) throw new Error('Build it first: npm run build')
  dataDir = mkdtempSync(join(tmpdir(), 'zabscope-kept-'))
})

afterEach(async () => {
  await down()
  for (const program of programs.splice(0))
    if (program.exitCode === null && program.signalCode === null) await once(program, 'exit')
  rmSync(dataDir, { recursive: true, force: true })
})

interface Shown {
  readonly sid: number
  readonly process: string
  readonly pid: number | null
  readonly state: string | null
}

test('killed under load: clients keep their session, the next page finds the same members, and down ends them', async () => {
  const first = await startUp(dataDir, programs, KEEP)
  let follower = 0
  await vi.waitFor(async () => {
    const shown = (await askPage(first, 'members:list', {})) as readonly Shown[]
    follower = shown.find(({ state }) => state === 'FOLLOWING')?.sid ?? 0
    expect(follower).toBeGreaterThan(0)
  }, WAIT)
  const paused = first.members[follower - 1] ?? 0
  // Not on the one that is going to be paused: that its clients would notice.
  const others = first.servers.split(',').filter((_, i) => i !== follower - 1)
  const zk = await ZooKeeper.connect({ servers: others.join(',') })
  const session = zk.sessionId
  await zk.create('/n', '0')
  let acked = 0
  let writes = true
  const writing = writeOn(
    zk,
    (n) => {
      acked = n
    },
    () => writes,
  )
  await vi.waitFor(() => expect(acked).toBeGreaterThan(100), WAIT)
  process.kill(paused, 'SIGSTOP')
  first.program.kill('SIGKILL')
  await once(first.program, 'exit')
  const ackedThen = acked
  await vi.waitFor(() => expect(acked).toBeGreaterThan(ackedThen + 100), WAIT)
  expect(first.members.filter(isAlive)).toEqual(first.members)

  const second = await startUp(dataDir, programs, KEEP)
  expect(second.said()).toContain('Found running, and adopted: member 1, 2, 3')
  expect(second.members).toEqual(first.members)
  expect(second.servers).toBe(first.servers)
  const members = () => askPage(second, 'members:list', {}) as Promise<readonly Shown[]>
  await vi.waitFor(async () => {
    const shown = await members()
    expect(shown.map(({ pid }) => pid)).toEqual(first.members)
    expect(shown.map(({ sid, process: is }) => [sid, is])).toContainEqual([follower, 'paused'])
    expect(shown.filter(({ state }) => state === 'LEADING')).toHaveLength(1)
  }, WAIT)

  // What was adopted is in our hands again.
  await askPage(second, 'member:resume', { sid: follower })
  expect(isStopped(paused)).toBe(false)
  await askPage(second, 'member:kill', { sid: follower })
  await vi.waitFor(() => expect(isAlive(paused)).toBe(false), WAIT)
  await vi.waitFor(async () => expect((await members())[follower - 1]?.process).toBe('killed'), WAIT)
  await askPage(second, 'member:start', { sid: follower })
  await vi.waitFor(async () => expect((await members())[follower - 1]?.state).toBe('FOLLOWING'), WAIT)

  // A page that ends in good order leaves them, too.
  second.program.kill('SIGTERM')
  await once(second.program, 'exit')
  expect(second.program.exitCode).toBe(0)
  expect(second.said()).toContain(`zabscope down --data ${dataDir}`)
  const ackedAfter = acked
  await vi.waitFor(() => expect(acked).toBeGreaterThan(ackedAfter + 100), WAIT)
  writes = false
  const last = await writing
  expect(zk.sessionId).toBe(session)
  const { data } = await zk.getData('/n')
  expect(Number(new TextDecoder().decode(data ?? undefined))).toBe(last)
  await zk.close()

  const left = lockedMembers(dataDir)
  expect(left.filter(isAlive)).toHaveLength(3)
  process.kill(left[0] ?? 0, 'SIGSTOP')
  const { stdout } = await down()
  expect(stdout.match(/Member \d \(process \d+\) has ended\./g)).toHaveLength(3)
  expect([...left, ...first.members].filter(isAlive)).toEqual([])
  expect(existsSync(join(dataDir, 'ensemble.lock'))).toBe(false)
  expect((await down()).stdout).toBe(`Nothing runs in ${dataDir}.\n`)
})

test('down ends a page that runs, and members that end with it; up without keep ends what was kept', async () => {
  const kept = await startUp(dataDir, programs, KEEP)
  kept.program.kill('SIGKILL')
  await once(kept.program, 'exit')
  const second = await startUp(dataDir, programs)
  expect(kept.members.filter(isAlive)).toEqual([])
  expect(second.said()).not.toContain('adopted')
  const { stdout } = await down()
  expect(stdout).toContain(`The page (process ${second.program.pid}) has ended.`)
  expect(second.members.filter(isAlive)).toEqual([])
})
