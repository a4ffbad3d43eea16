import { expect, test } from 'vitest'
import type { PhaseNote } from './chronicle/chronicle.ts'
import { phaseStrips } from './phase-strips.ts'

const note = (t: number, sid: number, phase: PhaseNote['phase']): PhaseNote => ({ t, sid, phase, epoch: 2 })

test('bars of each member from its first phase to the last one heard', () => {
  const phases = [
    note(1000, 1, 'ELECTION'),
    note(1000, 1, 'ELECTION'),
    note(1040, 1, 'DISCOVERY'),
    note(1060, 1, 'SYNCHRONIZATION'),
    note(1100, 1, 'BROADCAST'),
    note(1010, 2, 'ELECTION'),
    note(1050, 2, 'DISCOVERY'),
    note(9000, 1, 'ELECTION'),
  ]
  const syncs = [{ t: 1070, leader: 2, learner: 1, how: 'DIFF' as const, zxid: '0x100000002', count: 3 }]
  const found = phaseStrips({ phases, syncs }, 1005, 9000)
  expect(found?.spanMs).toBeCloseTo(112)
  expect(found?.strips[0]?.bars.map(({ phase, from, to }) => [phase, from, Math.round(to)])).toEqual([
    ['ELECTION', 0, 40],
    ['DISCOVERY', 40, 60],
    ['SYNCHRONIZATION', 60, 100],
    ['BROADCAST', 100, 112],
  ])
  expect(found?.strips[0]?.syncs).toEqual([{ at: 70, how: 'DIFF', zxid: '0x100000002' }])
  expect(found?.strips[1]?.bars.map(({ ended }) => ended)).toEqual([true, false])
})

test('nothing is made of phases that nobody heard', () => {
  expect(phaseStrips({ phases: [note(1, 1, 'ELECTION')], syncs: [] }, 0, 100)).toBeNull()
})
