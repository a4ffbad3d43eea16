// Starts Debian's Apache ZooKeeper as a standalone server of its own, for tests against the reference:
// own directory, own free port, own process that ends with the test.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../../testing/free-port.ts'

const JAR = '/usr/share/java/zookeeper.jar'
const JAVA = '/usr/bin/java'
const START_TIMEOUT_MS = 60_000
const POLL_MS = 50
/** The end of what the server has printed, for the error when it does not start. */
const LOG_CHARS_MAX = 20_000

export interface ApacheOptions {
  /** Lines of zoo.cfg beside dataDir and clientPort, for example { tickTime: 200 }. */
  readonly config?: Readonly<Record<string, string | number>>
  /** Java system properties: { 'zookeeper.extendedTypesEnabled': 'true' }. */
  readonly properties?: Readonly<Record<string, string>>
}

export interface ApacheServer {
  readonly port: number
  /** `127.0.0.1:port`. */
  readonly address: string
  readonly pid: () => number
  /** SIGKILL; the data stays. */
  kill(): Promise<void>
  /** Starts it again after kill, on the same port and data. */
  start(): Promise<void>
  /** Stops the process without ending it; resolves when none of its threads runs any more. */
  pause(): Promise<void>
  resume(): void
  /** Ends the process and removes its directory. */
  close(): Promise<void>
}

/** Why there can be no Apache server here, or null when there can. Tests print it when they skip. */
export function apacheMissing(): string | null {
  const missing = [JAVA, JAR].filter((file) => !existsSync(file))
  if (missing.length === 0) return null
  return `no Apache ZooKeeper here (${missing.join(' and ')} missing): apt-get install zookeeper, then these tests run`
}

export async function startApache(options: ApacheOptions = {}): Promise<ApacheServer> {
  const directory = await mkdtemp(join(tmpdir(), 'apache-zookeeper-'))
  const port = await freePort()
  const configFile = join(directory, 'zoo.cfg')
  const config = { tickTime: 500, 'admin.enableServer': 'false', maxClientCnxns: 0, ...options.config }
  const lines = Object.entries({ dataDir: directory, clientPort: port, clientPortAddress: '127.0.0.1', ...config })
  await writeFile(configFile, lines.map(([key, value]) => `${key}=${value}\n`).join(''))

  const properties = Object.entries({ 'zookeeper.preAllocSize': '64', ...options.properties })
  const args = ['-Xmx256m', '-XX:TieredStopAtLevel=1', ...properties.map(([key, value]) => `-D${key}=${value}`)]
  args.push('-cp', JAR, 'org.apache.zookeeper.server.quorum.QuorumPeerMain', configFile)

  let child: ChildProcess | null = null
  let log = ''
  const keepLog = (chunk: Buffer) => {
    log = (log + chunk.toString()).slice(-LOG_CHARS_MAX)
  }
  const killNow = () => child?.kill('SIGKILL')
  process.on('exit', killNow)

  async function start(): Promise<void> {
    const started = spawn(JAVA, args, { cwd: directory, stdio: ['ignore', 'pipe', 'pipe'] })
    child = started
    started.stdout.on('data', keepLog)
    started.stderr.on('data', keepLog)
    const deadline = Date.now() + START_TIMEOUT_MS
    while (!(await isServing(port))) {
      if (started.exitCode !== null) throw new Error(`Apache ZooKeeper ended at once:\n${log}`)
      if (Date.now() > deadline)
        throw new Error(`Apache ZooKeeper does not serve after ${START_TIMEOUT_MS} ms:\n${log}`)
      await new Promise((resolve) => setTimeout(resolve, POLL_MS))
    }
  }

  async function kill(): Promise<void> {
    const ending = child
    child = null
    if (!ending || ending.exitCode !== null || ending.signalCode !== null) return
    const ended = once(ending, 'exit')
    ending.kill('SIGKILL')
    await ended
  }

  async function pause(): Promise<void> {
    child?.kill('SIGSTOP')
    const tasks = `/proc/${child?.pid}/task`
    const stopped = (task: string) =>
      readFile(join(tasks, task, 'stat'), 'utf8').then((text) => / [Tt] \d+ /.test(text))
    while (!(await Promise.all((await readdir(tasks)).map(stopped))).every(Boolean)) {
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
  }

  async function close(): Promise<void> {
    await kill()
    process.off('exit', killNow)
    await rm(directory, { recursive: true, force: true })
  }

  try {
    await start()
  } catch (error) {
    await close()
    throw error
  }
  return {
    port,
    address: `127.0.0.1:${port}`,
    pid: () => child?.pid ?? 0,
    kill,
    start,
    pause,
    resume: () => child?.kill('SIGCONT'),
    close,
  }
}

/** A server that is just starting may accept a connection and then never say anything on it. */
const ANSWER_TIMEOUT_MS = 2000

/** Asks `srvr`, the one word that is allowed by default. */
function isServing(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    let answer = ''
    const socket = net.connect({ port, host: '127.0.0.1' }, () => socket.write('srvr'))
    socket.on('data', (chunk) => {
      answer += chunk.toString()
    })
    socket.setTimeout(ANSWER_TIMEOUT_MS, () => socket.destroy())
    socket.on('error', () => resolve(false))
    socket.on('close', () => resolve(answer.includes('Mode:')))
  })
}
