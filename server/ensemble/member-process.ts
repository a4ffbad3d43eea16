// One member's operating-system process: spawned or adopted, watched, signalled. Knows nothing of ZooKeeper; when the
// member's client port answers, the process counts as running. It only ever signals the process it spawned or adopted.

import { closeSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import type { ProcessEnd, ProcessState } from '#shared/events/cluster-view.ts'
import { EnsembleError } from './ensemble-error.ts'
import { lastLogLines, openLog } from './log-file.ts'
import { guardPaused } from './pause-guard.ts'
import { HOST } from './ports.ts'
import { adoptProcess, type ProcessEnded, type ProcessHandle, spawnMember } from './process-handle.ts'
import { isStopped, type ProcessIdentity } from './process-table.ts'
import type { MemberPlan } from './zoo-cfg.ts'

/** After SIGTERM; then SIGKILL. */
const STOP_DEADLINE_MS = 5000
const PROBE_INTERVAL_MS = 20

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
  /** Its processes go on when ours ends. */
  readonly outlives: boolean
  /** Called at every change of state, in order. */
  readonly onChange: (change: ProcessChange) => void
}

export class MemberProcess {
  readonly plan: MemberPlan
  readonly #options: MemberProcessOptions
  #handle: ProcessHandle | null = null
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
    return this.#handle?.identity.pid || null
  }

  get identity(): ProcessIdentity | null {
    return this.#handle?.identity ?? null
  }

  /** How the last process ended. */
  get lastEnd(): ProcessEnd | null {
    return this.#lastEnd
  }

  get isAlive(): boolean {
    return this.#handle !== null
  }

  /** Resolves when the present process, if any, has ended. */
  get ended(): Promise<void> {
    return this.#ended
  }

  /** Spawns the process. Throws EnsembleError WRONG_STATE when there is one. */
  start(): void {
    if (this.#handle) throw this.#wrongState('is running already; stop it first')
    const { dir } = this.plan
    const { memberEntry, outlives } = this.#options
    const log = openLog(join(dir, 'server.log'))
    const handle = spawnMember({ memberEntry, config: join(dir, 'zoo.cfg'), log, outlives })
    closeSync(log)
    this.#take(handle)
    this.#change('starting', 'started')
    this.#probe(handle)
  }

  /** Takes over a process that runs already. Throws EnsembleError WRONG_STATE when there is one. */
  adopt(identity: ProcessIdentity): void {
    if (this.#handle) throw this.#wrongState('is running already; stop it first')
    const handle = adoptProcess(identity)
    this.#take(handle)
    if (isStopped(identity.pid)) return this.#change('paused', 'found paused')
    this.#change('starting', 'found running')
    this.#probe(handle)
  }

  /** Lets the process go on without us; one that we have paused goes on, too. */
  letGo(): void {
    this.#unguard()
    this.#handle?.letGo()
    this.#handle = null
  }

  #take(handle: ProcessHandle): void {
    this.#handle = handle
    this.#asked = null
    this.#ended = handle.ended.then((how) => {
      if (this.#handle !== handle) return
      this.#handle = null
      this.#unguard()
      const expected = this.#asked !== null
      const lines = expected || how.error ? [] : lastLogLines(join(this.plan.dir, 'server.log'))
      const end = { exitCode: how.code, signal: how.signal, expected, lines }
      const [reason, process] = this.#howItEnded(how, handle.adopted, lines.at(-1) ?? '')
      this.#lastEnd = end
      this.#state = process
      this.#options.onChange({ sid: this.plan.sid, process, pid: null, reason, end })
    })
  }

  /** SIGKILL, as `kill -9` does it. Throws EnsembleError WRONG_STATE when there is no process. */
  kill(): void {
    const handle = this.#need()
    this.#asked = 'kill'
    handle.signal('SIGKILL')
  }

  /** It has ended too often to be started again by itself. */
  giveUp(): void {
    if (!this.#handle) this.#change('killed', 'it has ended too often, and is not started again by itself; see its log')
  }

  /** SIGTERM, and SIGKILL when that takes too long; resolves when the process has ended. */
  async stop(): Promise<void> {
    const handle = this.#handle
    if (!handle) return
    this.#asked = 'stop'
    handle.signal('SIGTERM')
    // A paused process gets the signal only once it continues.
    handle.signal('SIGCONT')
    const force = setTimeout(() => handle.signal('SIGKILL'), STOP_DEADLINE_MS)
    await this.#ended
    clearTimeout(force)
  }

  /** SIGSTOP. Throws EnsembleError WRONG_STATE. */
  pause(): void {
    const handle = this.#need()
    if (this.#state === 'paused') throw this.#wrongState('is paused already')
    handle.signal('SIGSTOP')
    this.#endGuard = guardPaused(handle.identity.pid)
    this.#change('paused', 'SIGSTOP')
  }

  /** SIGCONT. Throws EnsembleError WRONG_STATE. */
  resume(): void {
    const handle = this.#need()
    if (this.#state !== 'paused') throw this.#wrongState('is not paused')
    handle.signal('SIGCONT')
    this.#unguard()
    this.#change('running', 'SIGCONT')
  }

  #unguard(): void {
    this.#endGuard?.()
    this.#endGuard = null
  }

  #need(): ProcessHandle {
    if (!this.#handle) throw this.#wrongState('has no process; start it first')
    return this.#handle
  }

  #wrongState(what: string): EnsembleError {
    return new EnsembleError('WRONG_STATE', `Member ${this.plan.sid} ${what}.`)
  }

  #change(process: ProcessState, reason: string): void {
    this.#state = process
    this.#options.onChange({ sid: this.plan.sid, process, pid: this.pid, reason })
  }

  #howItEnded({ code, signal, error }: ProcessEnded, adopted: boolean, last: string): [string, ProcessState] {
    const quoted = last === '' ? '' : `: ${last}`
    if (error) return [`it could not be started: ${error.message}`, 'killed']
    if (this.#asked === 'stop') return ['as asked', 'stopped']
    if (this.#asked === 'kill' || signal) return [`by ${signal ?? 'SIGKILL'}`, 'killed']
    if (adopted) return [`it was started by an earlier supervisor, so how is in its log alone${quoted}`, 'killed']
    if (code === 0) return ['somebody asked it to', 'stopped']
    return [`exit code ${code}${quoted}`, 'killed']
  }

  /** Running once the client port takes connections; asks again until then or until the process is gone. */
  #probe(handle: ProcessHandle): void {
    if (this.#handle !== handle) return
    const again = (): void => void setTimeout(() => this.#probe(handle), PROBE_INTERVAL_MS)
    const socket = connect({ port: this.plan.clientPort, host: HOST })
    socket.once('connect', () => {
      socket.destroy()
      if (this.#handle === handle && this.#state === 'starting') this.#change('running', 'its client port is open')
    })
    socket.once('error', again)
  }
}
