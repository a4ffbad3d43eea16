// The members under attack: whom a target means just now, breaking one, and the supervisor who starts again what has
// died. An end that no fault explains is written down: it is a violation by itself.

import { setTimeout as delay } from 'node:timers/promises'
import { askStatus } from '../ensemble/ask-member.ts'
import type { Ensemble } from '../ensemble/ensemble.ts'
import { commandFault } from '../ensemble/fault-control.ts'
import type { ProcessChange } from '../ensemble/member-process.ts'
import type { Target } from './plan.ts'

/** What a member does when its disk fails: it ends, with this code, and is started again. */
const EXIT_DISK = 10
/** Another program took a port while the member was down: nothing that the member could do about. It is started again. */
const EXIT_PORT_TAKEN = 14
const RESTART_DELAY_MS = 500
const POLL_MS = 50

export class Members {
  readonly #ensemble: Ensemble
  readonly #unlisten: () => void
  /** Those that are to stay down for now. */
  readonly #heldDown = new Set<number>()
  readonly #unexpected: string[] = []
  #diskEnds = 0
  #supervising = true

  constructor(ensemble: Ensemble) {
    this.#ensemble = ensemble
    this.#unlisten = ensemble.onProcess((change) => this.#onChange(change))
  }

  /** Ends that no fault explains, as sentences. */
  get unexpected(): readonly string[] {
    return this.#unexpected
  }

  /** How often a failing disk has ended a member. */
  get diskEnds(): number {
    return this.#diskEnds
  }

  get sids(): number[] {
    return this.#ensemble.plans.map(({ sid }) => sid)
  }

  clientPort(sid: number): number {
    return this.#ensemble.plans.find((plan) => plan.sid === sid)?.clientPort ?? 0
  }

  /** Null while nobody leads, or nobody can tell. */
  async leader(): Promise<number | null> {
    const statuses = await Promise.all(
      this.sids.map(async (sid) => ({ sid, mode: (await this.#status(sid))?.mode ?? null })),
    )
    return statuses.find(({ mode }) => mode === 'leader' || mode === 'standalone')?.sid ?? null
  }

  /** Without a leader, the words all mean anybody. */
  async resolve({ who, pick }: Target): Promise<number> {
    const leader = who === 'any' ? null : await this.leader()
    const fitting = this.sids.filter((sid) => leader === null || (sid === leader) === (who === 'leader'))
    const from = fitting.length > 0 ? fitting : this.sids
    return from[pick % from.length] ?? 1
  }

  /** SIGKILL to all of them at once; they stay down until `release`. */
  kill(sids: readonly number[]): void {
    for (const sid of sids) {
      this.#heldDown.add(sid)
      if (this.#isAlive(sid)) this.#ensemble.kill(sid)
    }
  }

  async stop(sid: number): Promise<void> {
    this.#heldDown.add(sid)
    if (this.#isAlive(sid)) await this.#ensemble.stop(sid)
  }

  release(sids: readonly number[]): void {
    for (const sid of sids) {
      this.#heldDown.delete(sid)
      this.#startIfDown(sid)
    }
  }

  /** False when there is nothing to pause. */
  pause(sid: number): boolean {
    if (this.#ensemble.status(sid).process !== 'running') return false
    this.#ensemble.pause(sid)
    return true
  }

  resume(sid: number): void {
    if (this.#ensemble.status(sid).process === 'paused') this.#ensemble.resume(sid)
  }

  /** False when the member is down or does not answer; that may be another fault's work. */
  async command(sid: number, command: object): Promise<boolean> {
    const plan = this.#ensemble.plans.find((one) => one.sid === sid)
    if (!plan || this.#ensemble.status(sid).process !== 'running') return false
    try {
      await commandFault({ eventPort: plan.eventPort, secret: this.#ensemble.secret }, command)
      return true
    } catch {
      return false
    }
  }

  /** No fault any more, and every member up. */
  async heal(): Promise<void> {
    for (const sid of this.sids) this.resume(sid)
    await Promise.all(this.sids.map((sid) => this.command(sid, { type: 'heal' })))
    this.release(this.sids)
  }

  /** True once every member serves and has processed the same; false when that takes longer. */
  async agree(timeoutMs: number): Promise<boolean> {
    const deadline = performance.now() + timeoutMs
    while (performance.now() < deadline) {
      const statuses = await Promise.all(this.sids.map((sid) => this.#status(sid)))
      const zxids = new Set(statuses.map((status) => status?.zxid ?? null))
      if (zxids.size === 1 && !zxids.has(null) && statuses.some((one) => one?.mode !== 'follower')) return true
      await delay(POLL_MS)
    }
    return false
  }

  /** True once every member serves, one of them as the leader. */
  async allServe(timeoutMs: number): Promise<boolean> {
    const deadline = performance.now() + timeoutMs
    while (performance.now() < deadline) {
      const modes = await Promise.all(this.sids.map(async (sid) => (await this.#status(sid))?.mode ?? null))
      if (!modes.includes(null) && modes.some((mode) => mode !== 'follower')) return true
      await delay(POLL_MS)
    }
    return false
  }

  /** True once this member serves. */
  async serves(sid: number, timeoutMs: number): Promise<boolean> {
    const deadline = performance.now() + timeoutMs
    while (performance.now() < deadline) {
      if ((await this.#status(sid)) !== null) return true
      await delay(POLL_MS)
    }
    return false
  }

  /** Nothing is started again from now on. */
  endSupervision(): void {
    this.#supervising = false
    this.#unlisten()
  }

  #status(sid: number): ReturnType<typeof askStatus> {
    return this.#ensemble.status(sid).process === 'running' ? askStatus(this.clientPort(sid)) : Promise.resolve(null)
  }

  #isAlive(sid: number): boolean {
    return this.#ensemble.status(sid).pid !== null
  }

  #startIfDown(sid: number): void {
    if (this.#supervising && !this.#heldDown.has(sid) && !this.#isAlive(sid)) this.#ensemble.start(sid)
  }

  #onChange({ sid, process, reason }: ProcessChange): void {
    if (process !== 'killed' && process !== 'stopped') return
    if (reason.startsWith(`exit code ${EXIT_DISK}`)) this.#diskEnds += 1
    else if (!this.#heldDown.has(sid) && this.#supervising && !reason.startsWith(`exit code ${EXIT_PORT_TAKEN}`))
      this.#unexpected.push(`member ${sid} ended by itself: ${reason}`)
    setTimeout(() => this.#startIfDown(sid), RESTART_DELAY_MS)
  }
}
