// A workload's process: takes orders from whoever started it, reports a few times a second, and ends when it is told
// to or when nobody is left to tell it.

import type { AnySettings, WorkloadKind, WorkloadSettings } from '#shared/events/workload-settings.ts'
import { ensurePath } from '../../client/recipes/ensure-path.ts'
import { ZooKeeper } from '../../client/zookeeper.ts'
import { runHolderProcess } from '../kinds/holder-process.ts'
import { KINDS } from '../kinds/kinds.ts'
import { ORDER, type Order, type Statement } from '../messages.ts'
import { Board } from './board.ts'
import { CONNECT_TIMEOUT_MS } from './crew.ts'
import type { RunningKind } from './kind.ts'
import { pause } from './pause.ts'

const REPORT_EVERY_MS = 250
/** For sessions to be closed; those that are left end by their timeout. */
const STOP_DEADLINE_MS = 4000
const AGAIN_MS = 500

type Start = Extract<Order, { readonly type: 'start' }>

/** @param args `holder` for the process that a paused holder is, nothing for a workload. Returns an exit code, or null. */
export function runWorkloadProcess(args: readonly string[]): number | null {
  if (process.send === undefined) {
    console.error('This process is started by others. To run a workload by hand: zabscope workload --help')
    return 2
  }
  if (args[0] === 'holder') void runHolderProcess()
  else takeOrders()
  return null
}

function takeOrders(): void {
  let running: Workload | null = null
  const stop = () => {
    setTimeout(() => process.exit(0), STOP_DEADLINE_MS).unref()
    void (running?.stop() ?? Promise.resolve()).then(() => process.exit(0))
  }
  process.on('disconnect', stop)
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, stop)
  process.on('uncaughtException', (error) => {
    say({ type: 'failed', message: error.stack ?? error.message })
    process.exitCode = 1
    process.disconnect?.()
  })
  process.on('message', (message: unknown) => {
    const order = ORDER.parse(message)
    if (order.type === 'stop') stop()
    else if (order.type === 'update') running?.update(order.settings)
    else running ??= new Workload(order)
  })
  say({ type: 'ready' })
}

class Workload {
  readonly #start: Start
  readonly #board: Board
  readonly #controller = new AbortController()
  readonly #reporting: NodeJS.Timeout
  readonly #started: Promise<RunningKind | null>
  #settings: AnySettings
  #running: RunningKind | null = null

  constructor(start: Start) {
    this.#start = start
    this.#settings = start.settings
    this.#board = new Board(KINDS[start.kind].counts)
    this.#reporting = setInterval(() => this.#report(), REPORT_EVERY_MS)
    this.#started = this.#begin(start.kind)
  }

  update(settings: AnySettings): void {
    this.#settings = settings
    this.#running?.update()
    this.#report()
  }

  async stop(): Promise<void> {
    this.#controller.abort(new Error('the workload ends'))
    await (await this.#started)?.stop()
    clearInterval(this.#reporting)
    this.#report()
  }

  async #begin<K extends WorkloadKind>(kind: K): Promise<RunningKind | null> {
    const { connectString, root } = this.#start
    if (!(await this.#makeRoot(connectString, root))) return null
    this.#running = KINDS[kind].start({
      connectString,
      root,
      board: this.#board,
      // Checked against the table of this kind by whoever sent them.
      settings: () => this.#settings as WorkloadSettings<K>,
    })
    return this.#running
  }

  /** Tries until it is there; false when the workload was stopped first. */
  async #makeRoot(servers: string, root: string): Promise<boolean> {
    const { signal } = this.#controller
    while (!signal.aborted) {
      try {
        const zk = await ZooKeeper.connect({ servers, signal, connectTimeoutMs: CONNECT_TIMEOUT_MS })
        try {
          await ensurePath(zk, root)
          return true
        } finally {
          await zk.close()
        }
      } catch (error) {
        if (signal.aborted) break
        this.#board.note('error', error instanceof Error ? error.message : String(error))
        await pause(AGAIN_MS, signal).catch(() => undefined)
      }
    }
    return false
  }

  #report(): void {
    say({ type: 'report', report: this.#board.report(this.#start.kind, this.#settings) })
  }
}

/** To one that has gone, nothing. */
function say(statement: Statement): void {
  if (process.connected) process.send?.(statement, () => undefined)
}
