// What every outside client here is: a name, what it needs to be installed, and how it is run against an ensemble.

import { existsSync } from 'node:fs'
import type { Ensemble } from '../harness/ensemble.ts'
import type { Result } from './program.ts'

export interface PeerRun {
  readonly ensemble: Ensemble
  /** The folder with the programs that the clients run. */
  readonly programs: string
  /** A folder of this run, for what a client writes. */
  readonly scratch: string
  /** What `configure` was given. */
  readonly own: string
}

export interface Peer {
  readonly name: string
  /** What is missing and how to get it, or null when it can run. */
  missing(): string | null
  /** Makes what the members' configuration needs in `directory`; returns lines of their zoo.cfg. Left out: nothing special. */
  configure?(directory: string): Readonly<Record<string, string>>
  /** Rejects only when the harness itself is at fault. */
  run(run: PeerRun): Promise<readonly Result[]>
}

/** The sentence for a person whose machine lacks `files`. */
export function needsFiles(files: readonly string[], packages: string): string | null {
  return files.every((file) => existsSync(file)) ? null : `apt-get install ${packages}`
}
