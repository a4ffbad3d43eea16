import { describe, expect, test } from 'vitest'
import { applyEvent } from '#shared/events/apply-event.ts'
import { type ClusterView, emptyClusterView } from '#shared/events/cluster-view.ts'
import type { GatewayEvent, NumberedEvents } from '#shared/events/socket-protocol.ts'
import { DEFAULT_VIEWS, type StreamView } from '#shared/events/subscription.ts'
import { counterOfText } from '#shared/events/zxid-text.ts'
import { electionStory, STORY_START_MS, storyZxid, writeStory } from '../testing/event-story.ts'
import { LiveFrames } from './live-frames.ts'
import { framesViews, ROUNDS_PER_FRAME_MAX, thinFrame, WATCHES_PER_FRAME_MAX } from './thin-frame.ts'

const all = new Set<StreamView>(DEFAULT_VIEWS)
const T = STORY_START_MS

function fold(...frames: readonly (readonly GatewayEvent[])[]): ClusterView {
  const view = emptyClusterView()
  for (const event of frames.flat()) applyEvent(view, event)
  return view
}

describe('a frame', () => {
  test('goes as it is while it is small', () => {
    const frame = { seq: 7, events: [...electionStory(), ...writeStory(ROUNDS_PER_FRAME_MAX)] }
    expect(thinFrame(frame, all)).toEqual(frame)
  })

  test('of too many rounds keeps whole ones, and commits are counted exactly all the same', () => {
    const start = electionStory()
    const frames = [0, 1, 2].map((i) => ({ seq: 1, events: writeStory(397, { first: 1 + i * 397, everyMs: 0.1 }) }))
    const thinned = frames.map((frame) => thinFrame(frame, all))
    for (const [i, frame] of thinned.entries()) {
      const rounds = frame.events.flatMap((event) => (event.type === 'proposed' ? [counterOfText(event.txn.zxid)] : []))
      expect(rounds.length).toBeGreaterThan(ROUNDS_PER_FRAME_MAX / 2)
      expect(rounds.length).toBeLessThanOrEqual(ROUNDS_PER_FRAME_MAX)
      expect(rounds.every((counter) => counter % 4 === 0)).toBe(true)
      expect(frame.upTo).toBe(frames[i]?.events.length)
    }
    const whole = fold(start, ...frames.map(({ events }) => events))
    const page = fold(start, ...thinned.map(({ events }) => events))
    expect(page.totals).toEqual(whole.totals)
    expect(page.writeRate).toEqual(whole.writeRate)
    expect(page.members).toEqual(whole.members)
    // What is left of a round is as it was.
    for (const round of page.rounds) {
      const same = whole.rounds.find((other) => other.txn.zxid === round.txn.zxid)
      if (same) expect(round).toEqual(same)
    }
  })

  test('without rounds still counts commits and moves members on', () => {
    const events = [...electionStory(), ...writeStory(300)]
    const { events: kept } = thinFrame({ seq: 1, events }, new Set(['ensemble']))
    const page = fold(kept)
    expect(kept.length).toBeLessThan(40)
    expect(page.totals.committed).toBe(300)
    expect(page.members['3']?.lastZxid).toBe(storyZxid(300))
    expect(page.rounds).toEqual([])
  })

  test('of a herd keeps the newest of its watches', () => {
    const watch = { conn: 1, session: '0x1', event: 'nodeDeleted', zxid: '0x1' }
    const events = Array.from({ length: 1000 }, (_, i): GatewayEvent => {
      return { type: 'watchTriggered', t: T + i, sid: 1, path: `/${i}`, ...watch }
    })
    const kept = thinFrame({ seq: 1, events }, all)
    expect(kept).toEqual({ seq: 1, events: events.slice(-WATCHES_PER_FRAME_MAX), upTo: 1000 })
  })

  test('for a page that catches up has all of its views, and nothing of others', () => {
    const flush: GatewayEvent = { type: 'flush', t: T, sid: 1, ms: 1, txns: 1, bytes: 1 }
    const events = [flush, ...writeStory(300)]
    expect(framesViews({ seq: 5, events }, all)).toEqual({ seq: 5, events: events.slice(1), upTo: 4 + events.length })
    expect(framesViews({ seq: 5, events: [flush] }, new Set(['disk']))).toEqual({ seq: 5, events: [flush] })
  })
})

describe('pages', () => {
  function rig() {
    const sent: [string, NumberedEvents][] = []
    const live = new LiveFrames({ to: (room) => ({ emit: (_name, frame) => sent.push([room, frame]) }) })
    return { live, sent }
  }
  const frame = { seq: 1, events: writeStory(1) }

  test('that want the same get one frame made for all of them', () => {
    const { live, sent } = rig()
    const room = live.enter('a', ['rounds', 'ensemble'])
    expect(live.enter('b', ['rounds'])).toBe(room)
    live.enter('c')
    live.send(frame)
    expect(sent.map(([name]) => name)).toEqual([room, 'live:ensemble,rounds,elections,watches,sessions'])
  })

  test('that leave take their room along', () => {
    const { live, sent } = rig()
    const first = live.enter('a', ['rounds'])
    expect(live.enter('a', ['watches'])).not.toBe(first)
    live.send(frame)
    expect(sent).toHaveLength(1)
    expect(live.leave('a')).toBe('live:ensemble,watches')
    expect(live.leave('a')).toBeNull()
    live.send(frame)
    expect(sent).toHaveLength(1)
  })
})
