// Members come and go on real processes while somebody writes; nothing that was acknowledged is lost, and a restart of
// the supervisor finds the members that there are.

import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ConnectionLossError } from '../client/errors.ts'
import { ZooKeeper } from '../client/zookeeper.ts'
import { askStatus } from './ask-member.ts'
import { Ensemble } from './ensemble.ts'
import { listen } from './testing/listen.ts'

const memberEntry = fileURLToPath(new URL('../../dist/server/member.js', import.meta.url))
const WAIT = { timeout: 30_000, interval: 25 }
const settings = { tickTime: '200', initLimit: '20', syncLimit: '5' }
let dataDir = ''
let ensemble: Ensemble

beforeEach(() => {
  if (!existsSync(memberEntry)) throw new Error('Build the members first: npm run build')
  dataDir = mkdtempSync(join(tmpdir(), 'zabscope-members-'))
})

afterEach(async () => {
  await ensemble?.close()
  rmSync(dataDir, { recursive: true, force: true })
})

async function open(members: number | null): Promise<void> {
  ensemble = await Ensemble.open({ dataDir, members, clientPort: null, memberEntry, settings })
  ensemble.startAll()
  await ensemble.whenRunning()
  await serve()
}

async function modes(): Promise<string[]> {
  const all = await Promise.all(ensemble.plans.map(({ clientPort }) => askStatus(clientPort)))
  return all.map((status) => status?.mode ?? 'none')
}

function serve(): Promise<void> {
  return vi.waitFor(async () => {
    const found = await modes()
    if (found.includes('none') || !found.includes('leader')) throw new Error(`modes ${found.join(', ')}`)
  }, WAIT)
}

/** Counts upwards in one znode until told to stop; gives the last number that was acknowledged. */
function writer(zk: ZooKeeper): () => Promise<number> {
  let goesOn = true
  let acked = 0
  const work = (async () => {
    for (let n = 1; goesOn; n += 1) {
      try {
        await zk.setData('/n', String(n))
        acked = n
      } catch (error) {
        if (!(error instanceof ConnectionLossError)) throw error
      }
    }
  })()
  return async () => {
    goesOn = false
    await work
    return acked
  }
}

async function read(zk: ZooKeeper): Promise<number> {
  await zk.sync('/n')
  const { data } = await zk.getData('/n')
  return Number(new TextDecoder().decode(data ?? undefined))
}

test('one grows to three and an observer; the leader leaves; all are there again after a restart', async () => {
  await open(1)
  const first = await ZooKeeper.connect({ servers: ensemble.connectString })
  await first.create('/n', '0')
  await first.close()
  expect(await ensemble.add('participant')).toMatchObject({ sid: 2, role: 'participant' })
  await ensemble.add('participant')
  await ensemble.add('observer', 7)
  expect(ensemble.plans.map(({ sid, role }) => [sid, role])).toEqual([
    [1, 'participant'],
    [2, 'participant'],
    [3, 'participant'],
    [7, 'observer'],
  ])
  expect((await modes()).toSorted()).toEqual(['follower', 'follower', 'leader', 'observer'])
  await expect(ensemble.add('participant', 2)).rejects.toThrow('There is a member 2 already; free are 4, 5, 6, 8, 9.')

  const zk = await ZooKeeper.connect({ servers: ensemble.connectString })
  const stop = writer(zk)
  const leader = ensemble.plans[(await modes()).indexOf('leader')]?.sid ?? 0
  await ensemble.remove(leader)
  await serve()
  const acked = await stop()
  expect(ensemble.plans.map(({ sid }) => sid)).not.toContain(leader)
  expect(readdirSync(dataDir)).toContain(`removed-member-${leader}`)
  expect(await read(zk)).toBeGreaterThanOrEqual(acked)
  await zk.close()

  // One of its ports is somebody else's now: all members are told of the new one.
  const plans = ensemble.plans
  await ensemble.close()
  const taken = await listen(plans[0]?.clientPort ?? 0)
  await open(null)
  await new Promise((resolve) => taken.close(resolve))
  expect(ensemble.movedPorts).toHaveLength(1)
  expect(ensemble.plans.map(({ sid, role }) => [sid, role])).toEqual(plans.map(({ sid, role }) => [sid, role]))
  const again = await ZooKeeper.connect({ servers: ensemble.connectString })
  expect(await read(again)).toBeGreaterThanOrEqual(acked)
  await again.close()
  await ensemble.add('participant')
  await serve()
})

test.each([1, 3])('a directory of an earlier version, with %i members, goes on and can grow', async (members) => {
  const earlier = { ...settings, reconfigEnabled: 'false', standaloneEnabled: '' }
  ensemble = await Ensemble.open({ dataDir, members, clientPort: null, memberEntry, settings: earlier })
  ensemble.startAll()
  await ensemble.whenRunning()
  const zk = await ZooKeeper.connect({ servers: ensemble.connectString })
  await zk.create('/n', '7')
  await zk.close()
  await ensemble.close()
  rmSync(join(dataDir, 'ensemble.json'))
  await open(null)
  expect(ensemble.plans).toHaveLength(members)
  await ensemble.add('participant')
  const added = await ZooKeeper.connect({ servers: `127.0.0.1:${ensemble.plans.at(-1)?.clientPort}` })
  expect(await read(added)).toBe(7)
  await added.close()
})

test('a member that is down can be reset: it comes back with what the others have', async () => {
  await open(3)
  const zk = await ZooKeeper.connect({ servers: ensemble.connectString })
  await zk.create('/n', '5')
  await expect(ensemble.reset(3)).rejects.toThrow('Member 3 is running; stop it before its data is deleted.')
  await ensemble.stop(3)
  await ensemble.reset(3)
  await zk.close()
  expect((await modes()).toSorted()).toEqual(['follower', 'follower', 'leader'])
  const third = await ZooKeeper.connect({ servers: `127.0.0.1:${ensemble.plans[2]?.clientPort}` })
  expect(await read(third)).toBe(5)
  await third.close()
  await expect(ensemble.resetAll()).rejects.toThrow('is running; stop it before')
  for (const { sid } of ensemble.plans) await ensemble.stop(sid)
  await ensemble.resetAll()
  ensemble.startAll()
  await serve()
  const empty = await ZooKeeper.connect({ servers: ensemble.connectString })
  expect(await empty.exists('/n')).toBeNull()
  await empty.close()
})

test('a rolling restart takes the leader last, and loses nothing', async () => {
  await open(3)
  const zk = await ZooKeeper.connect({ servers: ensemble.connectString })
  await zk.create('/n', '0')
  const stop = writer(zk)
  const leader = ensemble.plans[(await modes()).indexOf('leader')]?.sid
  const before = ensemble.plans.map(({ sid }) => ensemble.status(sid).pid)
  const order = await ensemble.rollingRestart()
  expect(order.at(-1)).toBe(leader)
  expect(order.toSorted()).toEqual([1, 2, 3])
  expect(ensemble.plans.some(({ sid }) => before.includes(ensemble.status(sid).pid))).toBe(false)
  await serve()
  const acked = await stop()
  expect(await read(zk)).toBeGreaterThanOrEqual(acked)
  await zk.close()
})

test('a member that dies is told with its last lines, and is started again where that is wanted', async () => {
  await open(3)
  ensemble.autoRestart = true
  const pid = ensemble.status(2).pid ?? 0
  process.kill(pid, 'SIGABRT')
  await vi.waitFor(() => expect(ensemble.lastEnd(2)).toMatchObject({ signal: 'SIGABRT', expected: false }), WAIT)
  expect(ensemble.lastEnd(2)?.lines.join('\n')).toContain('serving clients')
  await vi.waitFor(() => expect(ensemble.status(2)).toMatchObject({ process: 'running' }), WAIT)
  expect(ensemble.status(2).pid).not.toBe(pid)
  ensemble.kill(2)
  await ensemble.ended(2)
  expect(ensemble.lastEnd(2), 'asked for: it stays down').toMatchObject({ expected: true })
})
