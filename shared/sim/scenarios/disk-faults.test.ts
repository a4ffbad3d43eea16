// Disks that fail, hang, are full or slow; and the last counter of an epoch. §5.3 of invariants.md. What the files
// themselves go through is tested in server/storage under the same ids.

import { describe, expect, test } from 'vitest'
import { ERROR_CODES } from '../../zk/errors.ts'
import { COUNTER_MAX, counterOf, epochOf, makeZxid } from '../../zk/zxid.ts'
import type { DiskMode } from '../world/contract.ts'
import { nearlyExhaust } from './counter.ts'
import { boot, disk, gate, kill, leaderOf, pass, server, settle, split, until, write } from './stage.ts'
import { agree, askAt, at, burst, create, createStory, dataAt, sendRecorded, set, treeOf } from './stage-clients.ts'

describe('R-2247: the disk under the leader fails', () => {
  for (const mode of ['failing', 'full'] satisfies DiskMode[]) {
    test(`${mode}: its process ends with the reason, the others elect one of them and go on`, () => {
      const stage = createStory()
      settle(stage)
      burst(stage, 'a', 1, [create('/x', '0')])
      disk(stage, 3, mode)
      const lost = sendRecorded(stage, 'a', 1, set('/x', '1'))
      until(stage, 'the leader has ended', () => server(stage, 3).peer === null)
      expect(server(stage, 3).ended).toMatch(/disk is full|flush failed/)
      const leader = settle(stage, 1, 2) // V-1: no leader that only pings
      expect(leader.sid).not.toBe(3)
      expect(askAt(stage, 'b', 2, set('/x', '2')).err).toBe(ERROR_CODES.OK)
      expect(lost.err === ERROR_CODES.OK || lost.doneAtMs === null).toBe(true)
      disk(stage, 3, 'ok')
      boot(stage, 3)
      settle(stage)
      agree(stage, 1, 2, 3)
    })
  }

  test('it hangs without an error: the others are a quorum, and writes go on', () => {
    const stage = createStory()
    settle(stage)
    disk(stage, 3, 'stuck')
    const answers = burst(stage, 'a', 1, [create('/x'), set('/x', '1'), set('/x', '2')])
    expect(answers.map((one) => one.err)).toEqual([0, 0, 0])
    expect(leaderOf(stage)?.sid).toBe(3)
    // Its own log is behind: its own vote does not count, but what was committed is.
    expect(server(stage, 3).disk.log.some(({ txn }) => txn.type === 'setData')).toBe(false)
    kill(stage, 3, 0)
    disk(stage, 3, 'ok')
    settle(stage, 1, 2)
    expect(dataAt(stage, 1, '/x')).toBe('2')
    boot(stage, 3)
    settle(stage)
    agree(stage, 1, 2, 3)
  })

  test('a slow disk under one follower delays nobody else (V-11)', () => {
    const stage = createStory()
    settle(stage)
    write(stage, 2, '/warm')
    stage.world.servers.forEach((one) => {
      if (one.sid === 1) Object.assign(one.disk, { mode: 'slow', extraUs: 800_000 })
    })
    const beganAt = stage.world.nowUs
    for (let n = 0; n < 10; n += 1) write(stage, 2, `/n${n}`)
    expect(stage.world.nowUs - beganAt).toBeLessThan(500_000)
  })
})

describe('R-FSYNC: one flush fails', () => {
  test('nothing of it is acked, the process ends, and what it starts from is what its device gives', () => {
    for (const seed of [1, 2, 3, 4, 5, 6]) {
      const stage = createStory({ seed })
      settle(stage)
      burst(stage, 'a', 1, [create('/x', '0')])
      const acked: number[] = []
      stage.world.observers.push({
        stepped(one, _input, effects) {
          if (one.sid !== 3) return
          for (const effect of effects) if (effect.type === 'committed') acked.push(effect.zxid)
        },
      })
      // The leader and one follower would be a quorum; the other follower hears nothing.
      split(stage, [1], [3])
      disk(stage, 3, 'failing')
      at(stage, 'b', 2)
      const lost = sendRecorded(stage, 'b', 2, set('/x', 'lost?'))
      until(stage, 'the leader has ended', () => server(stage, 3).peer === null)
      expect(acked).toEqual([])
      expect(lost.doneAtMs).toBe(null)
      // The follower that has it loses power, and its disk stays dead; the others go on from what is durable.
      kill(stage, 2, 0)
      disk(stage, 3, 'ok')
      boot(stage, 3)
      stage.world.links.cuts.clear()
      settle(stage, 1, 3)
      expect(askAt(stage, 'c', 1, set('/x', 'later')).err).toBe(ERROR_CODES.OK)
      boot(stage, 2)
      settle(stage)
      agree(stage, 1, 2, 3)
    }
  })

  test('a leader whose own flush is not done counts one ack less', () => {
    const stage = createStory()
    settle(stage)
    burst(stage, 'a', 1, [create('/x', '0')])
    disk(stage, 3, 'stuck')
    disk(stage, 2, 'stuck')
    const waiting = sendRecorded(stage, 'a', 1, set('/x', '1'))
    pass(stage, 600)
    expect(waiting.doneAtMs).toBe(null)
    expect(treeOf(stage, 3).nodes.get('/x')?.version).toBe(0)
    disk(stage, 2, 'ok')
    until(stage, 'a quorum has it', () => waiting.doneAtMs !== null)
    disk(stage, 3, 'ok')
  })
})

test('R-1069: a log file without its header is the disk without its last operations: nothing of it was ever acked', () => {
  const stage = createStory()
  settle(stage)
  burst(stage, 'a', 1, [create('/x', '0')])
  // What 1 was asked to write is lost with its power, header and all.
  disk(stage, 1, 'stuck')
  const written = sendRecorded(stage, 'a', 1, set('/x', '1'))
  until(stage, 'the others have committed it', () => dataAt(stage, 3, '/x') === '1')
  const acks: string[] = []
  gate(stage, (from, _to, packet) => {
    if (from === 1 && packet.type === 'ACK') acks.push('ACK')
    return false
  })
  pass(stage, 300)
  expect(acks).toEqual([])
  kill(stage, 1, 0)
  disk(stage, 1, 'ok')
  boot(stage, 1)
  settle(stage)
  agree(stage, 1, 2, 3)
  expect(dataAt(stage, 1, '/x')).toBe('1')
  expect(written.err === ERROR_CODES.OK || written.doneAtMs === null).toBe(true)
})

test('R-1277: at the last counter the leader hands over in good order, and the next epoch begins with 1', () => {
  const stage = createStory({ checked: false }) // all counters are moved on
  settle(stage)
  burst(stage, 'a', 1, [create('/x', '0')])
  const from = nearlyExhaust(stage, 4)
  const epoch = epochOf(from)
  for (const n of [1, 2]) expect(askAt(stage, 'b', 2, set('/x', `${n}`)).zxid).toBe(from + 1 + n)
  expect(server(stage, 3).serving).toBe(true)
  const last = sendRecorded(stage, 'b', 2, set('/x', 'last'))
  until(stage, 'the leader has stepped down', () => !server(stage, 3).serving)
  settle(stage)
  const next = askAt(stage, 'c', 1, set('/x', 'next'))
  expect(next.err).toBe(ERROR_CODES.OK)
  expect(epochOf(next.zxid ?? from)).toBe(epoch + 1)
  agree(stage, 1, 2, 3)
  // B-12: no zxid beyond the last, none twice, and the new epoch from 1 on without a gap.
  const zxids = [...stage.historian.entries.keys()].filter((zxid) => zxid > from).sort((a, b) => a - b)
  expect(zxids[0]).toBe(from + 1)
  const old = zxids.filter((zxid) => epochOf(zxid) === epoch)
  expect(old.at(-1)).toBe(makeZxid(epoch, COUNTER_MAX))
  expect(zxids.filter((zxid) => epochOf(zxid) > epoch).map(counterOf)).toEqual(
    zxids.filter((zxid) => epochOf(zxid) > epoch).map((_, n) => n + 1),
  )
  // Logged by everybody before the hand-over, so it is part of the new epoch's history; its client got no lie.
  expect(last.err === ERROR_CODES.OK || last.doneAtMs === null).toBe(true)
  expect(treeOf(stage, 1).nodes.get('/x')?.version).toBe(4)
})

test('R-1277: many requests at once across the last counter: each happens once or not at all', () => {
  const stage = createStory({ checked: false }) // all counters are moved on
  settle(stage)
  burst(stage, 'a', 1, [create('/q', '0')])
  const from = nearlyExhaust(stage, 5)
  at(stage, 'b', 1)
  const sent = Array.from({ length: 12 }, (_, n) => sendRecorded(stage, 'b', 1, create(`/q/${n}`)))
  until(stage, 'the epoch has changed', () => (leaderOf(stage)?.peer?.zab.currentEpoch ?? 0) > epochOf(from))
  settle(stage)
  agree(stage, 1, 2, 3)
  const children = treeOf(stage, 1).nodes.get('/q')?.children ?? new Set()
  for (const [n, one] of sent.entries()) if (one.err === ERROR_CODES.OK) expect(children.has(`/q/${n}`)).toBe(true)
  expect(children.size).toBeLessThanOrEqual(5)
})
