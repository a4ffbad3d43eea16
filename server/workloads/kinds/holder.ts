// The other end of a holder's process: starts it, hears it, wakes it, and sees to it that none is left behind stopped.

import { type ChildProcess, spawn } from 'node:child_process'
import { Bell } from '../process/pause.ts'
import { HOLDER_STATEMENT, type HolderOrder, type HolderStatement } from './holder-process.ts'

export class Holder {
  readonly #process: ChildProcess
  readonly #guard: ChildProcess
  readonly #come: HolderStatement[] = []
  #news = new Bell()
  #ended = false

  /** @param entry the script that runs workload processes */
  constructor(entry: string) {
    this.#process = spawn(process.execPath, [entry, 'holder'], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
    // A stopped process does not notice that its parent is gone. This one does: its pipe ends.
    const script = 'read -r _; kill -KILL "$0"'
    this.#guard = spawn('/bin/sh', ['-c', script, String(this.#process.pid)], { stdio: ['pipe', 'ignore', 'ignore'] })
    this.#guard.on('error', () => undefined)
    this.#guard.stdin?.on('error', () => undefined)
    this.#process.on('message', (message) => {
      this.#come.push(HOLDER_STATEMENT.parse(message))
      this.#news.ring()
    })
    const end = () => {
      this.#ended = true
      this.#guard.kill('SIGKILL')
      this.#news.ring()
    }
    this.#process.on('error', end)
    this.#process.on('exit', end)
  }

  get pid(): number | undefined {
    return this.#process.pid
  }

  tell(order: HolderOrder): void {
    if (this.#process.connected) this.#process.send(order, () => undefined)
  }

  resume(): void {
    this.#process.kill('SIGCONT')
  }

  /** SIGKILL; nothing when it has ended. */
  kill(): void {
    if (!this.#ended) this.#process.kill('SIGKILL')
  }

  /** The next statement, which must be of this type. Throws when it ended, or failed, instead; or the signal's reason. */
  async hear<T extends HolderStatement['type']>(
    type: T,
    signal: AbortSignal,
  ): Promise<Extract<HolderStatement, { type: T }>> {
    for (;;) {
      signal.throwIfAborted()
      const statement = this.#come.shift()
      if (statement?.type === 'failed') throw new Error(`the holder: ${statement.message}`)
      if (statement && isOf(statement, type)) return statement
      if (statement) throw new Error(`the holder said ${statement.type} when ${type} was due`)
      if (this.#ended) throw new Error('the process of the holder has ended')
      await this.#more(signal)
    }
  }

  async ended(signal: AbortSignal): Promise<void> {
    while (!this.#ended) await this.#more(signal)
  }

  async #more(signal: AbortSignal): Promise<void> {
    await this.#news.heard(signal)
    this.#news = new Bell()
  }
}

function isOf<T extends HolderStatement['type']>(
  statement: HolderStatement,
  type: T,
): statement is Extract<HolderStatement, { type: T }> {
  return statement.type === type
}
