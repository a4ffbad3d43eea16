import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Ensemble } from './ensemble.ts'
import type { ProcessChange } from './member-process.ts'
import { choosePorts, isPortFree } from './ports.ts'
import { isAlive } from './process-table.ts'
import { listen } from './testing/listen.ts'

const memberEntry = fileURLToPath(new URL('./testing/fake-member.mjs', import.meta.url))
let dataDir = ''
let open: Ensemble[] = []

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'zabscope-ensemble-'))
  open = []
})

afterEach(async () => {
  await Promise.all(open.map((ensemble) => ensemble.close()))
  rmSync(dataDir, { recursive: true, force: true })
})

async function openEnsemble(members: number | null = 3, clientPort: number | null = null): Promise<Ensemble> {
  const ensemble = await Ensemble.open({ dataDir, members, clientPort, memberEntry })
  open.push(ensemble)
  return ensemble
}

async function running(members = 3): Promise<Ensemble> {
  const ensemble = await openEnsemble(members)
  ensemble.startAll()
  await ensemble.whenRunning()
  return ensemble
}

function change(ensemble: Ensemble, sid: number, process: ProcessChange['process']): Promise<ProcessChange> {
  return new Promise((resolve) => {
    const unlisten = ensemble.onProcess((told) => {
      if (told.sid !== sid || told.process !== process) return
      unlisten()
      resolve(told)
    })
  })
}

describe('an ensemble', () => {
  test('starts a process a member, and ends each', async () => {
    const ensemble = await running()
    const pids = ensemble.plans.map((plan) => ensemble.status(plan.sid).pid ?? 0)
    expect(new Set(pids).size).toBe(3)
    expect(pids.every(isAlive)).toBe(true)
    await ensemble.close()
    expect(pids.some(isAlive)).toBe(false)
    expect(existsSync(join(dataDir, 'ensemble.lock'))).toBe(false)
  })

  test('kills, restarts, pauses, resumes and stops one', async () => {
    const ensemble = await running()
    const killed = change(ensemble, 2, 'killed')
    ensemble.kill(2)
    expect(await killed).toMatchObject({ sid: 2, pid: null, reason: 'by SIGKILL' })
    const restarted = change(ensemble, 2, 'running')
    ensemble.start(2)
    await restarted
    ensemble.pause(2)
    expect(() => ensemble.pause(2)).toThrow('Member 2 is paused already.')
    expect(ensemble.status(2).process).toBe('paused')
    ensemble.resume(2)
    expect(() => ensemble.start(2)).toThrow('is running already')
    ensemble.pause(2)
    await ensemble.stop(2)
    expect(ensemble.status(2)).toMatchObject({ process: 'stopped', pid: null })
    await expect(ensemble.stop(2)).rejects.toThrow('nothing to stop')
  })

  test('notices a kill from a shell', async () => {
    const ensemble = await running()
    const killed = change(ensemble, 1, 'killed')
    process.kill(ensemble.status(1).pid ?? 0, 'SIGKILL')
    expect(await killed).toMatchObject({ reason: 'by SIGKILL' })
  })

  test('tells which member did not start, with the last line of its log', async () => {
    const ensemble = await openEnsemble()
    writeFileSync(join(dataDir, 'member-3', 'FAIL'), '')
    const started = ensemble.whenRunning()
    ensemble.startAll()
    await expect(started).rejects.toThrow('Member 3 did not start (exit code 3: told to fail). See')
  })

  test('there is no member 7, and no ensemble of 10', async () => {
    const ensemble = await openEnsemble()
    expect(() => ensemble.kill(7)).toThrow('There is no member 7; the members are 1, 2, 3.')
    await ensemble.close()
    rmSync(dataDir, { recursive: true })
    await expect(openEnsemble(10)).rejects.toThrow('1 to 9 members')
  })
})

describe('the directory', () => {
  test('has one supervisor at a time', async () => {
    await openEnsemble()
    await expect(openEnsemble()).rejects.toThrow(`${dataDir} is in use by process ${process.pid}.`)
  })

  test.each([
    ['/proc/none/data', 'Cannot use the data directory /proc/none/data'],
    ['/dev/null', '/dev/null is a file. Name a directory with --data.'],
    ['/tmp/a\nclientPort=1', 'needs a name without line breaks'],
  ])('%j is refused with a sentence', async (path, sentence) => {
    const options = { dataDir: path, members: 1, clientPort: null, memberEntry }
    await expect(Ensemble.open(options)).rejects.toThrow(sentence)
  })

  test('is taken over from a supervisor that crashed', async () => {
    writeFileSync(join(dataDir, 'ensemble.lock'), JSON.stringify({ pid: 2 ** 22 + 1, startMark: '1', members: [] }))
    const ensemble = await openEnsemble()
    expect(JSON.parse(readFileSync(join(dataDir, 'ensemble.lock'), 'utf8'))).toMatchObject({ pid: process.pid })
    await ensemble.close()
  })

  test('ends a paused member of a supervisor that crashed, and no other process', async () => {
    const ensemble = await running(1)
    ensemble.pause(1)
    const paused = ensemble.status(1).pid ?? 0
    const ended = change(ensemble, 1, 'stopped')
    // What a killed supervisor leaves behind: its lock, naming its member and, by reuse, somebody else's process.
    const lock = JSON.parse(readFileSync(join(dataDir, 'ensemble.lock'), 'utf8'))
    const reused = { pid: process.pid, startMark: lock.members[0].startMark }
    const stale = { ...lock, pid: 2 ** 22 + 1, members: [...lock.members, reused] }
    writeFileSync(join(dataDir, 'ensemble.lock'), JSON.stringify(stale))
    const next = await openEnsemble(1)
    expect(await ended).toMatchObject({ reason: 'somebody asked it to' })
    expect(isAlive(paused)).toBe(false)
    await next.close()
  })

  test('keeps secret, ports and count over a restart', async () => {
    const first = await openEnsemble(5)
    const { secret, plans } = first
    await first.close()
    const second = await openEnsemble(null)
    expect(second.secret).toBe(secret)
    expect(second.plans).toEqual(plans)
    expect(statSync(join(dataDir, 'ensemble.secret')).mode & 0o777).toBe(0o600)
    expect(readFileSync(join(dataDir, 'member-4', 'myid'), 'utf8')).toBe('4\n')
    await second.close()
    await expect(openEnsemble(3)).rejects.toThrow('holds an ensemble of 5. Start it with --members 5')
  })
})

describe('ports', () => {
  test('a taken one is replaced by the next free one, and said', async () => {
    const server = await listen(0)
    const address = server.address()
    const taken = typeof address === 'object' && address ? address.port : 0
    const { ports, moved } = await choosePorts([
      { uses: ['client port of member 1'], ports: [taken] },
      { uses: ['client port of member 2'], ports: [taken] },
    ])
    await new Promise((resolve) => server.close(resolve))
    expect(new Set([taken, ...ports.flat()]).size).toBe(3)
    expect(moved[0]).toEqual({ use: 'client port of member 1', wanted: taken, used: ports[0]?.[0] })
    expect(await isPortFree(taken)).toBe(true)
  })

  test('a quorum port moves with its election port: only a leader listens on it, so it looks free', async () => {
    const election = await listen(0)
    const address = election.address()
    const taken = typeof address === 'object' && address ? address.port : 0
    const { ports } = await choosePorts([{ uses: ['quorum port', 'election port'], ports: [taken - 1000, taken] }])
    await new Promise((resolve) => election.close(resolve))
    const [quorum = 0, moved = 0] = ports[0] ?? []
    expect(moved).not.toBe(taken)
    expect(moved - quorum).toBe(1000)
  })
})
