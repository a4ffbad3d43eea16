import { fileURLToPath } from 'node:url'
import { beforeAll, expect, test } from 'vitest'
import { bundle } from '../../launch/bundle.mjs'
import { apacheMissing } from '../harness/member-process.ts'
import { compareServers } from './compare.ts'

const memberEntry = fileURLToPath(new URL('../../../dist/peers/member.js', import.meta.url))
const missing = apacheMissing()

beforeAll(() => bundle('server/launch/member-main.ts', memberEntry))

test.skipIf(missing)('every answer, event and cut-off is the one that Apache gives', async () => {
  const { steps, differences, leftOut } = await compareServers(memberEntry, 20_261_123, 900)
  expect(differences).toEqual([])
  expect(steps).toBeGreaterThan(1000)
  const skipped = [...leftOut.values()].reduce((sum, count) => sum + count, 0)
  expect(skipped).toBeLessThan(steps / 10)
})

if (missing) console.log(`answers are not compared: Apache ZooKeeper is ${missing}`)
