import { expect, test } from 'vitest'
import type { PeerEffect, PeerInput } from '#shared/peer/contract.ts'
import type { Peer } from '#shared/peer/peer.ts'
import { type CrashPoint, CrashPoints } from './crash-points.ts'

const PEER = {} as Peer // the steps of this test do not look at it
const TICK = { type: 'tick', nowMs: 1, wallMs: 1 } as PeerInput
const COMMIT = { type: 'packet', link: 1, packet: { type: 'COMMIT', zxid: 1 } } as unknown as PeerInput
const PERSISTED = { type: 'persisted', upTo: 1 } as unknown as PeerInput
const send = (type: string) => ({ type: 'send', link: 1, packet: { type } }) as unknown as PeerEffect

/** What was performed, and where it ended. */
function run(armed: CrashPoint | null, input: PeerInput, effects: readonly PeerEffect[]) {
  const crashed: CrashPoint[] = []
  const points = new CrashPoints((at) => crashed.push(at))
  let steps = 0
  const step = points.around((_peer, _input, out) => {
    steps += 1
    out.push(...effects)
  })
  points.arm(armed)
  step(PEER, input, [send('PROPOSAL')])
  return { crashed, steps }
}

test.each<[CrashPoint, PeerInput, PeerEffect[], number]>([
  ['beforeProposal', TICK, [send('PING'), send('PROPOSAL')], 1],
  ['beforeCommit', PERSISTED, [send('COMMIT')], 1],
  ['afterFlush', PERSISTED, [], 0],
  ['afterAck', COMMIT, [], 0],
])('%s ends the process there', (point, input, effects, steps) => {
  expect(run(point, input, effects)).toEqual({ crashed: [point], steps })
  expect(run(null, input, effects)).toEqual({ crashed: [], steps: 1 })
})

test('what is no such moment passes, also what an earlier step has asked for', () => {
  expect(run('beforeProposal', TICK, [send('COMMIT')])).toEqual({ crashed: [], steps: 1 })
  expect(run('beforeCommit', COMMIT, [send('PROPOSAL')])).toEqual({ crashed: [], steps: 1 })
  expect(run('afterFlush', COMMIT, []).crashed).toEqual([])
})
