// One workload as whoever started it sees it: a process that is told its settings and says what it does. It ends when
// it is stopped, when it fails, and when we are gone. How many there may be is for workloads.ts.

import { type ChildProcess, spawn } from 'node:child_process'
import type { WorkloadReport } from '#shared/events/workload-report.ts'
import { type AnySettings, WORKLOAD_KINDS, type WorkloadKind } from '#shared/events/workload-settings.ts'
import type { WorkloadState, WorkloadView } from '#shared/events/workload-view.ts'
import { pathProblem } from '#shared/zk/path.ts'
import { parseConnectString } from '../client/server-list.ts'
import { type Order, STATEMENT, type Statement } from './messages.ts'
import { changeSettings, readSettings } from './settings-schema.ts'

export interface StartOptions {
  /** The script of a workload's process: dist/server/workload.js. */
  readonly entry: string
  /** `host:port,…[/chroot]`. */
  readonly connectString: string
  /** The znode under which it happens. Default `/workloads/<kind>`: workloads of one kind meet there. */
  readonly root?: string
  /** Default: a number of this process. */
  readonly id?: string
  readonly onReport?: (report: WorkloadReport) => void
}

/** As pages see it, but with the whole report. */
export type WorkloadStatus = WorkloadView

/** What was asked for cannot be done; the message says what can. */
export class WorkloadError extends Error {
  override readonly name = 'WorkloadError'
}

/** After `stop`; then SIGKILL. */
const STOP_DEADLINE_MS = 6000
/** The end of what a process prints, for the sentence when it fails. */
const OUTPUT_CHARS_MAX = 4000
/** What a workload inherits of our environment; nothing else, above all no credentials. */
const ENV_ALLOWED = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'LC_ALL', 'TZ']

let started = 0

/**
 * Starts a workload in a process of its own. Throws WorkloadError for a kind, settings, connect string or root that
 * cannot be. A server that is not there is no error: the reports say so, and it is tried again.
 */
export function startWorkload(kind: string, settings: unknown, options: StartOptions): Workload {
  const known = WORKLOAD_KINDS.find((name) => name === kind)
  if (!known)
    throw new WorkloadError(`There is no workload ${JSON.stringify(kind)}. There are ${WORKLOAD_KINDS.join(', ')}.`)
  const read = readSettings(known, settings)
  if (!read.ok) throw new WorkloadError(read.error)
  const servers = parseConnectString(options.connectString)
  if (!servers.ok) throw new WorkloadError(`${servers.error}.`)
  const root = options.root ?? `/workloads/${known}`
  const problem = root === '/' ? 'it is not the root itself' : pathProblem(root)
  if (problem) throw new WorkloadError(`${JSON.stringify(root)} cannot be the znode of a workload: ${problem}.`)
  started += 1
  return new Workload(known, read.value, { ...options, root, id: options.id ?? String(started) })
}

export class Workload {
  readonly id: string
  readonly kind: WorkloadKind
  readonly root: string
  /** Resolves when its process has ended. */
  readonly ended: Promise<void>
  readonly #process: ChildProcess
  readonly #listeners = new Set<(report: WorkloadReport) => void>()
  #settings: AnySettings
  #state: WorkloadState = 'starting'
  #report: WorkloadReport | null = null
  #problem: string | null = null
  #output = ''

  /** Use startWorkload, which checks. */
  constructor(kind: WorkloadKind, settings: AnySettings, options: StartOptions & { root: string; id: string }) {
    const { entry, connectString, root, id, onReport } = options
    this.id = id
    this.kind = kind
    this.root = root
    this.#settings = settings
    if (onReport) this.#listeners.add(onReport)
    // Detached, because Ctrl-C is for whoever started us, who then stops workloads in good order.
    this.#process = spawn(process.execPath, [entry], {
      env: Object.fromEntries(ENV_ALLOWED.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : []))),
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      detached: true,
    })
    for (const stream of [this.#process.stdout, this.#process.stderr])
      stream?.on('data', (chunk: Buffer) => {
        this.#output = (this.#output + chunk.toString()).slice(-OUTPUT_CHARS_MAX)
      })
    this.#process.on('message', (message) => this.#onStatement(STATEMENT.safeParse(message).data))
    this.ended = new Promise((resolve) => {
      this.#process.once('error', (error) => this.#onEnd(`it could not be started: ${error.message}`, resolve))
      this.#process.once('close', (code, signal) => this.#onEnd(this.#howItEnded(code, signal), resolve))
    })
    this.#tell({ type: 'start', kind, settings, connectString, root })
  }

  status(): WorkloadStatus {
    return {
      ...{ id: this.id, kind: this.kind, state: this.#state, root: this.root, settings: this.#settings },
      ...{ pid: this.#process.pid ?? null, report: this.#report, problem: this.#problem },
    }
  }

  /** Called at every report; returns the function that ends that. */
  onReport(listener: (report: WorkloadReport) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Changes some settings, and returns all. Throws WorkloadError for what cannot be changed, or not to that. */
  update(change: unknown): AnySettings {
    if (this.#state !== 'starting' && this.#state !== 'running')
      throw new WorkloadError(`Workload ${this.id} (${this.kind}) is over: start another.`)
    const next = changeSettings(this.kind, this.#settings, change)
    if (!next.ok) throw new WorkloadError(next.error)
    this.#settings = next.value
    this.#tell({ type: 'update', settings: next.value })
    return next.value
  }

  /** Resolves when its process has ended, with its sessions closed if a server could be reached. */
  async stop(): Promise<void> {
    if (this.#state === 'starting' || this.#state === 'running') {
      this.#state = 'stopping'
      this.#tell({ type: 'stop' })
    }
    const force = setTimeout(() => this.#process.kill('SIGKILL'), STOP_DEADLINE_MS)
    await this.ended
    clearTimeout(force)
  }

  /** SIGKILL, for when there is no time: its sessions end by their timeout. */
  kill(): void {
    if (this.#state !== 'ended' && this.#state !== 'failed') this.#process.kill('SIGKILL')
  }

  #tell(order: Order): void {
    if (this.#process.connected) this.#process.send(order, () => undefined)
  }

  #onStatement(statement: Statement | undefined): void {
    switch (statement?.type) {
      case 'ready':
        if (this.#state === 'starting') this.#state = 'running'
        return
      case 'report':
        this.#report = statement.report
        for (const listener of this.#listeners) listener(statement.report)
        return
      case 'failed':
        this.#problem = statement.message
        return
      case undefined:
        this.#problem = 'its process said something that no workload says; are both of the same build?'
        this.#process.kill('SIGKILL')
    }
  }

  #onEnd(how: string | null, resolve: () => void): void {
    if (how !== null) this.#problem ??= `The process of workload ${this.id} (${this.kind}) has ended: ${how}`
    this.#state = this.#problem === null ? 'ended' : 'failed'
    resolve()
  }

  /** Null when it was asked to end. */
  #howItEnded(code: number | null, signal: NodeJS.Signals | null): string | null {
    if (this.#state === 'stopping') return null
    const output = this.#output.trim()
    return `${signal ?? `exit code ${code}`}${output === '' ? '' : `\n${output}`}`
  }
}
