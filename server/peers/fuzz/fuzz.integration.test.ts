import { fileURLToPath } from 'node:url'
import { beforeAll, expect, test } from 'vitest'
import { bundle } from '../../launch/bundle.mjs'
import { runFuzz } from './fuzz-run.ts'
import { createGarbage } from './garbage.ts'

const memberEntry = fileURLToPath(new URL('../../../dist/peers/member.js', import.meta.url))

beforeAll(() => bundle('server/launch/member-main.ts', memberEntry))

test('garbage on every port: no member ends or grows, clients are served, the log says it in few words', async () => {
  const report = await runFuzz({ seconds: 8, seed: 5, memberEntry })
  expect(report.wrong).toEqual([])
  expect(report.said.lied).toBeGreaterThan(50)
  expect(report.said.silent).toBeGreaterThan(50)
  expect(report.acknowledged).toBeGreaterThan(50)
})

test('a seed gives the same garbage again', () => {
  const [one, two] = [createGarbage(7), createGarbage(7)]
  for (const port of ['client', 'quorum', 'election'] as const)
    for (let at = 0; at < 50; at += 1) expect(one.next(port)).toEqual(two.next(port))
})
