import { describe, expect, test } from 'vitest'
import { LAG_LOOK_MS, LAG_SHED_AFTER_MS, LAG_SHED_MS } from '../limits.ts'
import { Overload, workSinceAsked } from './overload.ts'

let now = 0
let busy = 1

/** With its looks in our hands. */
function watched(): Overload {
  now = 0
  busy = 1
  const overload = new Overload(
    () => now,
    () => busy,
  )
  overload.close()
  return overload
}

/** Looks for `forMs`, each so late. */
function looks(overload: Overload, lateMs: number, forMs: number): void {
  for (const until = now + forMs; now < until; ) {
    now += LAG_LOOK_MS + lateMs
    overload.look()
  }
}

describe('[D-1] load is shed', () => {
  test('when the event loop was late for five seconds, until it is not', () => {
    const overload = watched()
    looks(overload, LAG_SHED_MS + 50, LAG_SHED_AFTER_MS / 2)
    expect([overload.isOn, overload.turnAway(), overload.shed]).toEqual([false, false, 0])
    looks(overload, LAG_SHED_MS + 50, LAG_SHED_AFTER_MS / 2 + LAG_LOOK_MS)
    expect([overload.turnAway(), overload.turnAway(), overload.shed]).toEqual([true, true, 2])
    looks(overload, 0, LAG_LOOK_MS)
    expect([overload.turnAway(), overload.shed]).toEqual([false, 2])
  })

  test('not for what is late now and then, nor for a little lateness', () => {
    const overload = watched()
    for (let i = 0; i < 10; i += 1) {
      looks(overload, LAG_SHED_MS * 5, LAG_SHED_AFTER_MS / 2)
      looks(overload, 0, LAG_LOOK_MS)
      expect(overload.isOn).toBe(false)
    }
    looks(overload, LAG_SHED_MS, LAG_SHED_AFTER_MS * 3)
    expect(overload.isOn).toBe(false)
  })

  test('not when the machine gives us no time: then we are late without work', () => {
    const overload = watched()
    busy = 0.3
    looks(overload, LAG_SHED_MS * 5, LAG_SHED_AFTER_MS * 3)
    expect(overload.isOn).toBe(false)
  })

  test('work is what the event loop does between its waits', async () => {
    const busyShare = workSinceAsked()
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(busyShare()).toBeLessThan(0.9)
    await new Promise((resolve) => setImmediate(resolve))
    busyShare()
    const until = performance.now() + 100
    while (performance.now() < until);
    expect(busyShare()).toBeGreaterThan(0.9)
  })
})
