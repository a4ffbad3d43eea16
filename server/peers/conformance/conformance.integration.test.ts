import { fileURLToPath } from 'node:url'
import { beforeAll, expect, test } from 'vitest'
import { bundle } from '../../launch/bundle.mjs'
import { apacheMissing, type MemberKind } from '../harness/member-process.ts'
import { runConformance } from './conformance-run.ts'

const memberEntry = fileURLToPath(new URL('../../../dist/peers/member.js', import.meta.url))
const missing = apacheMissing()
if (missing) console.log(`the client is not tested against Apache's servers: Apache ZooKeeper is ${missing}`)
const kinds: readonly MemberKind[] = missing ? ['ours'] : ['ours', 'apache']

beforeAll(() => bundle('server/launch/member-main.ts', memberEntry))

test.each(kinds)('every operation, error and watch rule with servers (%s) that are killed meanwhile', async (kind) => {
  const report = await runConformance({ kind, memberEntry, seconds: 1, kills: 2, seed: 5, say: () => undefined })
  expect(report.wrong).toEqual([])
  expect(Math.min(...report.passed.values())).toBeGreaterThan(0)
  expect(report.kills).toBeGreaterThanOrEqual(2)
  expect(report.writes).toBeGreaterThan(50)
})
