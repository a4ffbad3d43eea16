import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { asSessionId, NO_SESSION } from '../../zk/ids.ts'
import { makeZxid } from '../../zk/zxid.ts'
import type { SiteNode } from '../recognise/picture.ts'
import { curatorLock, guid, kazooLock, seq, siteOf } from '../testing/sites.ts'
import { applyChange, createHistory, type LockHistory } from './lock-history.ts'
import { addDuration, createHistogram, quantileMs } from './log-histogram.ts'
import { jainIndex, summarizeHistory } from './summary.ts'

/** A lock at /l whose txns are written one after the other; `at` milliseconds are also the counter of the zxid. */
class World {
  readonly history: LockHistory
  #t = 1000

  constructor(...before: string[]) {
    this.history = createHistory('/l', 1000)
    const node = siteOf('/l', ...before.map((name) => `/l/${name}`)).nodes.get('/l') ?? null
    applyChange(this.history, { type: 'listed', t: 1000, zxid: makeZxid(1, 1000), path: '/l', node })
  }
  after(ms: number): this {
    this.#t += ms
    return this
  }
  get #at() {
    return { t: this.#t, zxid: makeZxid(1, this.#t) }
  }
  create(name: string, owner: number): this {
    this.#t += 1
    applyChange(this.history, {
      type: 'created',
      ...this.#at,
      path: `/l/${name}`,
      owner: asSessionId(BigInt(owner)),
      data: null,
    })
    return this
  }
  delete(name: string, by: number): this {
    this.#t += 1
    applyChange(this.history, { type: 'deleted', ...this.#at, path: `/l/${name}`, by: asSessionId(BigInt(by)) })
    return this
  }
  close(session: number, cxid: number): this {
    this.#t += 1
    applyChange(this.history, { type: 'closed', ...this.#at, session: asSessionId(BigInt(session)), cxid })
    return this
  }
  list(czxid: number, ...names: string[]): this {
    this.#t += 1
    const site = siteOf('/l', ...names.map((name) => `/l/${name}`)).nodes.get('/l')
    const known = site?.children.map((child) => ({
      ...child,
      czxid: this.history.open.get(`/l/${child.name}`)?.token ?? child.czxid,
    }))
    const node: SiteNode | null = site ? { ...site, children: known ?? [], czxid: makeZxid(0, czxid) } : null
    applyChange(this.history, { type: 'listed', ...this.#at, path: '/l', node })
    return this
  }
  wake(type: 'triggered' | 'delivered', session: number, name: string): this {
    applyChange(this.history, { type, t: this.#t + 0.5, session: asSessionId(BigInt(session)), path: `/l/${name}` })
    return this
  }
  get ended() {
    return this.history.ended.map(({ session, enqueuedMs, grantedMs, endedMs, endedBy }) => [
      session,
      enqueuedMs,
      grantedMs,
      endedMs,
      endedBy,
    ])
  }
  get summary() {
    return summarizeHistory(this.history, this.#t)
  }
}

const lock = curatorLock

describe('waits, holds and ends', () => {
  test('who waits is granted when the last in its way ends', () => {
    const world = new World()
      .create(lock(1), 1)
      .after(8)
      .create(lock(2), 2)
      .after(9)
      .delete(lock(1), 1)
      .after(4)
      .delete(lock(2), 2)
    expect(world.ended).toEqual([
      ['0x1', 1001, 1001, 1020, 'delete'],
      ['0x2', 1010, 1020, 1025, 'delete'],
    ])
    expect(world.summary).toMatchObject({ grants: 2, releases: 2, late: 0, overtakes: 0, tokenViolations: 0 })
    expect(world.summary.wait).toMatchObject({ count: 2, maxMs: 10, meanMs: 5 })
    expect(world.summary.hold).toMatchObject({ count: 2, maxMs: 19, meanMs: 12 })
    expect(world.summary.waiterSeconds).toBeCloseTo(0.01)
    expect(world.summary.pairs).toEqual([{ holder: '0x1', waiter: '0x2', seconds: expect.closeTo(0.01) }])
  })

  test.each([
    ['close', (world: World) => world.close(1, 7)],
    ['expiry', (world: World) => world.close(1, 0)],
    ['removed', (world: World) => world.delete(lock(1), 99)],
    ['delete', (world: World) => world.delete(lock(1), 1)],
  ])('a holder ends by %s', (reason, finish) => {
    const world = finish(new World().create(lock(1), 1).create(lock(2), 2))
    expect(world.ended[0]?.[4]).toBe(reason)
    expect(world.history.open.get(`/l/${lock(2)}`)?.grantedMs).toBe(1003)
  })

  test('who gives up in the middle has waited in vain, and is apart from those who were granted', () => {
    const world = new World().create(lock(1), 1).create(lock(2), 2).create(lock(3), 3).after(7).delete(lock(2), 2)
    expect(world.ended).toEqual([['0x2', 1002, null, 1011, 'cancel']])
    expect(world.summary).toMatchObject({ abandoned: { count: 1, maxMs: 9 }, wait: { count: 1 } })
    expect(world.summary.censored).toEqual([{ path: `/l/${lock(3)}`, session: '0x3', atLeastMs: 8 }])
  })

  test('whoever held before we looked is an interval and counts in no distribution', () => {
    const world = new World(`${lock(1)}@1`, `${lock(2)}@2`).after(5).delete(lock(1), 1)
    expect(world.ended).toEqual([['0x1', 1000, null, 1006, 'delete']])
    expect(world.summary).toMatchObject({ late: 1, grants: 1, hold: { count: 0 }, wait: { count: 1 } })
  })

  test('one closeSession frees all that the session had here', () => {
    const world = new World().create(lock(1), 1).create(lock(2), 1).create(lock(3), 3).close(1, 0)
    expect(world.ended.map((tenure) => [tenure[0], tenure[4]])).toEqual([
      ['0x1', 'expiry'],
      ['0x1', 'expiry'],
    ])
    expect(world.history.open.size).toBe(1)
  })

  test('without a stream, listings tell: ends of unknown reason, grants when they were seen', () => {
    const world = new World(`${lock(1)}@1`, `${lock(2)}@2`).after(5).list(0, `${lock(2)}@2`)
    expect(world.ended).toEqual([['0x1', 1000, null, 1006, 'unknown']])
    expect(world.history.open.get(`/l/${lock(2)}`)).toMatchObject({ grantedMs: 1006 })
  })

  test('a listing older than what the stream told neither brings back nor takes away', () => {
    const world = new World().create(lock(1), 1).delete(lock(1), 1).create(lock(2), 2)
    const old = siteOf('/l', `/l/${lock(1)}@1`).nodes.get('/l') ?? null
    applyChange(world.history, { type: 'listed', t: 1004, zxid: makeZxid(1, 1001), path: '/l', node: old })
    expect([...world.history.open.keys()]).toEqual([`/l/${lock(2)}`])
  })
})

describe('semaphore of two directories', () => {
  test('the wait of a lease began in the queue, and leaving the queue with it is no abandoned wait', () => {
    const history = createHistory('/l', 1000)
    for (const path of ['/l', '/l/locks', '/l/leases']) {
      const node = siteOf('/l', 'P:/l/locks', 'P:/l/leases').nodes.get(path) ?? null
      applyChange(history, { type: 'listed', t: 1000, zxid: makeZxid(1, 10), path, node })
    }
    const owner = asSessionId(7n)
    const [queued, lease] = [`/l/locks/${lock(1)}`, `/l/leases/${guid(1)}lease-${seq(1)}`]
    applyChange(history, { type: 'created', t: 1010, zxid: makeZxid(1, 11), path: queued, owner, data: null })
    applyChange(history, { type: 'created', t: 1020, zxid: makeZxid(1, 12), path: lease, owner, data: null })
    applyChange(history, { type: 'deleted', t: 1030, zxid: makeZxid(1, 13), path: queued, by: owner })
    expect(history.ended).toEqual([])
    expect(history.open.get(lease)).toMatchObject({ enqueuedMs: 1010, grantedMs: 1030 })
    applyChange(history, { type: 'deleted', t: 1050, zxid: makeZxid(1, 14), path: lease, by: owner })
    expect(history.ended).toMatchObject([{ path: lease, endedBy: 'delete' }])
    expect(summarizeHistory(history, 1050)).toMatchObject({ grants: 1, abandoned: { count: 0 }, hold: { maxMs: 20 } })
  })
})

describe('tokens and incarnations', () => {
  test('tokens rise with grants; a directory made anew is a reset, not a violation', () => {
    const world = new World().create(lock(1), 1).delete(lock(1), 1).list(5)
    expect(world.summary).toMatchObject({ resets: 1, tokenViolations: 0 })
    expect(world.summary.incidents).toMatchObject([{ type: 'reset' }])
  })

  test('Solr joins at the head: an overtake, and when the overtaken one follows, a smaller token', () => {
    const n = (session: number, number: number) => `${session}-core-n_${seq(number)}`
    const world = new World().create(n(1, 1), 1).create(n(2, 5), 2).create(n(3, 2), 3)
    world.delete(n(1, 1), 1)
    expect(world.summary).toMatchObject({
      overtakes: 1,
      incidents: [{ type: 'overtake', path: `/l/${n(3, 2)}`, other: `/l/${n(2, 5)}` }],
    })
    world.delete(n(3, 2), 3)
    expect(world.summary.tokenViolations).toBe(1)
  })
})

describe('what watches add', () => {
  test('the hand-over, and notifications a release', () => {
    const world = new World()
    for (let i = 1; i <= 4; i += 1) world.create(lock(i), i)
    world.delete(lock(1), 1).wake('triggered', 2, lock(1)).wake('delivered', 2, lock(1))
    expect(world.history.open.get(`/l/${lock(2)}`)?.wokenMs).toBe(1005.5)
    expect(world.summary).toMatchObject({ herdIndex: 1, handOver: { count: 1, maxMs: 0.5 } })
    world.delete(lock(2), 2).wake('triggered', 3, lock(2)).wake('triggered', 4, lock(2))
    expect(world.summary.herdIndex).toBe(1.5)
  })

  test("an owner's watch on its own node is no herd", () => {
    const world = new World().create(lock(1), 1).delete(lock(1), 1).wake('triggered', 1, lock(1))
    expect(world.summary.herdIndex).toBe(0)
  })
})

describe('verdicts', () => {
  /** `n` sessions of which each queues again after `again` ms, holding for `hold` ms. */
  function convoy(n: number, again: number, rounds: number, hold = 100): World {
    const world = new World()
    for (let i = 1; i <= n; i += 1) world.create(lock(i, 1), i)
    for (let i = 1; i <= rounds; i += 1) {
      const session = ((i - 1) % n) + 1
      world
        .after(hold - 2)
        .delete(lock(i, 1), session)
        .after(again)
        .create(lock(n + i, 1), session)
    }
    return world
  }

  test('a convoy: all but one wait for long, and whoever releases queues again at once', () => {
    const { convoy: verdict } = convoy(10, 0, 360).summary
    expect(verdict).toMatchObject({ is: true, activeSessions: 10, againShare: 1 })
    expect(verdict.waitPerHold).toBeGreaterThan(5)
    expect(verdict.deepForMs).toBeGreaterThanOrEqual(30_000)
  })

  test('no convoy of three, nor of those who do something else in between', () => {
    expect(convoy(3, 0, 360).summary.convoy.is).toBe(false)
    expect(convoy(10, 60, 240).summary.convoy).toMatchObject({ is: false, againShare: 0 })
  })

  test('in a steady run the queue is as long as rate times wait, and all are served alike', () => {
    const { little, jain, overtakes, ended, dropped } = convoy(10, 0, 640).summary
    expect(little?.error).toBeLessThan(0.05)
    expect(jain).toBeCloseTo(1, 3)
    expect(overtakes).toBe(0)
    expect(ended.length).toBeLessThanOrEqual(20)
    expect(dropped.tenures).toBe(640 - 500)
  })

  test('who asks again and again is a rate and a share of failures, not a queue', () => {
    const [exclusive, shared] = [`LOCK-EXCLUSIVE-${seq(1)}`, (n: number) => `LOCK-SHARED-${seq(n)}`]
    const world = new World().create(exclusive, 1)
    for (let n = 2; n <= 4; n += 1) world.create(shared(n), 2).after(500).delete(shared(n), 2)
    world.create(shared(5), 2)
    const { polling } = world.summary
    expect(polling).toMatchObject({ failureRatio: 3 / 4, conflictors: [`/l/${exclusive}`] })
    expect(polling?.attemptsPerSecond).toBeCloseTo(5 / 1.508, 1)
    expect(new World().create(lock(1), 1).summary.polling).toBeNull()
  })

  test("Jain's index", () => {
    expect(jainIndex([3, 3, 3])).toBe(1)
    expect(jainIndex([9, 0, 0])).toBeCloseTo(1 / 3)
    expect(jainIndex([4])).toBeNull()
    expect(jainIndex([0, 0])).toBeNull()
  })
})

test('quantiles of the histogram are within a bucket of the exact ones', () => {
  const durations = fc.array(fc.double({ min: 0.1, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 200 })
  fc.assert(
    fc.property(durations, fc.constantFrom(0.5, 0.95, 0.99), (all, q) => {
      const histogram = createHistogram()
      for (const ms of all) addDuration(histogram, ms)
      const exact = all.toSorted((a, b) => a - b)[Math.ceil(q * all.length) - 1] ?? 0
      const found = quantileMs(histogram, q) ?? -1
      expect(found).toBeGreaterThanOrEqual(exact * 0.999)
      expect(found).toBeLessThanOrEqual(exact * 2 ** (1 / 8) * 1.001)
    }),
    { seed: 20261123, numRuns: 200 },
  )
})

test('a random life of a queue: every grant is the head of the line, and the stream ends where a listing is', () => {
  const steps = fc.array(
    fc.record({ session: fc.integer({ min: 1, max: 6 }), what: fc.constantFrom('queue', 'leave', 'expire') }),
    { maxLength: 60 },
  )
  fc.assert(
    fc.property(steps, (all) => {
      const world = new World()
      let queue: { name: string; session: number }[] = []
      all.forEach(({ session, what }, i) => {
        const own = queue.find((each) => each.session === session)
        if (what === 'queue') {
          const name = lock(i + 1, 1)
          queue.push({ name, session })
          world.create(name, session)
        } else if (what === 'expire') {
          queue = queue.filter((each) => each.session !== session)
          world.close(session, 0)
        } else if (own) {
          queue = queue.filter((each) => each !== own)
          world.delete(own.name, session)
        }
        const granted = [...world.history.open.values()].filter(({ grantedMs }) => grantedMs !== null)
        expect(granted.map(({ path }) => path)).toEqual(queue.slice(0, 1).map(({ name }) => `/l/${name}`))
        expect(world.history.open.size).toBe(queue.length)
      })
      expect(world.summary.overtakes + world.summary.tokenViolations).toBe(0)
    }),
    { seed: 20261123, numRuns: 50 },
  )
})

test('a lock that is not ephemeral is released by whoever deletes it', () => {
  const name = kazooLock(1)
  const world = new World().create(name, Number(NO_SESSION)).delete(name, 7)
  expect(world.ended).toEqual([['0x0', 1001, 1001, 1002, 'delete']])
})
