import { fileURLToPath } from 'node:url'
import { beforeAll, expect, test } from 'vitest'
import { bundle } from '../../launch/bundle.mjs'
import { apacheMissing } from '../harness/member-process.ts'
import { runMixed } from './mixed-run.ts'

const memberEntry = fileURLToPath(new URL('../../../dist/peers/member.js', import.meta.url))
const missing = apacheMissing()
const silent = () => undefined

beforeAll(() => bundle('server/launch/member-main.ts', memberEntry))

test.skipIf(missing)(
  'two of Apache and one of ours: DIFF, TRUNC and SNAP both ways, then kills; nothing lost, trees equal',
  async () => {
    const syncs = [
      { mode: 'TRUNC', from: 'ours' },
      { mode: 'TRUNC', from: 'apache' },
      { mode: 'SNAP', from: 'ours' },
      { mode: 'SNAP', from: 'apache' },
    ] as const
    const report = await runMixed({ ours: 1, kills: 3, seed: 11, syncs, memberEntry, say: silent })
    expect(report.wrong).toEqual([])
    expect(report.syncs).toHaveLength(syncs.length)
    expect(report.acknowledged).toBeGreaterThan(100)
  },
)

test.skipIf(missing)('one of Apache and two of ours: kills, and a DIFF each way', async () => {
  const syncs = [
    { mode: 'DIFF', from: 'ours' },
    { mode: 'DIFF', from: 'apache' },
  ] as const
  const report = await runMixed({ ours: 2, kills: 2, seed: 12, syncs, memberEntry, say: silent })
  expect(report.wrong).toEqual([])
  expect(report.kills.ours).toBeGreaterThan(0)
  expect(report.acknowledged).toBeGreaterThan(100)
})

if (missing) console.log(`ensembles of both kinds are not tested: Apache ZooKeeper is ${missing}`)
