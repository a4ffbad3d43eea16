// Faults of one moment, one message or one bit, on real processes: a member that dies exactly there, a proposal taken step
// by step, a record that rots. What each does, and that it is over afterwards.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import type { FaultTarget } from '#shared/events/fault-request.ts'
import type { HeldList, HeldMessage } from '#shared/events/held-messages.ts'
import { ConnectionLossError } from '../../client/errors.ts'
import type { ZooKeeper } from '../../client/zookeeper.ts'
import { type MomentFault, Rig, WAIT } from './testing.ts'

let rig: Rig
let zk: ZooKeeper
let written = 0

beforeAll(async () => {
  rig = await Rig.start(3)
  zk = await rig.client()
  await zk.create('/moments')
})

afterEach(async () => {
  await rig.faults.healAll()
  for (const sid of rig.sids) if (rig.ensemble.status(sid).pid === null) rig.ensemble.start(sid)
  await rig.allServe()
})

afterAll(() => rig?.end())

const LONG = { durationMs: 60_000 }
const NOTHING_HELD: HeldList = { messages: [], more: 0 }

/** Once; null: the connection was lost, and nobody knows. */
async function tryToWrite(): Promise<string | null> {
  written += 1
  const data = `write ${written}`
  try {
    await zk.setData('/moments', data)
    return data
  } catch (error) {
    if (error instanceof ConnectionLossError) return null
    throw error
  }
}

/** What a quorum has now. */
function readBack(): Promise<string> {
  return vi.waitFor(async () => {
    await zk.sync('/moments')
    return (await zk.getData('/moments')).data?.toString() ?? ''
  }, WAIT)
}

/** Bytes of its newest log up to the padding. */
function logged(sid: number): number {
  const dir = join(rig.ensemble.plans.find((plan) => plan.sid === sid)?.dir ?? '', 'version-2')
  const logs = readdirSync(dir).filter((name) => name.startsWith('log.'))
  return logs.reduce((sum, name) => sum + readFileSync(join(dir, name)).findLastIndex((byte) => byte !== 0) + 1, 0)
}

async function goesOff(fault: MomentFault, sid: number): Promise<() => Promise<void>> {
  const { id } = await rig.faults.inject({ fault, target: { on: 'member', at: sid }, ...LONG })
  expect(rig.ensemble.status(sid).process, 'armed, and nothing else').toBe('running')
  return async () => {
    await vi.waitFor(() => expect(rig.ensemble.status(sid)).toMatchObject({ process: 'killed', pid: null }), WAIT)
    expect(rig.ensemble.lastEnd(sid)?.signal).toBe('SIGKILL')
    expect(rig.changes.at(-1)).toMatchObject({ change: 'happened', reason: `member ${sid} came to that point` })
    await rig.faults.heal(id)
    await rig.allServe()
  }
}

/** A leader dies with a write in hand: it survives or not. The client is not told either way. */
async function leaderDies(fault: MomentFault, survives: boolean): Promise<void> {
  const before = await readBack()
  const backAgain = await goesOff(fault, await rig.leader())
  expect(await tryToWrite(), 'nobody is told').toBeNull()
  expect(await readBack()).toBe(survives ? `write ${written}` : before)
  await backAgain()
  expect(await readBack()).toBe(survives ? `write ${written}` : before)
}

/** A follower dies; the quorum does without it. `grew`: what its log has more of, of one record's bytes. */
async function followerDies(fault: MomentFault, grew: 'nothing' | 'part' | 'record'): Promise<void> {
  const sid = await rig.follower()
  zk = await rig.client(await rig.leader())
  const [first, start] = [logged(sid), logged(await rig.leader())]
  await tryToWrite()
  await vi.waitFor(() => expect(logged(sid)).toBeGreaterThan(first), WAIT)
  const [before, record] = [logged(sid), logged(await rig.leader()) - start]
  const backAgain = await goesOff(fault, sid)
  const data = await tryToWrite()
  expect(data, 'the others are a quorum').not.toBeNull()
  await vi.waitFor(() => expect(rig.ensemble.status(sid).pid).toBeNull(), WAIT)
  const more = logged(sid) - before
  if (grew === 'nothing') expect(more).toBe(0)
  else if (grew === 'part') expect(more > 0 && more < record - 1, `${more} of ${record} bytes`).toBe(true)
  else expect(more).toBeGreaterThanOrEqual(record - 1)
  await backAgain()
  const there = await rig.client(sid)
  await there.sync('/moments')
  expect((await there.getData('/moments')).data?.toString(), 'it has caught up').toBe(data)
}

function until(type: string, from: number): Promise<HeldMessage> {
  return vi.waitFor(async () => {
    const found = (await rig.faults.held()).messages.find((held) => held.type === type && held.from === from)
    if (!found) throw new Error(`no ${type} from ${from}`)
    return found
  }, WAIT)
}

/** And what came before it on its way: a heartbeat may have been there when it began. */
async function deliver({ from, to, id }: HeldMessage): Promise<void> {
  const { messages } = await rig.faults.held()
  for (const held of messages.filter((one) => one.from === from && one.to === to && one.id < id))
    await rig.faults.release({ from, to, message: held.id, action: 'deliver' })
  await rig.faults.release({ from, to, message: id, action: 'deliver' })
}

async function rots(fault: 'flipped-bit' | 'flipped-bit-snapshot'): Promise<void> {
  const sid = await rig.follower()
  await tryToWrite()
  const { endsAt } = await rig.faults.inject({ fault, target: { on: 'disk', at: sid } })
  expect(endsAt, 'nothing to heal').toBeNull()
  expect(await rig.modeOf(sid), 'it does not notice').toBe('follower')
  await rig.ensemble.restart(sid).catch(() => undefined)
  await vi.waitFor(() => expect(rig.ensemble.lastEnd(sid)?.exitCode, 'refused to start').toBe(3), WAIT)
  await rig.ensemble.reset(sid)
  await rig.allServe()
}

const STORIES: Readonly<Record<MomentFault, () => Promise<void>>> = {
  'crash-before-proposal': () => leaderDies('crash-before-proposal', false),
  'crash-before-commit': () => leaderDies('crash-before-commit', true),
  'crash-before-flush': () => followerDies('crash-before-flush', 'nothing'),
  'crash-torn-write': () => followerDies('crash-torn-write', 'part'),
  'crash-after-flush': () => followerDies('crash-after-flush', 'record'),
  'crash-after-ack': () => followerDies('crash-after-ack', 'record'),
  async hold() {
    const leader = await rig.leader()
    const [first = 0, second = 0] = rig.sids.filter((sid) => sid !== leader)
    zk = await rig.client(leader)
    const target: FaultTarget = { on: 'isolate', at: leader }
    const { id, links } = await rig.faults.inject({ fault: 'hold', target, ...LONG })
    expect(links).toHaveLength(4)
    let answered = false
    const write = tryToWrite().then(() => {
      answered = true
    })
    const proposal = await until('PROPOSAL', leader)
    // Longer than anybody's patience, were it not for the clocks.
    await new Promise((resolve) => setTimeout(resolve, 1500))
    expect([await rig.modeOf(leader), await rig.modeOf(first), await rig.modeOf(second)]).toEqual([
      ...['leader', 'follower', 'follower'],
    ])
    await expect(rig.faults.release({ ...proposal, message: proposal.id, action: 'drop' })).rejects.toThrow(
      'TCP neither loses nor doubles',
    )
    await deliver(proposal)
    const ack = await until('ACK', proposal.to)
    expect([ack.zxid, answered]).toEqual([proposal.zxid, false])
    await deliver(ack)
    await write
    const commit = await until('COMMIT', leader)
    expect(commit.zxid).toBe(proposal.zxid)
    await rig.faults.release({ from: leader, to: first, message: null, action: 'deliver' })
    await rig.faults.heal(id)
    expect(await rig.faults.held()).toEqual(NOTHING_HELD)
    await expect(deliver(commit)).rejects.toThrow('Nothing is held on the way')
    expect(await tryToWrite()).not.toBeNull()
    expect(await rig.leader(), 'nobody lost patience').toBe(leader)
  },
  'flipped-bit': () => rots('flipped-bit'),
  'flipped-bit-snapshot': () => rots('flipped-bit-snapshot'),
}

test.each(Object.entries(STORIES))('%s', (_id, story) => story())

test('a vote that is held may be dropped; the others elect without it', async () => {
  const leader = await rig.leader()
  const [first = 0, second = 0] = rig.sids.filter((sid) => sid !== leader)
  const target: FaultTarget = { on: 'link', at: first, to: second, direction: 'out' }
  const { id } = await rig.faults.inject({ fault: 'hold', target, parameters: { pacePercent: 100 }, ...LONG })
  rig.ensemble.kill(leader)
  const vote = await until('vote', first)
  expect(vote).toMatchObject({ port: 'election', to: second, alone: true })
  const left = await rig.faults.release({ from: first, to: second, message: vote.id, action: 'drop' })
  expect(left.messages.map((held) => held.id)).not.toContain(vote.id)
  await rig.faults.heal(id)
  rig.ensemble.start(leader)
  await rig.allServe()
})
