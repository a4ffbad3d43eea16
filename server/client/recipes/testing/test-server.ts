// The servers that recipes are tested against, one interface for both: a member of ours as a process of its own, and
// Apache's (apache-server.ts). Whoever asks for ours has built it.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../../../testing/free-port.ts'
import { apacheMissing, startApache } from '../../testing/apache-server.ts'

export interface TestServer {
  /** `127.0.0.1:port`. */
  readonly address: string
  /** Stops the process without ending it. */
  pause(): Promise<void>
  resume(): void
  close(): Promise<void>
}

/** Short ticks, so that sessions may be short. */
const TICK_MS = 200
const SESSION_MIN_MS = 400
const START_TIMEOUT_MS = 60_000
const POLL_MS = 20

export interface ServerKind {
  readonly name: string
  /** Why there is none here, or null. */
  missing(): string | null
  /** `memberEntry`: our member, built. */
  start(memberEntry: string): Promise<TestServer>
}

export const SERVER_KINDS: readonly ServerKind[] = [
  { name: 'a member of ours', missing: () => null, start: startMember },
  {
    name: 'Apache ZooKeeper',
    missing: apacheMissing,
    start: () => startApache({ config: { tickTime: TICK_MS, minSessionTimeout: SESSION_MIN_MS } }),
  },
]

async function startMember(memberEntry: string): Promise<TestServer> {
  const directory = await mkdtemp(join(tmpdir(), 'zabscope-recipes-'))
  const port = await freePort()
  const config = {
    tickTime: TICK_MS,
    minSessionTimeout: SESSION_MIN_MS,
    'admin.enableServer': 'false',
    maxClientCnxns: 0,
  }
  const place = { dataDir: directory, clientPort: port, clientPortAddress: '127.0.0.1' }
  const lines = Object.entries({ ...place, ...config }).map(([key, value]) => `${key}=${value}\n`)
  await writeFile(join(directory, 'zoo.cfg'), lines.join(''))
  const child = spawn(process.execPath, [memberEntry, join(directory, 'zoo.cfg')], { stdio: 'ignore' })
  const killNow = () => child.kill('SIGKILL')
  process.on('exit', killNow)
  const close = async () => {
    process.off('exit', killNow)
    await end(child)
    await rm(directory, { recursive: true, force: true })
  }
  const deadline = performance.now() + START_TIMEOUT_MS
  while (!(await accepts(port))) {
    if (child.exitCode !== null || performance.now() > deadline) {
      await close()
      throw new Error(`the member does not serve on port ${port}; exit code ${child.exitCode}`)
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
  return {
    address: `127.0.0.1:${port}`,
    pause: async () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    close,
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ port, host: '127.0.0.1' }, () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })
}
