import { afterEach, beforeEach, expect, test } from 'vitest'
import { applyEvent } from '#shared/events/apply-event.ts'
import { type ClusterView, emptyClusterView } from '#shared/events/cluster-view.ts'
import type { HistoryMoment } from '#shared/events/history-protocol.ts'
import type { GatewayEvent } from '#shared/events/socket-protocol.ts'
import { type Feed, failed } from '../feeds/feed.ts'
import { setFeed } from './ask.ts'
import { backToNow, rewind, stepTo, useMoment } from './moment-store.ts'
import { currentView, forgetView, replaceView, serverNow, useViewStore } from './view-store.ts'

const looks = (t: number, sid: number): GatewayEvent => ({
  type: 'state',
  t,
  sid,
  state: 'LOOKING',
  round: 1,
  reason: '',
})
const STORY: readonly GatewayEvent[] = [looks(10, 1), looks(20, 2), looks(30, 3), looks(40, 1)]

function after(count: number): ClusterView {
  const view = emptyClusterView()
  for (const event of STORY.slice(0, count)) applyEvent(view, event)
  return view
}

let asked: number[] = []

/** Tells two events on either side. */
const feed: Feed = {
  start: () => undefined,
  retryNow: () => undefined,
  stop: () => undefined,
  lookAt: () => undefined,
  ask(name, request) {
    if (name !== 'history:moment' || !('atMs' in request)) return Promise.resolve(failed('NO', 'no'))
    asked.push(request.atMs)
    const happened = STORY.filter(({ t }) => t <= request.atMs).length
    const first = Math.max(0, happened - 2)
    const value: HistoryMoment = {
      view: after(first),
      events: STORY.slice(first, happened + 2),
      before: happened - first,
      heldFromMs: 10,
    }
    return Promise.resolve({ ok: true, value } as never) // the answer to this one request
  },
}

beforeEach(() => {
  asked = []
  setFeed(feed)
  replaceView(after(4))
})
afterEach(() => {
  backToNow()
  setFeed(null)
  forgetView()
})

test('the past is shown, the present folded on; the clock shows the moment', async () => {
  await rewind(25)
  expect(useViewStore.getState()).toMatchObject({ view: after(2), pastAt: 20 })
  expect(serverNow()).toBe(20)
  expect(currentView()).toEqual(after(4))
  applyEvent(currentView(), looks(50, 2))
  expect(useViewStore.getState().view).toEqual(after(2))
  backToNow()
  expect(useViewStore.getState().view).not.toEqual(after(4))
  expect(useViewStore.getState()).toMatchObject({ view: currentView(), pastAt: null })
})

test('steps go on and back, also beyond what was told at first, and end where the history does', async () => {
  await rewind(10)
  const shown = () => useViewStore.getState().pastAt
  for (const t of [20, 30, 40]) {
    expect(await stepTo('election', true)).toBe(true)
    expect(shown()).toBe(t)
  }
  expect(useViewStore.getState().view).toEqual(after(4))
  expect(asked.length, 'the last ones were asked for').toBeGreaterThan(1)
  expect(await stepTo('event', true)).toBe(false)
  for (const t of [30, 20, 10]) {
    expect(await stepTo('event', false)).toBe(true)
    expect(shown()).toBe(t)
  }
  expect(useViewStore.getState().view, 'the same as on the way there').toEqual(after(1))
  expect(await stepTo('event', false)).toBe(false)
  expect(await stepTo('round', true)).toBe(false)
})

test('an answer that nobody waits for any more shows nothing', async () => {
  const late = rewind(10)
  backToNow()
  await late
  expect(useViewStore.getState().pastAt).toBeNull()
  expect(useMoment.getState()).toMatchObject({ moment: null, busy: false })
})
