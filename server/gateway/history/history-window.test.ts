import { gunzipSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { applyEvent } from '#shared/events/apply-event.ts'
import { emptyClusterView } from '#shared/events/cluster-view.ts'
import { HISTORY_EVENTS_TOLD_MAX, type HistoryRangeRequest } from '#shared/events/history-protocol.ts'
import type { GatewayEvent } from '#shared/events/socket-protocol.ts'
import { History } from '../history.ts'
import { countsStory, electionStory, STORY_START_MS, writeStory } from '../testing/event-story.ts'
import { EventWindow } from './event-window.ts'
import { exportWindow } from './export.ts'
import { ImportError, importWindow, viewOf } from './import.ts'

const ABOUT = { clusterName: 'test', version: '1.2.3' }
const ALL: HistoryRangeRequest = { fromMs: 0, toMs: STORY_START_MS * 2, stepMs: 1000, events: false }

function told(events: readonly GatewayEvent[], limits = { windowMs: 60_000, bytesMax: 1e6 }): History {
  const history = new History(limits)
  for (const event of events) history.append(event)
  return history
}

async function textOf(history: History, format: 'window' | 'jsonl'): Promise<Buffer> {
  const { body } = exportWindow(history.recorder.window, { format }, ABOUT, STORY_START_MS)
  const parts: Buffer[] = []
  for await (const part of body) parts.push(Buffer.from(part))
  return Buffer.concat(parts)
}

describe('the window of events', () => {
  test('gives back what came, within its range', () => {
    const events = [...electionStory(), ...writeStory(3000)]
    const { window } = told(events).recorder
    expect([...window.between(0, Number.MAX_SAFE_INTEGER)()].flat()).toEqual(events)
    const from = STORY_START_MS + 1000
    const some = [...window.between(from, from + 100)()].flat()
    expect(some).toEqual(events.filter(({ t }) => t >= from && t < from + 100))
    expect(window.bytes).toBeLessThan(JSON.stringify(events).length / 4)
  })

  test('keeps to its bytes and its time, and knows what was before', () => {
    const events = [...electionStory(), ...writeStory(8000)]
    for (const limits of [
      { windowMs: 60_000, bytesMax: 200_000 },
      { windowMs: 5000, bytesMax: 1e9 },
    ]) {
      const window = new EventWindow(limits)
      const view = emptyClusterView()
      let mostBytes = 0
      for (const event of events) {
        window.append(event)
        applyEvent(view, event)
        mostBytes = Math.max(mostBytes, window.bytes)
      }
      expect(mostBytes).toBeLessThan(limits.bytesMax + 70_000)
      const held = [...window.between(0, Number.MAX_SAFE_INTEGER)()].flat()
      expect(held).toEqual(events.slice(-held.length))
      expect(held.length).toBeLessThan(events.length)
      const folded = structuredClone(window.base)
      for (const event of held) applyEvent(folded, event)
      expect(folded).toEqual(view)
    }
  })

  test('does not change under whoever is reading it', () => {
    const window = new EventWindow({ windowMs: 1000, bytesMax: 1e9 })
    for (const event of writeStory(1000)) window.append(event)
    const chunks = window.between(0, Number.MAX_SAFE_INTEGER)
    const before = [...chunks()].flat()
    for (const event of writeStory(5000, { first: 1001, t: STORY_START_MS + 1010 })) window.append(event)
    expect([...chunks()].flat()).toEqual(before)
  })
})

describe('a range', () => {
  test('has exact commits a step, and how long rounds took', () => {
    const { recorder } = told([...electionStory(), ...writeStory(2500)])
    const { steps, stepMs } = recorder.range(ALL)
    expect(stepMs).toBe(HISTORY_STEP_OF_A_LIFE)
    const fine = recorder.range({ ...ALL, fromMs: STORY_START_MS, toMs: STORY_START_MS + 10_000 })
    expect(fine.steps.map(({ t, commits }) => [t - STORY_START_MS, commits])).toEqual([
      [0, 988],
      [1000, 1000],
      [2000, 512],
    ])
    expect(steps.reduce((sum, step) => sum + step.commits, 0)).toBe(2500)
    expect(fine.steps[0]).toMatchObject({ elections: 3, epochs: 1 })
    expect(fine.steps[0]?.roundMs.p50).toBeGreaterThan(1.6)
    expect(fine.steps[0]?.roundMs.p99).toBeLessThan(2.4)
    const coarse = recorder.range({ ...ALL, fromMs: STORY_START_MS, toMs: STORY_START_MS + 10_000, stepMs: 5000 })
    expect(coarse.steps.map(({ commits }) => commits)).toEqual([2500])
  })

  test('counts by what members have counted, also over a restart', () => {
    const t = STORY_START_MS
    const { recorder } = told([
      countsStory(1, t, 10, 5),
      countsStory(2, t, 0, 0),
      countsStory(1, t + 1000, 110, 25),
      countsStory(2, t + 1000, 40, 0),
      countsStory(1, t + 2000, 7, 1, 2),
    ])
    const { steps } = recorder.range({ ...ALL, fromMs: t, toMs: t + 10_000 })
    expect(steps.map((step) => [step.requests, step.watchesTriggered])).toEqual([
      [10, 5],
      [140, 20],
      [7, 1],
    ])
    expect(steps[1]?.flushMeanMs).toBe(2)
  })

  test('holds the events when they are few, and says how many they are otherwise', () => {
    const events = [...electionStory(), ...writeStory(3000)]
    const { recorder } = told(events)
    const t = STORY_START_MS
    const few = recorder.range({ fromMs: t + 1000, toMs: t + 1100, stepMs: 1000, events: true })
    expect(few.events).toEqual(events.filter((event) => event.t >= t + 1000 && event.t < t + 1100))
    expect(few.eventsLeftOut).toBe(0)
    const many = recorder.range({ ...ALL, events: true })
    expect(many.events).toEqual([])
    expect(many.eventsLeftOut).toBeGreaterThan(HISTORY_EVENTS_TOLD_MAX)
    expect(many).toMatchObject({ heldEvents: events.length, heldFromMs: t })
  })
})

/** A range of 1.7e12 ms in at most 600 steps. */
const HISTORY_STEP_OF_A_LIFE = 5_666_667_000

describe('a file', () => {
  test('that was exported as a window gives every moment of it again', async () => {
    const events = [...electionStory(), ...writeStory(4000)]
    const history = told(events, { windowMs: 2000, bytesMax: 1e9 })
    const imported = await importWindow(await textOf(history, 'window'))
    expect(imported).toMatchObject({ clusterName: 'test', version: '1.2.3', exportedAtMs: STORY_START_MS })
    expect(imported.events.length).toBeLessThan(events.length)
    expect(viewOf(imported)).toEqual(JSON.parse(JSON.stringify(history.view)))
    const then = STORY_START_MS + 3000
    expect(viewOf(imported, then).totals.committed).toBe(2989)
    const lines = (await textOf(history, 'jsonl')).toString().trim().split('\n')
    expect(lines.map((line) => JSON.parse(line))).toEqual(imported.events)
  })

  test('that is something else, of another version, torn or tampered with is refused in words', async () => {
    const good = await textOf(told([...electionStory(), ...writeStory(10)]), 'window')
    const lines = gunzipSync(good).toString().split('\n')
    const file = (...changed: string[]) => gzipSync(changed.join('\n'))
    const [head = '', first = ''] = lines
    const refused = (bytes: Uint8Array) => expect(importWindow(bytes)).rejects
    await refused(Buffer.from('no gzip')).toThrow(ImportError)
    await refused(gzipSync('')).toThrow('is empty')
    await refused(file('{"type":"other"}', '')).toThrow('no window that Zabscope exported: line 2')
    await refused(file(head.replace('"fileVersion":1', '"fileVersion":9'), '')).toThrow('version 9')
    await refused(file(head.replace('"rounds":[', '"rounds":{},"x":['), '')).toThrow('no rounds')
    await refused(file(head, first.replace('"process":"running"', '"process":"melted"'), '')).toThrow(ImportError)
    await refused(file(head, '{"type":"mark","t":1,"sid":1,"stage":"logged","zxid":"1/7"}', '')).toThrow(ImportError)
    await refused(file(head, first.slice(0, -5))).toThrow('ends within a line')
    await refused(good.subarray(0, good.length - 20)).toThrow(ImportError)
  })
})
