// The table of settings and what is checked with it; quantiles; the lines of a terminal.

import { describe, expect, test } from 'vitest'
import { settingsOf, WORKLOAD_KINDS } from '#shared/events/workload-settings.ts'
import { Latency } from './process/latency.ts'
import { Pace, pause } from './process/pause.ts'
import { changeSettings, defaultSettings, readSettings } from './settings-schema.ts'

describe('settings', () => {
  test.each(WORKLOAD_KINDS)('%s: defaults are within their own limits, and every limit is one', (kind) => {
    expect(readSettings(kind, defaultSettings(kind))).toEqual({ ok: true, value: defaultSettings(kind) })
    for (const [name, setting] of Object.entries(settingsOf(kind))) {
      expect(setting.about, name).not.toBe('')
      if (setting.type !== 'number') continue
      expect(setting.min).toBeLessThan(setting.max)
      for (const value of [setting.min - 0.01, setting.max + 0.01, Number.NaN, '5', null])
        expect(readSettings(kind, { [name]: value }), `${name} ${value}`).toMatchObject({
          ok: false,
          error: expect.stringContaining(`${name} of a ${kind} workload is a number from ${setting.min} to`),
        })
    }
  })

  test('what is not given keeps its value', () => {
    const before = { ...defaultSettings('queue'), workMs: 7 }
    expect(changeSettings('queue', before, { consumers: 9 })).toEqual({ ok: true, value: { ...before, consumers: 9 } })
    expect(changeSettings('queue', before, { sessionTimeoutMs: 999 })).toMatchObject({
      error: expect.stringContaining('sessionTimeoutMs of a queue workload is chosen at its start'),
    })
    expect(changeSettings('queue', before, 'nonsense')).toMatchObject({ ok: false })
    expect(changeSettings('queue', before, { __proto__: null, constructor: 1 })).toMatchObject({ ok: false })
  })
})

describe('quantiles', () => {
  test('of known times are right to a sixteenth or so, however few', () => {
    const latency = new Latency(0)
    for (let ms = 1; ms <= 1000; ms += 1) latency.record(ms, 10)
    const { count, p50, p90, p99, max } = latency.report(10)
    expect([count, max]).toEqual([1000, 1000])
    for (const [found, right] of [
      [p50, 500],
      [p90, 900],
      [p99, 990],
    ] as const)
      expect(Math.abs(found / right - 1)).toBeLessThan(0.13)
    const one = new Latency(0)
    one.record(42, 0)
    expect(one.report(0)).toEqual({ count: 1, p50: 42, p90: 42, p99: 42, max: 42 })
  })

  test('are of the last seconds, and of nothing when there was nothing', () => {
    const latency = new Latency(0)
    latency.record(1e12, 0)
    expect(latency.report(4999)).toMatchObject({ count: 1, max: 1e12 })
    expect(latency.report(9999)).toMatchObject({ count: 1 })
    expect(latency.report(10_000)).toEqual({ count: 0, p50: 0, p90: 0, p99: 0, max: 0 })
  })
})

test('a pause is given up with the reason of the signal, and leaves no listener', async () => {
  const controller = new AbortController()
  let listeners = 0
  const { addEventListener, removeEventListener } = controller.signal
  controller.signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
    listeners += 1
    addEventListener.apply(controller.signal, args)
  }
  controller.signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
    listeners -= 1
    removeEventListener.apply(controller.signal, args)
  }
  await pause(0, controller.signal)
  await new Pace(() => 1e6).next(controller.signal)
  expect(listeners).toBe(0)
  const waiting = pause(60_000, controller.signal)
  controller.abort(new Error('enough'))
  await expect(waiting).rejects.toThrow('enough')
  await expect(pause(60_000, controller.signal)).rejects.toThrow('enough')
  expect(listeners).toBe(0)
})
