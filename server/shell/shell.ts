// The shell: runs lines, one after the other, over one session that can be closed and opened anew. Where lines come
// from and where output goes is for main.ts.

import { parseConnectString } from '../client/server-list.ts'
import type { StateChange } from '../client/session-state.ts'
import type { PersistentEvent } from '../client/watch-registry.ts'
import { ZooKeeper } from '../client/zookeeper.ts'
import { errorText } from './error-text.ts'
import { escapeText } from './format.ts'
import { readInput, UsageError } from './options.ts'
import type { ShellHost } from './verb.ts'
import { helpText, usageOf, verbNamed } from './verbs.ts'
import { splitWords } from './words.ts'

export interface ShellOptions {
  readonly sessionTimeoutMs: number
  /** Takes a server without a quorum. */
  readonly readOnly: boolean
  readonly version: string
  /** False for a single command: what needs a shell that stays is refused. */
  readonly stays: boolean
  /** Whether changes of the connection are printed, as watch events are. */
  readonly printsStates: boolean
  /** A line or more, without the last line break. */
  readonly out: (text: string) => void
  readonly err: (text: string) => void
}

/** misused: there is no such command, or not with these words. */
export type Outcome = 'done' | 'failed' | 'misused'

/** Commands that `history` and `redo` know. */
const HISTORY_MAX = 1000
/** For the first connection, whatever the session timeout. */
const CONNECT_TIMEOUT_MAX_MS = 10_000
/** Of the client's words for a watch event, Java's. */
const EVENT_TYPES: Readonly<Record<PersistentEvent['type'], string>> = {
  none: 'None',
  nodeCreated: 'NodeCreated',
  nodeDeleted: 'NodeDeleted',
  nodeDataChanged: 'NodeDataChanged',
  nodeChildrenChanged: 'NodeChildrenChanged',
  gap: 'Gap (a reconnect; what changed meanwhile is not told)',
}
const STATES: Readonly<Record<StateChange['state'], string>> = {
  connecting: 'CONNECTING',
  connected: 'CONNECTED',
  suspended: 'CONNECTING',
  lost: 'CLOSED',
  closed: 'CLOSED',
}

export class Shell implements ShellHost {
  readonly version: string
  printsWatches = true
  chroot = ''
  readonly #options: ShellOptions
  readonly #history: { readonly number: number; readonly line: string }[] = []
  #zk: ZooKeeper | null = null
  #servers = ''
  #commands = 0
  #over = false
  #redoing = false

  constructor(options: ShellOptions) {
    this.#options = options
    this.version = options.version
  }

  get zk(): ZooKeeper {
    if (!this.isConnected || !this.#zk) throw new Error('Not connected')
    return this.#zk
  }

  /** Null when there is none, or it is over. */
  get session(): ZooKeeper | null {
    return this.isConnected ? this.#zk : null
  }

  get isConnected(): boolean {
    return this.#zk !== null && this.#zk.state !== 'lost' && this.#zk.state !== 'closed'
  }

  /** True after `quit`. */
  get isOver(): boolean {
    return this.#over
  }

  get history(): readonly { readonly number: number; readonly line: string }[] {
    return this.#history
  }

  /** `[zk: localhost:2181(CONNECTED) 3] `. */
  get prompt(): string {
    const state = this.#zk ? STATES[this.#zk.state] : 'CLOSED'
    return `[zk: ${this.#servers}(${state}) ${this.#commands}] `
  }

  async connect(servers: string): Promise<void> {
    const parsed = parseConnectString(servers)
    if (!parsed.ok) throw new UsageError(`${parsed.error}.`)
    await this.close()
    this.#servers = servers
    const { sessionTimeoutMs, readOnly } = this.#options
    const connectTimeoutMs = Math.min(sessionTimeoutMs, CONNECT_TIMEOUT_MAX_MS)
    const zk = await ZooKeeper.connect({ servers, sessionTimeoutMs, connectTimeoutMs, canBeReadOnly: readOnly })
    this.#zk = zk
    this.chroot = parsed.value.chroot
    this.#printState('SyncConnected')
    zk.onState(({ state }) => {
      if (state === 'connected') this.#printState(zk.readOnly ? 'ConnectedReadOnly' : 'SyncConnected')
      else if (state === 'suspended') this.#printState('Disconnected')
      else this.#printState(state === 'lost' ? 'Expired' : 'Closed')
    })
  }

  async close(): Promise<void> {
    await this.#zk?.close()
  }

  /** Runs one line as it was typed. Never throws: what went wrong is printed. */
  async runLine(line: string): Promise<Outcome> {
    const words = splitWords(line)
    if (words.ok && words.value.length === 0) return 'done'
    this.#remember(line)
    if (words.ok) return this.runWords(words.value)
    this.#options.err(words.error)
    return 'misused'
  }

  /** Runs one command that is split into words already. */
  async runWords([name = '', ...rest]: readonly string[]): Promise<Outcome> {
    const verb = verbNamed(name)
    if (!verb) {
      this.#options.err(`Command not found: ${escapeText(name)}. These are the commands:\n${helpText()}`)
      return 'misused'
    }
    const input = readInput(rest, verb)
    try {
      if (!input.ok) throw new UsageError(input.error)
      await verb.run(this, input.value)
      return 'done'
    } catch (error) {
      this.#options.err(errorText(error))
      if (!(error instanceof UsageError)) return 'failed'
      this.#options.err(usageOf(name))
      return 'misused'
    }
  }

  print(text: string): void {
    this.#options.out(text)
  }

  requireStay(): void {
    if (this.#options.stays) return
    throw new UsageError('A watch ends with the command that set it: start the shell without one, and give it there.')
  }

  onWatch(event: PersistentEvent): void {
    if (this.printsWatches) this.#printEvent('SyncConnected', EVENT_TYPES[event.type], escapeText(event.path))
  }

  async redo(number: number): Promise<void> {
    const found = this.#history.find((entry) => entry.number === number)
    if (!found) throw new Error('Command index out of range')
    // A redo that leads to itself would never end.
    if (this.#redoing) throw new UsageError(`Command ${number} is a redo itself.`)
    this.#redoing = true
    try {
      const words = splitWords(found.line)
      const outcome = words.ok ? await this.runWords(words.value) : 'misused'
      if (outcome !== 'done') throw new Error(`Command ${number} has failed again.`)
    } finally {
      this.#redoing = false
    }
  }

  quit(): void {
    this.#over = true
  }

  #remember(line: string): void {
    this.#history.push({ number: this.#commands, line })
    this.#commands += 1
    if (this.#history.length > HISTORY_MAX) this.#history.shift()
  }

  #printState(state: string): void {
    if (this.#options.printsStates && this.printsWatches) this.#printEvent(state, 'None', 'null')
  }

  #printEvent(state: string, type: string, path: string): void {
    this.#options.out(`\nWATCHER::\n\nWatchedEvent state:${state} type:${type} path:${path}`)
  }
}
