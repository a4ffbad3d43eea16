// The built program, started as a person would, for tests that kill it.

import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { io } from 'socket.io-client'
import { expect, vi } from 'vitest'
import type { ZooKeeper } from '../../client/zookeeper.ts'
import { freePort } from '../../testing/free-port.ts'

export const PROGRAM = fileURLToPath(new URL('../../../dist/server/main.js', import.meta.url))
export const WAIT = { timeout: 60_000, interval: 30 }

export interface Up {
  readonly program: ChildProcess
  /** Process ids of three members, in their order. */
  readonly members: readonly number[]
  readonly servers: string
  readonly base: string
  readonly token: string
  /** What it has printed so far. */
  readonly said: () => string
}

/** @param programs where its process is put at once, for whoever cleans up */
export async function startUp(dataDir: string, programs: ChildProcess[], more: readonly string[] = []): Promise<Up> {
  const args = [PROGRAM, 'up', '--data', dataDir, '--port', String(await freePort()), ...more]
  const program = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  programs.push(program)
  let said = ''
  program.stdout.on('data', (chunk) => {
    said += String(chunk)
  })
  await vi.waitFor(() => expect(said).toContain('#token='), WAIT)
  const members = lockedMembers(dataDir)
  expect(members).toHaveLength(3)
  const roster = JSON.parse(readFileSync(join(dataDir, 'ensemble.json'), 'utf8')) as {
    members: { clientPort: number }[]
  }
  const servers = roster.members.map(({ clientPort }) => `127.0.0.1:${clientPort}`).join(',')
  const [, base = '', token = ''] = /(http:\/\/127\.0\.0\.1:\d+)\/#token=(\S+)/.exec(said) ?? []
  return { program, members, servers, base, token, said: () => said }
}

/** Process ids that the lock file names. */
export function lockedMembers(dataDir: string): number[] {
  const lock = JSON.parse(readFileSync(join(dataDir, 'ensemble.lock'), 'utf8')) as { members: { pid: number }[] }
  return lock.members.map(({ pid }) => pid)
}

/** One request as the page makes it; the answer's value. */
export async function askPage(
  { base, token }: Pick<Up, 'base' | 'token'>,
  name: string,
  request: object,
): Promise<unknown> {
  const page = io(base, { transports: ['websocket'], auth: { token }, extraHeaders: { Origin: base } })
  await new Promise<void>((resolve) => page.on('connect', resolve))
  const answer = await page.emitWithAck(name, request)
  page.disconnect()
  expect(answer).toMatchObject({ ok: true })
  return answer.value
}

/** Sets /n to 1, 2, 3 … until a write fails; resolves with the last that was acknowledged. */
export async function writeOn(zk: ZooKeeper, onAcked: (n: number) => void, goesOn = () => true): Promise<number> {
  let acked = 0
  try {
    for (let n = 1; goesOn(); n += 1) {
      await zk.setData('/n', String(n))
      acked = n
      onAcked(n)
    }
  } catch {
    // The servers are gone.
  }
  return acked
}
