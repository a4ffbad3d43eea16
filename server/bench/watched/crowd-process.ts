// The crowd as the benchmark sees it: a process that opens its pages, and says how they fare when it is asked.

import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import type { CrowdFigures, CrowdPlan } from './crowd.ts'

const BUILT = 'bench-crowd.js'

export class CrowdProcess {
  readonly #child: ChildProcess

  private constructor(child: ChildProcess) {
    this.#child = child
  }

  /** Resolves when all pages are live; rejects when the process ends before. */
  static async start(distServer: string, plan: CrowdPlan): Promise<CrowdProcess> {
    const entry = `${distServer}/${BUILT}`
    if (!existsSync(entry)) throw new Error(`${entry} is missing: npm run build`)
    const crowd = new CrowdProcess(fork(entry, [], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] }))
    await crowd.#ask(plan)
    return crowd
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  figures(): Promise<CrowdFigures> {
    return this.#ask({})
  }

  stop(): void {
    if (this.#child.connected) this.#child.disconnect()
  }

  async #ask(message: CrowdPlan | object): Promise<CrowdFigures> {
    const given = new AbortController()
    const ended = once(this.#child, 'exit', given).then(([code, signal]) => {
      throw new Error(`the crowd of pages ended with ${code ?? signal}`)
    })
    try {
      const answer = once(this.#child, 'message', given)
      this.#child.send(message)
      const [figures] = await Promise.race([answer, ended])
      return figures // crowd.ts sends nothing else
    } finally {
      ended.catch(() => undefined) // aborted below
      given.abort()
    }
  }
}
