// Members that outlive their supervisor: adopted with everything they were, signalled only as themselves, or ended.

import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { lockDirectory } from './directory-lock.ts'
import { Ensemble } from './ensemble.ts'
import { endLeft } from './left-members.ts'
import { isAlive, isStill, isStopped, startMark } from './process-table.ts'

const memberEntry = fileURLToPath(new URL('./testing/fake-member.mjs', import.meta.url))
const WAIT = { timeout: 20_000, interval: 20 }
let dataDir = ''
const open: Ensemble[] = []

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'zabscope-keep-'))
})

afterEach(async () => {
  for (const ensemble of open.splice(0)) await ensemble.leave()
  const lock = lockDirectory(dataDir, false)
  await endLeft(dataDir, lock.left)
  lock.release()
  for (const path of [dataDir, `${dataDir}-link`]) rmSync(path, { recursive: true, force: true })
})

async function supervise(options: Partial<Parameters<typeof Ensemble.open>[0]> = {}): Promise<Ensemble> {
  const given = { dataDir, members: null, clientPort: null, memberEntry, outlives: true, ...options }
  const ensemble = await Ensemble.open(given)
  open.push(ensemble)
  return ensemble
}

async function running(): Promise<Ensemble> {
  const ensemble = await supervise()
  ensemble.startAll()
  await ensemble.whenRunning()
  return ensemble
}

const pidsOf = (ensemble: Ensemble) => ensemble.plans.map(({ sid }) => ensemble.status(sid).pid ?? 0)
const becomes = (ensemble: Ensemble, sid: number, process: string) =>
  vi.waitFor(() => expect(ensemble.status(sid).process).toBe(process), WAIT)

test('members that were left are adopted as they are: process, ports, pause; those that are down are started', async () => {
  const first = await running()
  const pids = pidsOf(first)
  const { plans, secret } = first
  const configs = plans.map(({ dir }) => readFileSync(join(dir, 'zoo.cfg'), 'utf8'))
  process.kill(pids[1] ?? 0, 'SIGSTOP')
  await first.stop(3)
  await first.leave()
  expect(pids.map(isAlive)).toEqual([true, true, false])

  const second = await supervise()
  expect(second.adopted).toEqual([1, 2])
  expect(second.status(2)).toMatchObject({ process: 'paused', pid: pids[1] })
  second.startAll()
  await second.whenRunning()
  expect([second.plans, second.secret, second.movedPorts]).toEqual([plans, secret, []])
  expect(plans.map(({ dir }) => readFileSync(join(dir, 'zoo.cfg'), 'utf8'))).toEqual(configs)
  expect(pidsOf(second).slice(0, 2)).toEqual(pids.slice(0, 2))

  second.resume(2)
  expect(isStopped(pids[1] ?? 0)).toBe(false)
  const ends = new Map<number, string>()
  second.onProcess(({ sid, end, reason }) => end && ends.set(sid, reason))
  second.kill(1)
  await becomes(second, 1, 'killed')
  second.start(1)
  await becomes(second, 1, 'running')
  await second.stop(2)
  expect(second.status(2)).toMatchObject({ process: 'stopped', pid: null })
  expect([...ends]).toEqual([
    [1, 'by SIGKILL'],
    [2, 'as asked'],
  ])
  await second.close()
  expect(existsSync(join(dataDir, 'ensemble.lock'))).toBe(false)
})

test('the end of an adopted member that nobody asked for is noticed', async () => {
  const first = await running()
  await first.leave()
  const second = await supervise({ autoRestart: true })
  const [pid = 0] = pidsOf(second)
  process.kill(pid, 'SIGKILL')
  await becomes(second, 1, 'killed')
  expect(second.lastEnd(1)).toMatchObject({ exitCode: null, signal: null, expected: false })
  await becomes(second, 1, 'running')
  expect(pidsOf(second)[0]).not.toBe(pid)
})

test('a member that this supervisor has paused goes on when it leaves', async () => {
  const first = await running()
  const [pid = 0] = pidsOf(first)
  first.pause(1)
  await vi.waitFor(() => expect(isStopped(pid)).toBe(true), WAIT)
  await first.leave()
  await vi.waitFor(() => expect(isStopped(pid)).toBe(false), WAIT)
})

test('who does not want to keep them ends them, gently, and starts all anew', async () => {
  const first = await running()
  const pids = pidsOf(first)
  process.kill(pids[0] ?? 0, 'SIGSTOP')
  await first.leave()
  const second = await supervise({ outlives: false })
  expect(second.adopted).toEqual([])
  expect(pids.some(isAlive)).toBe(false)
  expect(second.movedPorts).toEqual([])
  await second.close()
})

test('members of a supervisor whose members were to end with it are never adopted', async () => {
  const first = await supervise({ outlives: false })
  first.startAll()
  await first.whenRunning()
  // Killed: its lock stays, and its paused member cannot end by itself.
  const lock = JSON.parse(readFileSync(join(dataDir, 'ensemble.lock'), 'utf8'))
  const pids = pidsOf(first)
  writeFileSync(join(dataDir, 'ensemble.lock'), JSON.stringify({ ...lock, pid: 2 ** 22 + 1 }))
  const second = await supervise()
  expect(second.adopted).toEqual([])
  expect(pids.some(isAlive)).toBe(false)
  await first.close()
})

test('[P-2] another process with a recorded id, or of another directory, is neither adopted nor signalled', async () => {
  const other = mkdtempSync(join(tmpdir(), 'zabscope-keep-other-'))
  const foreign = await running()
  try {
    const own = JSON.parse(readFileSync(join(dataDir, 'ensemble.lock'), 'utf8')).members
    const members = [
      ...own, // runs, with its mark, but another directory's
      { pid: process.pid, startMark: startMark(process.pid) }, // no member at all
      { pid: own[0].pid, startMark: 'long ago' }, // a reused id
      { pid: own[0].pid },
      { pid: 2 ** 22 + 1, startMark: '1' },
      'nonsense',
    ]
    writeFileSync(join(other, 'ensemble.lock'), JSON.stringify({ pid: 0, startMark: null, keeps: true, members }))
    const lock = lockDirectory(other, false)
    expect(lock.left).toEqual([])
    lock.release()
    const reused = [{ ...own[0], startMark: 'long ago', sid: 1, keeps: true }]
    await endLeft(other, reused)
    expect(isStill(own[0])).toBe(true)
  } finally {
    rmSync(other, { recursive: true, force: true })
  }
  expect(pidsOf(foreign).every(isAlive)).toBe(true)
})

test('the directory is the same by another name', async () => {
  const first = await running()
  const pids = pidsOf(first)
  await first.leave()
  symlinkSync(dataDir, `${dataDir}-link`)
  const second = await supervise({ dataDir: `${dataDir}-link` })
  expect(second.adopted).toEqual([1, 2, 3])
  expect(pidsOf(second)).toEqual(pids)
})

test('wishes that running members cannot fulfil are refused by name, and nothing is lost by that', async () => {
  const first = await running()
  const pids = pidsOf(first)
  const port = first.plans[0]?.clientPort ?? 0
  await first.leave()
  await expect(supervise({ members: 5 })).rejects.toThrow('holds an ensemble of 3')
  await expect(supervise({ clientPort: port + 1 })).rejects.toThrow(`client port ${port} and not ${port + 1}`)
  await expect(supervise({ settings: { 'zabscope.faults': 'true' } })).rejects.toThrow('without zabscope.faults=true')
  const second = await supervise()
  expect(pidsOf(second)).toEqual(pids)
})
