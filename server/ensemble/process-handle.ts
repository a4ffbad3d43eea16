// A member's process, whether we have started it or found it running: signalled, and its end noticed. A child's end comes
// with its exit code; that of an adopted process is seen by looking, and how it ended only its log tells.

import { type ChildProcess, spawn } from 'node:child_process'
import { dirname } from 'node:path'
import { isStill, type ProcessIdentity, signalStill, startMark } from './process-table.ts'

/** How often an adopted process is looked at. */
const LOOK_MS = 100

/** What a member inherits of our environment; nothing else, above all no credentials. */
const ENV_ALLOWED = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'LC_ALL', 'TZ', 'ZABSCOPE_LOG_LEVEL']

export interface ProcessEnded {
  /** Both null for an adopted process, and for one that could not be started. */
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  /** Why it could not be started. */
  readonly error?: Error
}

export interface ProcessHandle {
  /** pid 0: it could not be started. */
  readonly identity: ProcessIdentity
  readonly adopted: boolean
  signal(signal: NodeJS.Signals): void
  /** Resolves once, also for a process that could not be started; never after letGo of an adopted one. */
  readonly ended: Promise<ProcessEnded>
  /** No more of our business: it goes on without us. */
  letGo(): void
}

export interface SpawnOptions {
  /** The script that runs one member from a zoo.cfg. */
  readonly memberEntry: string
  readonly config: string
  /** File descriptor of its log. */
  readonly log: number
  /** It goes on when we end; otherwise it ends with us. */
  readonly outlives: boolean
}

/** Detached, because Ctrl-C is for the supervisor, which then stops the members in good order. */
export function spawnMember({ memberEntry, config, log, outlives }: SpawnOptions): ProcessHandle {
  // The pipe to its standard input stays open as long as we live: its end tells a member that we are gone.
  const child = spawn(process.execPath, [memberEntry, config], {
    cwd: dirname(config),
    env: memberEnv(outlives),
    stdio: [outlives ? 'ignore' : 'pipe', log, log],
    detached: true,
    shell: false,
  })
  child.stdin?.on('error', () => undefined) // EPIPE when it ends; the exit event tells.
  const pid = child.pid ?? 0
  return {
    identity: { pid, startMark: pid === 0 ? null : startMark(pid) },
    adopted: false,
    signal: (signal) => void child.kill(signal),
    ended: endOf(child),
    letGo: () => child.unref(),
  }
}

function endOf(child: ChildProcess): Promise<ProcessEnded> {
  return new Promise((resolve) => {
    child.once('error', (error) => {
      if (child.pid === undefined) resolve({ code: null, signal: null, error })
    })
    child.once('exit', (code, signal) => {
      child.stdin?.destroy()
      resolve({ code, signal })
    })
  })
}

/** [P-2] Every signal looks first whether it is still that process. */
export function adoptProcess(identity: ProcessIdentity): ProcessHandle {
  let timer: NodeJS.Timeout | undefined
  const ended = new Promise<ProcessEnded>((resolve) => {
    timer = setInterval(() => {
      if (isStill(identity)) return
      clearInterval(timer)
      resolve({ code: null, signal: null })
    }, LOOK_MS)
  })
  return {
    identity,
    adopted: true,
    signal: (signal) => void signalStill(identity, signal),
    ended,
    letGo: () => clearInterval(timer),
  }
}

function memberEnv(outlives: boolean): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = outlives ? {} : { ZABSCOPE_PARENT_PIPE: '1' }
  for (const name of ENV_ALLOWED) {
    const value = process.env[name]
    if (value !== undefined) env[name] = value
  }
  return env
}
