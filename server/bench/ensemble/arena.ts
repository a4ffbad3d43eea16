// The ground on which contestants meet: one folder on a real disk, free ports, and the ensembles that were started.
// Whatever was started or made is ended and removed by `close`, also after a failure.

import { mkdtempSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isPortFree } from '../../ensemble/ports.ts'
import type { Contestant } from './contestant.ts'
import type { MemberPlace } from './member-config.ts'
import { RunningEnsemble } from './running-ensemble.ts'

const TMPFS = 0x01021994
const FIRST_PORT = 26_000
/** Below the range from which the operating system takes ports for outgoing connections. */
const PORT_MAX = 32_000
/** A killed server may still be finishing a write. */
const REMOVAL = { recursive: true, force: true, maxRetries: 10, retryDelay: 50 }
const PORTS_APART = 100

export class Arena {
  readonly dir: string
  readonly #members: number
  readonly #ensembles = new Set<RunningEnsemble>()
  /** Two runs at a time begin at different places. */
  #lastPort = FIRST_PORT + ((process.pid * PORTS_APART) % (PORT_MAX - FIRST_PORT))
  #made = 0

  /** Throws when `parent` is in memory: flushes would cost nothing there. */
  constructor(parent: string | null, members: number) {
    const place = parent ?? tmpdir()
    if (statfsSync(place).type === TMPFS)
      throw new Error(`${place} is in memory, where a flush costs nothing; give a folder on a disk with --dir`)
    this.dir = mkdtempSync(join(place, 'zabscope-bench-'))
    this.#members = members
  }

  /** An ensemble without data, not started. */
  async make(contestant: Contestant): Promise<RunningEnsemble> {
    this.#made += 1
    const places: MemberPlace[] = []
    for (let sid = 1; sid <= this.#members; sid += 1) {
      const dir = join(this.dir, `${this.#made}-${contestant.name}`, `server${sid}`)
      const [clientPort, quorumPort, electionPort] = [await this.#port(), await this.#port(), await this.#port()]
      places.push({ sid, dir, clientPort, quorumPort, electionPort })
    }
    const ensemble = new RunningEnsemble(contestant, places)
    this.#ensembles.add(ensemble)
    return ensemble
  }

  /** The ends of the logs of all servers that run. */
  lastWords(): string[] {
    return [...this.#ensembles].flatMap((ensemble) => ensemble.lastWords())
  }

  /** Kills it and removes its data. */
  async remove(ensemble: RunningEnsemble): Promise<void> {
    await ensemble.kill()
    this.#ensembles.delete(ensemble)
    for (const { dir } of ensemble.places) rmSync(dir, REMOVAL)
  }

  /** For a signal: without waiting for anything. */
  killNow(): void {
    for (const ensemble of this.#ensembles) void ensemble.kill()
    rmSync(this.dir, REMOVAL)
  }

  async close(): Promise<void> {
    for (const ensemble of this.#ensembles) await ensemble.kill()
    rmSync(this.dir, REMOVAL)
  }

  async #port(): Promise<number> {
    do this.#lastPort = this.#lastPort >= PORT_MAX ? FIRST_PORT : this.#lastPort + 1
    while (!(await isPortFree(this.#lastPort)))
    return this.#lastPort
  }
}
