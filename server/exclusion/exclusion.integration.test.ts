// A few seconds of the real thing, with contenders of ours alone: `npm run exclusion` has the other libraries and the time.

import { fileURLToPath } from 'node:url'
import { beforeAll, expect, test } from 'vitest'
import { bundle } from '../launch/bundle.mjs'
import { runExclusion } from './run.ts'

const built = (name: string) => fileURLToPath(new URL(`../../dist/exclusion/${name}`, import.meta.url))
const programs = fileURLToPath(new URL('./programs', import.meta.url))
const [memberEntry, contenderEntry] = [built('member.js'), built('contender.js')]

beforeAll(async () => {
  await bundle('server/launch/member-main.ts', memberEntry)
  await bundle('server/exclusion/contender.ts', contenderEntry)
})

test('members are killed under eight contenders, and never two are inside', async () => {
  const said: string[] = []
  const report = await runExclusion({
    ...{ minutes: 0.1, seed: 7, contenders: 8, others: [] },
    ...{ memberEntry, contenderEntry, programs },
    say: (line) => said.push(line),
  })
  // On a busy machine a third of six seconds may pass without somebody: that is for longer runs.
  expect(report.violations.filter((sentence) => !sentence.includes('never inside'))).toEqual([])
  expect(report.kills).toBeGreaterThan(0)
  expect(report.fewest).toBeGreaterThan(0)
  expect(report.tenths.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(8)
  expect(report.history.left).toBeGreaterThan(8)
})
