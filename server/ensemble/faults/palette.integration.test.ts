// Every fault of the palette on real processes: it does what its name says, and healing heals it. A fault that has no
// story here or in moments.integration.test.ts does not compile.

import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import type { FaultId } from '#shared/events/fault-catalogue.ts'
import type { FaultTarget } from '#shared/events/fault-request.ts'
import { ConnectionLossError } from '../../client/errors.ts'
import type { ZooKeeper } from '../../client/zookeeper.ts'
import { commandFault } from '../fault-control.ts'
import { type MomentFault, Rig, WAIT } from './testing.ts'

let rig: Rig
let zk: ZooKeeper
let written = 0

beforeAll(async () => {
  rig = await Rig.start(3)
  zk = await rig.client()
  await zk.create('/palette')
})

afterEach(async () => {
  await rig.faults.healAll()
  for (const sid of rig.sids) if (rig.ensemble.status(sid).pid === null) rig.ensemble.start(sid)
  await rig.allServe()
})

afterAll(() => rig?.end())

const LONG = { durationMs: 60_000 }
const at = (on: 'member' | 'disk' | 'clock' | 'clients', sid: number | 'leader' | 'all'): FaultTarget => ({
  on,
  at: sid,
})

/** The client may be on the member that just died: then it writes on another one. */
async function writeMs(): Promise<number> {
  for (;;) {
    const startedAt = performance.now()
    written += 1
    try {
      await zk.setData('/palette', String(written))
      return performance.now() - startedAt
    } catch (error) {
      if (!(error instanceof ConnectionLossError)) throw error
    }
  }
}

/** Several, since one alone may be unlucky on a busy machine. */
async function fastestWriteMs(): Promise<number> {
  let fastest = Number.POSITIVE_INFINITY
  for (let i = 0; i < 5; i += 1) fastest = Math.min(fastest, await writeMs())
  return fastest
}

async function fastestAnswerMs(sid: number, word?: string): Promise<number> {
  let fastest = Number.POSITIVE_INFINITY
  for (let i = 0; i < 3; i += 1) fastest = Math.min(fastest, await rig.answerMs(sid, word))
  return fastest
}

/** A busy machine may be slow for a while; healed is when it is fast at all. */
function fastAgain(measure: () => Promise<number>, belowMs: number): Promise<void> {
  return vi.waitFor(async () => expect(await measure()).toBeLessThan(belowMs), WAIT)
}

/** What a member says is active. */
async function activeAt(sid: number): Promise<readonly { readonly on: string; readonly hits: number | null }[]> {
  const plan = rig.ensemble.plans.find((one) => one.sid === sid)
  const target = { eventPort: plan?.eventPort ?? 0, secret: rig.ensemble.secret }
  return (await commandFault(target, { type: 'list' })) as { on: string; hits: number | null }[] // as fault-seams.ts says
}

/** A write ends a member whose disk fails; it comes back once that is healed. */
async function endsWithItsDisk(fault: FaultId, parameters?: Record<string, number>): Promise<void> {
  const sid = await rig.follower()
  const { id } = await rig.faults.inject({ fault, target: at('disk', sid), ...(parameters && { parameters }), ...LONG })
  await writeMs()
  await vi.waitFor(() => expect(rig.ensemble.status(sid).process).toBe('killed'), WAIT)
  expect(rig.ensemble.lastEnd(sid)?.exitCode, 'the code for a disk that has failed').toBe(10)
  await writeMs()
  await rig.faults.heal(id)
  rig.ensemble.start(sid)
  await rig.allServe()
  await writeMs()
  expect(rig.ensemble.status(sid).process).toBe('running')
}

/** Votes are doubled or overtaken while a new leader is elected, and one is elected all the same. */
async function electionUnder(fault: FaultId): Promise<void> {
  const target: FaultTarget = { on: 'link', at: 'all', to: 'all' }
  const { id } = await rig.faults.inject({ fault, target, parameters: { percent: 90 }, ...LONG })
  await rig.ensemble.restart(await rig.leader())
  await rig.allServe()
  const active = (await Promise.all(rig.sids.map(activeAt))).flat()
  expect(active.reduce((sum, { hits }) => sum + (hits ?? 0), 0)).toBeGreaterThan(0)
  await rig.faults.heal(id)
  for (const sid of rig.sids) expect(await activeAt(sid)).toEqual([])
}

const STORIES: Readonly<Record<Exclude<FaultId, MomentFault>, () => Promise<void>>> = {
  async kill() {
    const { id, sids } = await rig.faults.inject({ fault: 'kill', target: at('member', 'leader'), ...LONG })
    const [sid = 0] = sids
    expect(rig.ensemble.status(sid)).toMatchObject({ process: 'killed', pid: null })
    expect(await rig.leader()).not.toBe(sid)
    await rig.faults.heal(id)
    await rig.allServe()
  },
  async pause() {
    const sid = await rig.follower()
    const { id } = await rig.faults.inject({ fault: 'pause', target: at('member', sid), ...LONG })
    expect(rig.ensemble.status(sid).process).toBe('paused')
    expect(await rig.modeOf(sid)).toBe('none')
    await rig.faults.heal(id)
    await vi.waitFor(async () => expect(await rig.modeOf(sid)).toBe('follower'), WAIT)
  },
  async restart() {
    const sid = await rig.follower()
    const before = rig.ensemble.status(sid).pid
    await rig.faults.inject({ fault: 'restart', target: at('member', sid) })
    await rig.allServe()
    expect(rig.ensemble.status(sid).pid).not.toBe(before)
    expect(rig.faults.list()).toEqual([])
  },
  async cut() {
    const first = await rig.leader()
    const others = rig.sids.filter((sid) => sid !== first)
    const target: FaultTarget = { on: 'groups', groups: [[first], others] }
    const { id, links } = await rig.faults.inject({ fault: 'cut', target, ...LONG })
    expect(links).toHaveLength(4)
    await vi.waitFor(async () => {
      expect(await rig.modeOf(first)).toBe('none')
      expect((await Promise.all(others.map((sid) => rig.modeOf(sid)))).sort()).toEqual(['follower', 'leader'])
    }, WAIT)
    await rig.faults.heal(id)
    await vi.waitFor(async () => expect(await rig.modeOf(first)).toBe('follower'), WAIT)
    // From clients as well: a new one waits, until it heals.
    const clients = await rig.faults.inject({ fault: 'cut', target: at('clients', first), ...LONG })
    let answered = false
    const answer = rig.answerMs(first).then(() => {
      answered = true
    })
    expect(await rig.modeOf(first)).toBe('none')
    expect(answered).toBe(false)
    await rig.faults.heal(clients.id)
    await answer
  },
  async 'one-way'() {
    const leader = await rig.leader()
    const deaf = await rig.follower()
    const target: FaultTarget = { on: 'link', at: leader, to: deaf, direction: 'out' }
    const { id, links } = await rig.faults.inject({ fault: 'one-way', target, ...LONG })
    expect(links).toEqual([[leader, deaf]])
    await vi.waitFor(async () => expect(await rig.modeOf(deaf)).toBe('none'), WAIT)
    expect(await rig.modeOf(leader), 'the other two are enough').toBe('leader')
    await rig.faults.heal(id)
    await vi.waitFor(async () => expect(await rig.modeOf(deaf)).toBe('follower'), WAIT)
  },
  async delay() {
    const target: FaultTarget = { on: 'isolate', at: 'leader' }
    const { id } = await rig.faults.inject({ fault: 'delay', target, parameters: { ms: 150, jitterMs: 20 }, ...LONG })
    // The proposal goes, the ACK comes back.
    expect(await writeMs()).toBeGreaterThan(290)
    await rig.faults.heal(id)
    await fastAgain(() => fastestWriteMs(), 150)
    const sid = await rig.follower()
    const clients = await rig.faults.inject({
      fault: 'delay',
      target: at('clients', sid),
      parameters: { ms: 150 },
      ...LONG,
    })
    expect(await rig.answerMs(sid)).toBeGreaterThan(290)
    await rig.faults.heal(clients.id)
    await fastAgain(() => fastestAnswerMs(sid), 150)
  },
  async 'heavy-tail'() {
    const target: FaultTarget = { on: 'isolate', at: 'leader' }
    const { id } = await rig.faults.inject({ fault: 'heavy-tail', target, parameters: { ms: 40, maxMs: 400 }, ...LONG })
    const times: number[] = []
    await vi.waitFor(async () => {
      times.push(await writeMs())
      expect(Math.max(...times), 'a long tail').toBeGreaterThan(190)
    }, WAIT)
    expect(Math.min(...times), 'there and back').toBeGreaterThan(78)
    await rig.faults.heal(id)
    await fastAgain(() => fastestWriteMs(), 70)
  },
  async loss() {
    const target: FaultTarget = { on: 'isolate', at: 'leader' }
    const { id } = await rig.faults.inject({ fault: 'loss', target, parameters: { percent: 60 }, ...LONG })
    await vi.waitFor(async () => expect(await writeMs()).toBeGreaterThan(190), WAIT)
    await rig.faults.heal(id)
    await rig.allServe()
    await fastAgain(() => fastestWriteMs(), 150)
    const sid = await rig.follower()
    const [there, back] = [at('clients', sid), { percent: 50 }]
    const clients = await rig.faults.inject({ fault: 'loss', target: there, parameters: back, ...LONG })
    await vi.waitFor(async () => expect(await rig.answerMs(sid)).toBeGreaterThan(190), WAIT)
    await rig.faults.heal(clients.id)
    await fastAgain(() => fastestAnswerMs(sid), 150)
  },
  duplicate: () => electionUnder('duplicate'),
  reorder: () => electionUnder('reorder'),
  async throttle() {
    const sid = await rig.follower()
    const parameters = { bytesPerSecond: 10_000 }
    const { id } = await rig.faults.inject({ fault: 'throttle', target: at('clients', sid), parameters, ...LONG })
    // mntr has more than 5 kB.
    expect(await rig.answerMs(sid, 'mntr')).toBeGreaterThan(450)
    await rig.faults.heal(id)
    await fastAgain(() => fastestAnswerMs(sid, 'mntr'), 250)
    const links: FaultTarget = { on: 'isolate', at: 'leader' }
    const slow = await rig.faults.inject({ fault: 'throttle', target: links, parameters, ...LONG })
    const startedAt = performance.now()
    await zk.setData('/palette', 'x'.repeat(5000))
    expect(performance.now() - startedAt).toBeGreaterThan(450)
    await rig.faults.heal(slow.id)
    await rig.allServe()
    await fastAgain(() => fastestWriteMs(), 150)
  },
  async reset() {
    const states: string[] = []
    zk.onState(({ state }) => states.push(state))
    const { endsAt } = await rig.faults.inject({ fault: 'reset', target: at('clients', 'all') })
    expect(endsAt, 'nothing to heal').toBeNull()
    await vi.waitFor(() => expect(states).toContain('connected'), WAIT)
    expect(states[0]).not.toBe('connected')
    const leader = await rig.leader()
    const follower = await rig.follower()
    const resets = async () => (await rig.numberOf(follower, 'zk_cnt_election_time')) || 0
    const before = await resets()
    await rig.faults.inject({ fault: 'reset', target: { on: 'isolate', at: leader } })
    await vi.waitFor(async () => expect(await resets(), 'it had to look for its leader').toBeGreaterThan(before), WAIT)
    await rig.allServe()
    await writeMs()
  },
  async 'slow-flush'() {
    const parameters = { delayMs: 300 }
    const { id } = await rig.faults.inject({ fault: 'slow-flush', target: at('disk', 'all'), parameters, ...LONG })
    expect(await writeMs()).toBeGreaterThan(290)
    await rig.faults.heal(id)
    await fastAgain(() => fastestWriteMs(), 150)
  },
  async 'stuck-flush'() {
    const { id } = await rig.faults.inject({ fault: 'stuck-flush', target: at('disk', 'all'), ...LONG })
    let done = false
    const write = writeMs().then(() => {
      done = true
    })
    await new Promise((resolve) => setTimeout(resolve, 400))
    expect(done, 'not while nobody flushes').toBe(false)
    await rig.faults.heal(id)
    await write
  },
  'failed-flush': () => endsWithItsDisk('failed-flush'),
  'failed-write': () => endsWithItsDisk('failed-write'),
  'disk-full': () => endsWithItsDisk('disk-full', { freeBytes: 0 }),
  async 'clock-offset'() {
    const ms = 7_200_000
    const { id } = await rig.faults.inject({
      fault: 'clock-offset',
      target: at('clock', 'leader'),
      parameters: { ms },
      ...LONG,
    })
    const ahead = async () => Number((await zk.setData('/palette', 'when')).mtime) - Date.now()
    expect(Math.abs((await ahead()) - ms)).toBeLessThan(60_000)
    await rig.faults.heal(id)
    expect(Math.abs(await ahead())).toBeLessThan(60_000)
  },
  async 'clock-jump'() {
    const sid = await rig.follower()
    const ms = 3_600_000
    const before = await rig.numberOf(sid, 'zk_uptime')
    await rig.faults.inject({ fault: 'clock-jump', target: at('clock', sid), parameters: { ms } })
    // It has not heard from its leader for an hour, so it looks for one, and finds it. Meanwhile it has no figures to tell.
    const uptime = (): Promise<number> => rig.numberOf(sid, 'zk_uptime')
    await vi.waitFor(async () => expect(await uptime()).toBeGreaterThan(before + ms), WAIT)
    await rig.allServe()
    await writeMs()
  },
  async 'clock-drift'() {
    const sid = await rig.follower()
    const parameters = { fasterPercent: -90 }
    const drift = async () => {
      const [startedAt, began] = [performance.now(), await rig.numberOf(sid, 'zk_uptime')]
      await new Promise((resolve) => setTimeout(resolve, 500))
      return ((await rig.numberOf(sid, 'zk_uptime')) - began) / (performance.now() - startedAt)
    }
    const { id } = await rig.faults.inject({ fault: 'clock-drift', target: at('clock', sid), parameters, ...LONG })
    expect(await drift(), 'a tenth of the speed').toBeLessThan(0.4)
    await rig.faults.heal(id)
    expect(await drift()).toBeGreaterThan(0.6)
    // Twenty heartbeats of its leader fit into the time after which it gives up on it.
    const fast = { fasterPercent: 900 }
    const quick = await rig.faults.inject({ fault: 'clock-drift', target: at('clock', sid), parameters: fast, ...LONG })
    expect(await drift()).toBeGreaterThan(2)
    await rig.faults.heal(quick.id)
  },
  async 'clock-freeze'() {
    const sid = await rig.follower()
    const { id } = await rig.faults.inject({ fault: 'clock-freeze', target: at('clock', sid), ...LONG })
    const then = await rig.numberOf(sid, 'zk_uptime')
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(await rig.numberOf(sid, 'zk_uptime')).toBe(then)
    await rig.faults.heal(id)
    await vi.waitFor(async () => expect(await rig.numberOf(sid, 'zk_uptime')).toBeGreaterThan(then + 300), WAIT)
  },
}

test.each(Object.entries(STORIES))('%s', (_id, story) => story())
