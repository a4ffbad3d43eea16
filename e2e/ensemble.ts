// Starts the built program as a person would, reads what it prints, and ends it. Knows the command line and its
// output, nothing of what is behind.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const START_TIMEOUT_MS = 30_000
const STOP_TIMEOUT_MS = 15_000

export interface MemberLine {
  readonly sid: number
  readonly pid: number
  /** `host:port` for clients. */
  readonly address: string
}

export interface StartOptions {
  readonly dataDir?: string
  readonly members?: number
  readonly port?: number
  readonly clientPort?: number
  /** Of the process, beside those of this one. */
  readonly env?: Readonly<Record<string, string>>
  /** Further arguments of `zabscope up`. */
  readonly args?: readonly string[]
}

export class Ensemble {
  readonly dataDir: string
  readonly url: string
  readonly members: readonly MemberLine[]
  /** When the process was started, ms as Date.now has it. */
  readonly startedAt: number
  readonly #process: ChildProcess
  readonly #output: () => string

  private constructor(
    parts: Pick<Ensemble, 'dataDir' | 'url' | 'members' | 'startedAt'>,
    process: ChildProcess,
    output: () => string,
  ) {
    this.dataDir = parts.dataDir
    this.url = parts.url
    this.members = parts.members
    this.startedAt = parts.startedAt
    this.#process = process
    this.#output = output
  }

  /** Starts `members` members on free ports, with their data in `dataDir` or a new temporary folder. */
  static async start(options: StartOptions = {}): Promise<Ensemble> {
    const dataDir = options.dataDir ?? (await makeDataDir())
    const members = options.members ?? 3
    const args = ['up', '--data', dataDir, '--members', String(members)]
    args.push('--port', String(options.port ?? (await freePort())))
    args.push('--client-port', String(options.clientPort ?? (await freePort())))
    args.push(...(options.args ?? []))
    const startedAt = Date.now()
    const { child, output } = runZabscope(args, options.env)
    const printed = await waitFor(
      () => parseStart(output(), members),
      START_TIMEOUT_MS,
      () => `zabscope ${args.join(' ')} did not print its URL and ${members} members; it printed:\n${output()}`,
      () => child.exitCode !== null,
    ).catch(async (error: unknown) => {
      child.kill('SIGKILL')
      if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true })
      throw error
    })
    return new Ensemble({ dataDir, startedAt, ...printed }, child, output)
  }

  /** Everything printed so far. */
  get output(): string {
    return this.#output()
  }

  /** What the page server noted about events that no member should have sent. */
  async malformedEvents(): Promise<readonly string[]> {
    const lines = (await readFile(join(this.dataDir, 'gateway.log'), 'utf8')).split('\n')
    return lines.filter((line) => line.includes('event stream broken off') || line.includes('malformed event'))
  }

  /** The process that runs member `sid` now, asked of the operating system; null when there is none. */
  pidOf(sid: number): number | null {
    const config = join(this.dataDir, `member-${sid}`, 'zoo.cfg')
    return processes().find(({ command }) => command.includes(config))?.pid ?? null
  }

  /** `kill -9` of a member, as from a shell; with its process id. */
  kill(sid: number): number {
    const pid = this.pidOf(sid)
    if (pid === null) throw new Error(`member ${sid} has no process`)
    process.kill(pid, 'SIGKILL')
    return pid
  }

  /** Ends it as Ctrl-C does and resolves once every process is gone; the data stays. */
  async stop(signal: NodeJS.Signals = 'SIGINT'): Promise<void> {
    const pids = [...this.members.map(({ pid }) => pid), this.#process.pid ?? 0]
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      const ended = once(this.#process, 'exit')
      this.#process.kill(signal)
      await ended
    }
    await waitFor(
      () => (pids.some(isAlive) ? null : true),
      STOP_TIMEOUT_MS,
      () => `still alive after ${signal}: ${pids.filter(isAlive).join(', ')}`,
    )
  }

  /** Ends it and removes its data. */
  async stopAndForget(signal: NodeJS.Signals = 'SIGINT'): Promise<void> {
    await this.stop(signal)
    await rm(this.dataDir, { recursive: true, force: true })
  }
}

/** Adds a user to a file with `zabscope user add`, the password by a pipe. */
export async function addUser(file: string, name: string, role: string, password: string): Promise<void> {
  const args = [join(ROOT, 'dist/server/main.js'), 'user', 'add', name, '--role', role, '--file', file]
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'ignore', 'inherit'] })
  child.stdin.end(`${password}\n`)
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`zabscope user add ${name} ended with ${code}`)
}

export async function makeDataDir(): Promise<string> {
  return await mkdtemp(join(tmpdir(), 'zabscope-e2e-'))
}

/** The command line, with what it prints on both streams. */
export function runZabscope(
  args: readonly string[],
  more: Readonly<Record<string, string>> = {},
): { child: ChildProcess; output: () => string } {
  let text = ''
  const child = spawn(process.execPath, [join(ROOT, 'dist/server/main.js'), ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NO_COLOR: '1', ...more },
  })
  child.stdout.on('data', (chunk) => {
    text += chunk
  })
  child.stderr.on('data', (chunk) => {
    text += chunk
  })
  return { child, output: () => text }
}

/** URL and members from the start's output; null while incomplete. */
function parseStart(output: string, count: number): { url: string; members: MemberLine[] } | null {
  const url = /https?:\/\/\S+#token=\S+/.exec(output)?.[0]
  const lines = [...output.matchAll(/member (\d+)\D+pid (\d+).*?((?:\d+\.){3}\d+:\d+)/g)]
  if (url === undefined || lines.length < count) return null
  return {
    url,
    members: lines
      .slice(0, count)
      .map(([, sid, pid, address]) => ({ sid: Number(sid), pid: Number(pid), address: address ?? '' })),
  }
}

/** Every process of this machine that we may see, with its command line. */
function processes(): { pid: number; command: string }[] {
  if (process.platform !== 'linux') {
    const { stdout } = spawnSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' })
    return [...stdout.matchAll(/^\s*(\d+)\s+(.*)$/gm)].map(([, pid, command = '']) => ({ pid: Number(pid), command }))
  }
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return [{ pid: Number(pid), command: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ') }]
      } catch {
        return [] // It ended meanwhile.
      }
    })
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/**
 * A free port, with some free ones behind it as a rule. From below the range of which the operating system takes ports
 * for outgoing connections: one of those could sit on it while a member is down.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    nextPort += PORTS_APART
    const port = nextPort // others may ask while we look
    if (await isFree(port)) return port
  }
}

const PORTS_APART = 10
let nextPort = 10_000 + (process.pid % 40) * 100

function isFree(port: number): Promise<boolean> {
  const server = createServer()
  return new Promise((resolve) => {
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}

const POLL_MS = 20

/** Asks until the answer is not null. Rejects with `explain()` when time is up or `hopeless()`. */
export async function waitFor<T>(
  ask: () => T | null | Promise<T | null>,
  timeoutMs: number,
  explain: () => string,
  hopeless: () => boolean = () => false,
): Promise<T> {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    const lost = hopeless()
    const answer = await ask()
    if (answer !== null) return answer
    if (lost || performance.now() > deadline) throw new Error(explain())
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
}
