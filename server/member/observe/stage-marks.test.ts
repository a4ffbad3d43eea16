import { expect, test } from 'vitest'
import type { Sid } from '#shared/zk/ids.ts'
import { makeZxid } from '#shared/zk/zxid.ts'
import { createTurn } from '../turn.ts'
import { createStageMarks } from './stage-marks.ts'

/** Marks whose turn ends when the test says so; `said` as `type or stage, zxid`. */
function rig(every = 1) {
  const said: string[] = []
  let ends: (() => void) | null = null
  let now = 0
  const marks = createStageMarks({
    clock: { monotonicMs: () => now, wallMs: () => now, preciseWallMs: () => ++now },
    turn: createTurn((run) => {
      ends = run
    }),
    sampler: { passesTold: (a, b) => every === 1 || Math.floor(a / every) !== Math.floor(b / every) },
    emit: (event) => said.push(`${event.type === 'mark' ? event.stage : `quorum by ${event.by}`} ${event.zxid}`),
  })
  return { marks, said, endTurn: () => ends?.() }
}

test('a turn tells the last of each stage, in the order of stages', () => {
  const { marks, said, endTurn } = rig()
  marks.mark('applied', makeZxid(1, 3))
  marks.mark('logged', makeZxid(1, 4))
  marks.mark('logged', makeZxid(1, 5))
  expect(said).toEqual([])
  endTurn()
  expect(said).toEqual(['logged 0x100000005', 'applied 0x100000003'])
})

test('a turn that brings several epochs tells the last of each', () => {
  const { marks, said, endTurn } = rig()
  for (const zxid of [makeZxid(1, 8), makeZxid(1, 9), makeZxid(2, 0), makeZxid(3, 1), makeZxid(3, 2)]) {
    marks.mark('received', zxid)
  }
  marks.mark('logged', makeZxid(1, 9))
  endTurn()
  expect(said).toEqual(['received 0x100000009', 'received 0x300000002', 'logged 0x100000009'])
})

test("a quorum of a new epoch does not overtake the old epoch's commits", () => {
  const { marks, said, endTurn } = rig()
  marks.committed(makeZxid(1, 9), 2 as Sid)
  marks.committed(makeZxid(2, 1), 3 as Sid)
  endTurn()
  expect(said).toEqual([
    'quorum by 2 0x100000009',
    'committed 0x100000009',
    'quorum by 3 0x200000001',
    'committed 0x200000001',
  ])
})

test('while rounds are sampled, marks that pass none that is told wait, and the last one comes', () => {
  const { marks, said, endTurn } = rig(4)
  for (const counter of [1, 2, 3, 4, 5, 7, 9]) {
    marks.mark('applied', makeZxid(1, counter))
    endTurn()
  }
  expect(said).toEqual(['applied 0x100000001', 'applied 0x100000004', 'applied 0x100000009'])
  marks.committed(makeZxid(1, 10), 2 as Sid)
  marks.committed(makeZxid(1, 11), 2 as Sid)
  endTurn()
  marks.committed(makeZxid(1, 11), 2 as Sid)
  endTurn()
  said.length = 0
  marks.mark('applied', makeZxid(1, 11))
  endTurn()
  expect(said).toEqual([])
  marks.settle()
  expect(said).toEqual(['quorum by 2 0x10000000b', 'committed 0x10000000b', 'applied 0x10000000b'])
})
