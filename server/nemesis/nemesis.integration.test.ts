// The whole of it, for twelve seconds: real members, real clients, faults of a fixed seed, every check. Ten minutes
// are `npm run nemesis`.

import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Report } from './report.ts'

const SCRIPT = fileURLToPath(new URL('../launch/nemesis.mjs', import.meta.url))
/** In twelve seconds: kill, pause, restart, isolate, and a disk that fails. */
const SEED = 900

let dir = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'zabscope-nemesis-test-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

function nemesis(...args: string[]): Promise<{ readonly code: number | null; readonly said: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [SCRIPT, ...args], { env: { ...process.env, TMPDIR: dir } })
    let said = ''
    const keep = (chunk: Buffer) => {
      said += chunk.toString()
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, said }))
  })
}

test('an ensemble that is killed, paused, cut apart and whose disks fail keeps every promise', async () => {
  const file = join(dir, 'report.json')
  const { code, said } = await nemesis('--seed', String(SEED), '--minutes', '0.2', '--report', file)
  expect(code, said).toBe(0)
  // Written by the run above.
  const report = JSON.parse(readFileSync(file, 'utf8')) as Report
  const hit = new Map(report.faults.map(({ type, done }) => [type, done]))
  for (const type of ['kill', 'pause', 'isolate', 'disk']) expect(hit.get(type) ?? 0, type).toBeGreaterThan(0)
  expect(report.operations).toBeGreaterThan(300)
  expect(report.txns).toBeGreaterThan(100)
  expect(report.registers).toBeGreaterThan(0)
  expect(report.events).toBeGreaterThan(5)
  expect(report.evidence, 'a clean run leaves nothing behind').toBeNull()
})
