// The load generator as the benchmark sees it: a process that is given one job at a time.

import { type ChildProcess, fork } from 'node:child_process'
import { existsSync } from 'node:fs'
import type { Job, JobAnswer, JobMessage, JobResult } from '../load/jobs.ts'
import { type Pending, pending } from '../load/pending.ts'

const BUILT = 'bench-load.js'

export class GeneratorProcess {
  readonly #child: ChildProcess
  readonly #waiting = new Map<number, Pending<unknown>>()
  #lastId = 0

  constructor(entry: string) {
    this.#child = fork(entry, [], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
    this.#child.on('message', (message) => {
      const answer = message as JobAnswer // generator.ts sends nothing else
      const waiting = this.#waiting.get(answer.id)
      this.#waiting.delete(answer.id)
      if (answer.ok) waiting?.resolve(answer.result)
      else waiting?.reject(new Error(answer.error))
    })
    this.#child.on('exit', (code, signal) => {
      for (const { reject } of this.#waiting.values())
        reject(new Error(`the load generator ended with ${code ?? signal}`))
      this.#waiting.clear()
    })
  }

  /** Rejects with what went wrong there. */
  run<J extends Job>(job: J): Promise<JobResult<J>> {
    this.#lastId += 1
    const message: JobMessage = { id: this.#lastId, job }
    const waiting = pending<unknown>()
    this.#waiting.set(message.id, waiting)
    this.#child.send(message)
    return waiting.promise as Promise<JobResult<J>> // jobs.ts says which result belongs to which job
  }

  stop(): void {
    this.#child.disconnect()
  }
}

/** The built generator, beside the running file or in dist/ of the checkout; throws when it was not built. */
export function generatorEntry(distServer: string): string {
  const entry = `${distServer}/${BUILT}`
  if (!existsSync(entry)) throw new Error(`${entry} is missing: npm run build`)
  return entry
}
