// One member's operating-system process: spawned, watched, signalled. Knows nothing of ZooKeeper; when the
// member's client port answers, the process counts as running. It only ever signals the process it spawned.

import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import type { ProcessEnd, ProcessState } from '#shared/events/cluster-view.ts'
import { EnsembleError } from './ensemble-error.ts'
import { lastLogLines, openLog } from './log-file.ts'
import { guardPaused } from './pause-guard.ts'
import { HOST } from './ports.ts'
import type { MemberPlan } from './zoo-cfg.ts'

/** After SIGTERM; then SIGKILL. */
const STOP_DEADLINE_MS = 5000
const PROBE_INTERVAL_MS = 20

/** What a member inherits of our environment; nothing else, above all no credentials. */
const ENV_ALLOWED = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'LC_ALL', 'TZ', 'ZABSCOPE_LOG_LEVEL']

export interface ProcessChange {
  readonly sid: number
  readonly process: ProcessState
  readonly pid: number | null
  /** Why, as the end of a sentence. */
  readonly reason: string
  /** Of a process that has just ended. */
  readonly end?: ProcessEnd
}

export interface MemberProcessOptions {
  readonly plan: MemberPlan
  /** The script that runs one member from a zoo.cfg. */
  readonly memberEntry: string
  /** Called at every change of state, in order. */
  readonly onChange: (change: ProcessChange) => void
}

export class MemberProcess {
  readonly plan: MemberPlan
  readonly #options: MemberProcessOptions
  #child: ChildProcess | null = null
  #state: ProcessState = 'stopped'
  /** What we asked for, so that its end is not taken for an accident. */
  #asked: 'stop' | 'kill' | null = null
  #ended: Promise<void> = Promise.resolve()
  #lastEnd: ProcessEnd | null = null
  #endGuard: (() => void) | null = null

  constructor(options: MemberProcessOptions) {
    this.plan = options.plan
    this.#options = options
  }

  get state(): ProcessState {
    return this.#state
  }

  get pid(): number | null {
    return this.#child?.pid ?? null
  }

  /** How the last process ended. */
  get lastEnd(): ProcessEnd | null {
    return this.#lastEnd
  }

  get isAlive(): boolean {
    return this.#child !== null
  }

  /** Resolves when the present process, if any, has ended. */
  get ended(): Promise<void> {
    return this.#ended
  }

  /** Spawns the process. Throws EnsembleError WRONG_STATE when there is one. */
  start(): void {
    if (this.#child) throw this.#wrongState('is running already; stop it first')
    const log = openLog(join(this.plan.dir, 'server.log'))
    const { dir } = this.plan
    // The pipe to its standard input stays open as long as we live: its end tells a member that we are gone.
    // Detached, because Ctrl-C is for the supervisor, which then stops the members in good order.
    const child = spawn(process.execPath, [this.#options.memberEntry, join(dir, 'zoo.cfg')], {
      cwd: dir,
      env: memberEnv(),
      stdio: ['pipe', log, log],
      detached: true,
      shell: false,
    })
    closeSync(log)
    child.stdin?.on('error', () => undefined) // EPIPE when it ends; the exit event tells.
    this.#child = child
    this.#asked = null
    this.#ended = new Promise((resolve) => {
      const end = (how: ProcessEnd, reason: string, process: ProcessState): void => {
        if (this.#child !== child) return
        this.#child = null
        this.#unguard()
        child.stdin?.destroy()
        this.#lastEnd = how
        this.#state = process
        this.#options.onChange({ sid: this.plan.sid, process, pid: null, reason, end: how })
        resolve()
      }
      child.once('error', (error) => {
        const how = { exitCode: null, signal: null, expected: false, lines: [] }
        if (child.pid === undefined) end(how, `it could not be started: ${error.message}`, 'killed')
      })
      child.once('exit', (code, signal) => {
        const expected = this.#asked !== null
        const lines = expected ? [] : lastLogLines(join(dir, 'server.log'))
        end({ exitCode: code, signal, expected, lines }, ...this.#howItEnded(code, signal, lines.at(-1) ?? ''))
      })
    })
    this.#change('starting', 'started')
    this.#probe(child)
  }

  /** SIGKILL, as `kill -9` does it. Throws EnsembleError WRONG_STATE when there is no process. */
  kill(): void {
    const child = this.#need()
    this.#asked = 'kill'
    child.kill('SIGKILL')
  }

  /** It has ended too often to be started again by itself. */
  giveUp(): void {
    if (!this.#child) this.#change('killed', 'it has ended too often, and is not started again by itself; see its log')
  }

  /** SIGTERM, and SIGKILL when that takes too long; resolves when the process has ended. */
  async stop(): Promise<void> {
    const child = this.#child
    if (!child) return
    this.#asked = 'stop'
    child.kill('SIGTERM')
    // A paused process gets the signal only once it continues.
    child.kill('SIGCONT')
    const force = setTimeout(() => child.kill('SIGKILL'), STOP_DEADLINE_MS)
    await this.#ended
    clearTimeout(force)
  }

  /** SIGSTOP. Throws EnsembleError WRONG_STATE. */
  pause(): void {
    const child = this.#need()
    if (this.#state === 'paused') throw this.#wrongState('is paused already')
    child.kill('SIGSTOP')
    if (child.pid !== undefined) this.#endGuard = guardPaused(child.pid)
    this.#change('paused', 'SIGSTOP')
  }

  /** SIGCONT. Throws EnsembleError WRONG_STATE. */
  resume(): void {
    const child = this.#need()
    if (this.#state !== 'paused') throw this.#wrongState('is not paused')
    child.kill('SIGCONT')
    this.#unguard()
    this.#change('running', 'SIGCONT')
  }

  #unguard(): void {
    this.#endGuard?.()
    this.#endGuard = null
  }

  #need(): ChildProcess {
    if (!this.#child) throw this.#wrongState('has no process; start it first')
    return this.#child
  }

  #wrongState(what: string): EnsembleError {
    return new EnsembleError('WRONG_STATE', `Member ${this.plan.sid} ${what}.`)
  }

  #change(process: ProcessState, reason: string): void {
    this.#state = process
    this.#options.onChange({ sid: this.plan.sid, process, pid: this.pid, reason })
  }

  #howItEnded(code: number | null, signal: NodeJS.Signals | null, last: string): [string, ProcessState] {
    if (this.#asked === 'stop') return ['as asked', 'stopped']
    if (this.#asked === 'kill' || signal) return [`by ${signal ?? 'SIGKILL'}`, 'killed']
    if (code === 0) return ['somebody asked it to', 'stopped']
    return [`exit code ${code}${last === '' ? '' : `: ${last}`}`, 'killed']
  }

  /** Running once the client port takes connections; asks again until then or until the process is gone. */
  #probe(child: ChildProcess): void {
    if (this.#child !== child) return
    const again = (): void => void setTimeout(() => this.#probe(child), PROBE_INTERVAL_MS)
    const socket = connect({ port: this.plan.clientPort, host: HOST })
    socket.once('connect', () => {
      socket.destroy()
      if (this.#child === child && this.#state === 'starting') this.#change('running', 'its client port is open')
    })
    socket.once('error', again)
  }
}

function memberEnv(): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ZABSCOPE_PARENT_PIPE: '1' }
  for (const name of ENV_ALLOWED) {
    const value = process.env[name]
    if (value !== undefined) env[name] = value
  }
  return env
}
