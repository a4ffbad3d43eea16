import { describe, expect, test } from 'vitest'
import { applyEvent } from '#shared/events/apply-event.ts'
import { emptyClusterView } from '#shared/events/cluster-view.ts'
import { MOMENT_EVENTS_MAX } from '#shared/events/history-protocol.ts'
import { electionStory, STORY_START_MS, writeStory } from '../testing/event-story.ts'
import { EventWindow } from './event-window.ts'
import { Moments } from './moment.ts'

const EVENTS = [...electionStory(), ...writeStory(6000)]
const BY_TIME = EVENTS.toSorted((a, b) => a.t - b.t)

/** As after exactly these events. */
function viewAt(atMs: number) {
  const view = emptyClusterView()
  for (const event of BY_TIME.filter(({ t }) => t <= atMs)) applyEvent(view, event)
  return view
}

function windowOf(live: ReturnType<typeof emptyClusterView> | null) {
  const window = new EventWindow({ windowMs: 1e9, bytesMax: 1e9 }, live)
  for (const event of EVENTS) {
    if (live) applyEvent(live, event)
    window.append(event)
  }
  return window
}

describe('a moment of the past', () => {
  const last = BY_TIME.at(-1)?.t ?? 0

  test.each([0.1, 0.5, 0.9, 1])('%d of the way is what all events until then make', async (share) => {
    const atMs = STORY_START_MS + (last - STORY_START_MS) * share
    const { view, events, before } = await new Moments(windowOf(emptyClusterView())).at(atMs)
    expect(before).toBeLessThanOrEqual(MOMENT_EVENTS_MAX)
    expect(events.length - before).toBeLessThanOrEqual(MOMENT_EVENTS_MAX)
    for (const event of events.slice(0, before)) applyEvent(view, event)
    expect(view).toEqual(viewAt(atMs))
    expect(events[before]?.t ?? Number.POSITIVE_INFINITY).toBeGreaterThan(atMs)
  })

  test('what is not held is refused in words', async () => {
    const moments = new Moments(windowOf(null))
    await expect(moments.at(STORY_START_MS - 10_000)).rejects.toThrow('does not reach back so far')
    await expect(new Moments(new EventWindow({ windowMs: 1, bytesMax: 1 })).at(5)).rejects.toThrow('a later moment')
  })

  test('only so many pages may wait', async () => {
    const moments = new Moments(windowOf(null))
    const asked = await Promise.allSettled(Array.from({ length: 12 }, () => moments.at(last)))
    expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(8)
  })
})
