// The life of a fault on real processes: it ends in time, comes back to a member that restarts, gives way to a newer one,
// and is refused with a sentence where it makes no sense.

import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { commandFault } from '../fault-control.ts'
import { Rig, WAIT } from './testing.ts'

let rig: Rig

beforeAll(async () => {
  rig = await Rig.start(3)
})

afterEach(async () => {
  await rig.faults.healAll()
  await rig.allServe()
  rig.changes.splice(0)
})

afterAll(() => rig?.end())

async function rulesAt(sid: number): Promise<readonly unknown[]> {
  const eventPort = rig.ensemble.plans.find((one) => one.sid === sid)?.eventPort ?? 0
  const active = await commandFault({ eventPort, secret: rig.ensemble.secret }, { type: 'list' })
  return active.map((one) => (one as { rule: unknown }).rule) // as fault-seams.ts says
}

const slow = (delayMs: number) => ({ fault: 'slow-flush', parameters: { delayMs }, durationMs: 60_000 }) as const

test('a fault ends by itself, and says so', async () => {
  const view = await rig.faults.inject({ fault: 'stuck-flush', target: { on: 'disk', at: 1 }, durationMs: 300 })
  expect(view.endsAt).toBe(view.beganAt + 300)
  expect(rig.faults.list()).toEqual([view])
  await vi.waitFor(() => expect(rig.faults.list()).toEqual([]), WAIT)
  await vi.waitFor(async () => expect(await rulesAt(1)).toEqual([]), WAIT)
  expect(rig.changes.map(({ change, reason }) => [change, reason])).toEqual([
    ['began', ''],
    ['ended', 'its time is over'],
  ])
})

test('a member that restarts has the rest of its faults again; one that was paused hears that they ended', async () => {
  const { id } = await rig.faults.inject({ target: { on: 'disk', at: 2 }, ...slow(20) })
  await rig.ensemble.restart(2)
  await vi.waitFor(async () => expect(await rulesAt(2)).toEqual([{ type: 'slow', delayMs: 20 }]), WAIT)
  rig.ensemble.pause(2)
  await rig.faults.heal(id)
  rig.ensemble.resume(2)
  await vi.waitFor(async () => expect(await rulesAt(2)).toEqual([]), WAIT)
})

test('of two faults on one thing the newer one counts, and the older one comes back', async () => {
  await rig.faults.inject({ target: { on: 'disk', at: 3 }, ...slow(10) })
  const newer = await rig.faults.inject({ target: { on: 'disk', at: 'all' }, ...slow(20) })
  expect(await rulesAt(3)).toEqual([{ type: 'slow', delayMs: 20 }])
  expect(newer).toMatchObject({ sids: [1, 2, 3], text: 'Slow flush on the disk of members 1, 2, 3 (delayMs 20)' })
  await rig.faults.heal(newer.id)
  expect(await rulesAt(3)).toEqual([{ type: 'slow', delayMs: 10 }])
  expect(await rulesAt(1)).toEqual([])
})

test('a member that somebody starts by hand is not down any more', async () => {
  const sid = await rig.follower()
  const { id } = await rig.faults.inject({ fault: 'kill', target: { on: 'member', at: sid }, durationMs: 60_000 })
  rig.ensemble.start(sid)
  expect(rig.faults.list()).toEqual([])
  await expect(rig.faults.heal(id)).rejects.toThrow(`There is no fault ${id} now`)
  expect(rig.changes.at(-1)).toMatchObject({ change: 'ended', reason: `member ${sid} is starting by hand` })
})

test('what makes no sense is refused, and nothing begins', async () => {
  const refused = (request: Parameters<typeof rig.faults.inject>[0]) => expect(rig.faults.inject(request)).rejects
  await refused({ fault: 'duplicate', target: { on: 'clients', at: 1 } }).toThrow(
    'Duplicate is for link, not for clients.',
  )
  await refused({ fault: 'cut', target: { on: 'link', at: 1, to: 1 } }).toThrow('A link has two ends')
  await refused({ fault: 'cut', target: { on: 'isolate', at: 7 } }).toThrow('There is no member 7.')
  await refused({ fault: 'pause', target: { on: 'member', at: 'observers' } }).toThrow('There are no observers now')
  expect(rig.changes).toEqual([])
})
