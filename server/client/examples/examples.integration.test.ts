// The examples run, and say what they are there to say.

import { afterAll, beforeAll, expect, test } from 'vitest'
import { startThrowAwayMember, type ThrowAwayMember } from '../../launch/throw-away-member.ts'
import { builtScript } from '../../testing/built.ts'
import { configuration } from './configuration.ts'
import { lock } from './lock.ts'
import { membership } from './membership.ts'
import { naiveLock } from './naive-lock.ts'

let member: ThrowAwayMember
beforeAll(async () => {
  member = await startThrowAwayMember(builtScript('member'), ['tickTime=250', 'minSessionTimeout=500'])
})
afterAll(() => member?.close())

async function linesOf(example: (servers: string, print: (line: string) => void) => Promise<void>): Promise<string[]> {
  const lines: string[] = []
  await example(member.connectString, (line) => lines.push(line))
  return lines
}

test('lock: one after the other, with rising tokens', async () => {
  const lines = await linesOf(lock)
  expect(lines).toHaveLength(10)
  const tokens = lines.filter((line) => line.includes('has the lock')).map((line) => Number(line.split(' ').at(-1)))
  expect(tokens).toHaveLength(5)
  expect(tokens).toEqual([...tokens].sort((a, b) => a - b))
})

test('naive lock: the herd costs many times what the queue costs', async () => {
  const [, naive = '', queue = ''] = await linesOf(naiveLock)
  const notifications = (line: string) => Number(/(\d+) notifications/.exec(line)?.[1])
  // Of 20, each but the first waits for one: 19. In the herd all those who still wait are told: 19 + 18 + …
  expect(notifications(queue)).toBeLessThanOrEqual(19)
  expect(notifications(naive)).toBeGreaterThan(5 * notifications(queue))
})

test('configuration: every service goes by every change', async () => {
  const lines = await linesOf(configuration)
  for (const service of ['service-1', 'service-2', 'service-3'])
    expect(lines.filter((line) => line.startsWith(service)).at(-1)).toBe(`${service} goes by {"logLevel":"warn"}`)
})

test('membership: who leaves is gone at once, who crashes later', async () => {
  const lines = await linesOf(membership)
  expect(lines).toContain('members: a.example:8080, b.example:8080')
  expect(lines.indexOf('members: b.example:8080', lines.indexOf('a leaves'))).toBeGreaterThan(0)
  expect(Number(/gone after (\d+) ms/.exec(lines.at(-1) ?? '')?.[1])).toBeGreaterThan(1000)
})
