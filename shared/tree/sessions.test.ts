import { describe, expect, test } from 'vitest'
import { ERROR_CODES as E } from '../zk/errors.ts'
import {
  checkOwner,
  createTracker,
  expire,
  forget,
  isClosing,
  isKnown,
  postponeAll,
  restartAll,
  setClosing,
  setOwner,
  touch,
  track,
} from './sessions.ts'
import { ALICE, BOB } from './testing.ts'

describe('expiry [S-8]', () => {
  test('comes between timeout and timeout + tick after the last touch', () => {
    const tracker = createTracker(500)
    track(tracker, ALICE, 1000, 200)
    expect(touch(tracker, ALICE, null, 700)).toBe(true)
    // floor(1700 / 500) + 1 = 4 ticks
    expect(expire(tracker, 1999)).toEqual([])
    expect(expire(tracker, 2000)).toEqual([ALICE])
    expect(expire(tracker, 9999)).toEqual([])
  })

  test('at a multiple of the tick there is a whole tick more', () => {
    const tracker = createTracker(500)
    track(tracker, ALICE, 1000, 0)
    expect(expire(tracker, 1499)).toEqual([])
    expect(expire(tracker, 1500)).toEqual([ALICE])
  })

  test('an expired session is closing: known, but not to be touched', () => {
    const tracker = createTracker(500)
    track(tracker, ALICE, 1000, 0)
    expire(tracker, 5000)
    expect(isKnown(tracker, ALICE)).toBe(true)
    expect(isClosing(tracker, ALICE)).toBe(true)
    expect(touch(tracker, ALICE, 9000, 5000)).toBe(false)
    expect(checkOwner(tracker, ALICE, 1)).toBe(E.SESSIONEXPIRED)
    forget(tracker, ALICE)
    expect(isKnown(tracker, ALICE)).toBe(false)
    expect(tracker.buckets.size).toBe(0)
  })

  test('the earliest come first', () => {
    const tracker = createTracker(500)
    track(tracker, BOB, 3000, 0)
    track(tracker, ALICE, 1000, 0)
    expect(expire(tracker, 60_000)).toEqual([ALICE, BOB])
  })

  test('a session that is being closed does not expire', () => {
    const tracker = createTracker(500)
    track(tracker, ALICE, 1000, 0)
    setClosing(tracker, ALICE)
    expect(expire(tracker, 60_000)).toEqual([])
    expect(touch(tracker, ALICE, null, 0)).toBe(false)
  })

  test('a renegotiated timeout holds from then on', () => {
    const tracker = createTracker(500)
    track(tracker, ALICE, 1000, 0)
    touch(tracker, ALICE, 10_000, 0)
    touch(tracker, ALICE, null, 100)
    expect(expire(tracker, 10_000)).toEqual([])
    expect(expire(tracker, 10_500)).toEqual([ALICE])
  })

  test('an unknown session cannot be touched', () => {
    expect(touch(createTracker(500), ALICE, 1000, 0)).toBe(false)
  })
})

describe('when the leader could not listen [O-18]', () => {
  test('all deadlines move by the gap, but not those of closing sessions', () => {
    const tracker = createTracker(500)
    track(tracker, ALICE, 1000, 0)
    track(tracker, BOB, 1000, 0)
    setClosing(tracker, BOB)
    postponeAll(tracker, 4800)
    expect(expire(tracker, 6499)).toEqual([])
    expect(expire(tracker, 6500)).toEqual([ALICE])
  })
})

test('a new leader gives every session of the tree its full timeout, and no owner', () => {
  const tracker = createTracker(500)
  track(tracker, ALICE, 1000, 0)
  setOwner(tracker, ALICE, 7)
  restartAll(tracker, new Map([[BOB, 2000]]), 10_000)
  expect(isKnown(tracker, ALICE)).toBe(false)
  expect(checkOwner(tracker, BOB, 3)).toBe(E.OK)
  expect(expire(tracker, 12_000)).toEqual([])
  expect(expire(tracker, 12_500)).toEqual([BOB])
})

test('the first to ask owns a session without an owner; then only who connects may take it over', () => {
  const tracker = createTracker(500)
  track(tracker, ALICE, 1000, 0)
  expect(checkOwner(tracker, ALICE, 1)).toBe(E.OK)
  expect(checkOwner(tracker, ALICE, 2)).toBe(E.SESSIONMOVED)
  setOwner(tracker, ALICE, 2)
  expect(checkOwner(tracker, ALICE, 1)).toBe(E.SESSIONMOVED)
  expect(checkOwner(tracker, ALICE, 2)).toBe(E.OK)
  expect(checkOwner(tracker, BOB, 2)).toBe(E.SESSIONEXPIRED)
})
