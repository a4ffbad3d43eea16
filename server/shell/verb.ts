// What a verb of the shell is, and what it may use.

import type { PersistentEvent } from '../client/watch-registry.ts'
import type { ZooKeeper } from '../client/zookeeper.ts'
import type { Input, OptionShape } from './options.ts'

export interface ShellHost {
  /** The session. Throws Error `Not connected`. */
  readonly zk: ZooKeeper
  /** The chroot of the present connection; empty for none. */
  readonly chroot: string
  readonly version: string
  /** Whether what watches say is printed. */
  printsWatches: boolean
  /** A result; a line break is added. */
  print(text: string): void
  /** A watch has fired. */
  onWatch(event: PersistentEvent): void
  /** Prints a result after `-w` made sense: throws for a single command, whose watches would end with it. */
  requireStay(): void
  /** Closes the present session, if any, and opens another. */
  connect(servers: string): Promise<void>
  close(): Promise<void>
  /** Commands that were given so far, with their numbers. */
  readonly history: readonly { readonly number: number; readonly line: string }[]
  /** Runs the command that had this number again. */
  redo(number: number): Promise<void>
  /** Ends the shell after this command. */
  quit(): void
}

export interface Verb extends OptionShape {
  /** Behind the verb itself: `[-s] [-w] path`. */
  readonly usage: string
  readonly run: (host: ShellHost, input: Input) => Promise<void> | void
}

export type Verbs = Readonly<Record<string, Verb>>
