import { expect, test } from 'vitest'
import { STAGES } from './round-facts.ts'
import { stageShapes } from './stage-shapes.ts'

test('every stage looks different from every other, with and without the quorum', () => {
  const looks = (['none', ...STAGES] as const).map((stage) => JSON.stringify(stageShapes({ stage, quorum: false })))
  // What is on its way to the disk is one mark, wherever it is; words tell the rest.
  expect(new Set(looks).size).toBe(looks.length - 1)
  const diamonds = STAGES.map((stage) => stageShapes({ stage, quorum: true }).map(({ className }) => className))
  for (const shapes of diamonds) expect(shapes).toContain('stage-quorum')
})
