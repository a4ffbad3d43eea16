// Carries out a plan: each fault at its time, on whom its words mean then, and its end. Tells what was really done, and
// when. A fault that finds nobody to break is told as such.

import { setTimeout as delay } from 'node:timers/promises'
import { unreachable } from '#shared/base/assert.ts'
import type { Order } from './client-worker.ts'
import type { Members } from './members.ts'
import type { Action, PlannedFault } from './plan.ts'
import { machineMs } from './recorder.ts'

export interface DoneFault {
  readonly type: Action['type']
  /** Whom it hit: sids. */
  readonly on: readonly number[]
  readonly detail: string
  readonly fromMs: number
  untilMs: number
  /** False: there was nobody to break. */
  readonly hit: boolean
}

/** What a rolling restart gives each member to come back. */
const SERVE_TIMEOUT_MS = 20_000
/** A member ends its own faults by itself; this is for the case that we cannot reach it in time. */
const TTL_MARGIN_MS = 50

export class Injector {
  readonly done: DoneFault[] = []
  readonly #members: Members
  readonly #order: (order: Order) => void
  readonly #running = new Set<Promise<void>>()
  readonly #stop = new AbortController()

  /** `order`: to the clients' thread. */
  constructor(members: Members, order: (order: Order) => void) {
    this.#members = members
    this.#order = order
  }

  /** Resolves when the last fault has ended, or after `stop`. */
  async run(plan: readonly PlannedFault[]): Promise<void> {
    const startedAtMs = performance.now()
    for (const fault of plan) {
      await this.#wait(startedAtMs + fault.atMs - performance.now())
      if (this.#stop.signal.aborted) break
      const one = this.#carryOut(fault).finally(() => this.#running.delete(one))
      this.#running.add(one)
    }
    await Promise.all(this.#running)
  }

  /** Faults end early. */
  stop(): void {
    this.#stop.abort()
  }

  async #wait(ms: number): Promise<void> {
    await delay(Math.max(0, ms), undefined, { signal: this.#stop.signal }).catch(() => undefined)
  }

  async #carryOut({ action, forMs }: PlannedFault): Promise<void> {
    const sid = 'at' in action ? await this.#members.resolve(action.at) : 0
    switch (action.type) {
      case 'kill':
        return this.#down(action, [sid], forMs)
      case 'killAll':
        return this.#down(action, this.#members.sids, forMs)
      case 'restart': {
        const done = this.#note(action, [sid], 'SIGTERM', true)
        await this.#members.stop(sid)
        await this.#wait(Math.min(forMs, 2000))
        this.#members.release([sid])
        return this.#ended(done)
      }
      case 'rollingRestart':
        return this.#rolling(action)
      case 'pause': {
        const hit = this.#members.pause(sid)
        const done = this.#note(action, [sid], 'SIGSTOP', hit)
        await this.#wait(forMs)
        if (hit) this.#members.resume(sid)
        return this.#ended(done)
      }
      case 'isolate':
        return this.#byCommand(action, sid, forMs, { type: 'link', peer: 'all', ...ruleOf(action) })
      case 'link': {
        const peer = await this.#members.resolve(action.peer)
        if (peer !== sid) return this.#byCommand(action, sid, forMs, { type: 'link', peer, ...ruleOf(action) })
        this.#note(action, [sid], 'both ends are the same member', false)
        return
      }
      case 'reset':
        return this.#byCommand(action, sid, 0, { type: 'reset', peer: 'all' })
      case 'clientLink': {
        const { direction, rule } = action
        const done = this.#note(action, [sid], `${direction} ${JSON.stringify(rule)}`, true)
        this.#order({ type: 'link', fault: { server: sid, direction, rule } })
        await this.#wait(forMs)
        this.#order({ type: 'link', fault: { server: sid, direction, rule: null } })
        return this.#ended(done)
      }
      case 'clientReset':
        this.#note(action, [sid], '', true)
        return this.#order({ type: 'reset', server: sid })
      case 'disk':
        return this.#byCommand(action, sid, forMs, { type: 'disk', rule: action.rule })
      case 'clock':
        return this.#byCommand(action, sid, forMs, { type: 'clock', rule: { type: 'offset', ms: action.offsetMs } })
      case 'clockFreeze':
        return this.#byCommand(action, sid, forMs, { type: 'clock', rule: { type: 'freeze' } })
      case 'unawares': {
        const cut = { type: 'link', peer: 'all', direction: 'both', rule: { type: 'cut' }, ttlMs: forMs }
        await this.#members.command(sid, cut)
        return this.#byCommand(action, sid, forMs, { type: 'clock', rule: { type: 'freeze' } })
      }
      case 'clockJump':
        return this.#byCommand(action, sid, 0, { type: 'clock', rule: { type: 'jump', ms: action.ms } })
      default:
        return unreachable(action)
    }
  }

  async #down(action: Action, sids: readonly number[], forMs: number): Promise<void> {
    const done = this.#note(action, sids, 'SIGKILL', true)
    this.#members.kill(sids)
    await this.#wait(forMs)
    this.#members.release(sids)
    this.#ended(done)
  }

  async #rolling(action: Action): Promise<void> {
    const done = this.#note(action, this.#members.sids, 'SIGTERM, one after the other', true)
    for (const sid of this.#members.sids) {
      if (this.#stop.signal.aborted) break
      await this.#members.stop(sid)
      this.#members.release([sid])
      await this.#members.serves(sid, SERVE_TIMEOUT_MS)
    }
    this.#ended(done)
  }

  /** The member keeps the time; a fault without a length is over at once. */
  async #byCommand(action: Action, sid: number, forMs: number, command: object): Promise<void> {
    const timed = forMs > 0 ? { ...command, ttlMs: forMs } : command
    const hit = await this.#members.command(sid, timed)
    const done = this.#note(action, [sid], JSON.stringify(command), hit)
    if (forMs > 0 && hit) await this.#wait(forMs + TTL_MARGIN_MS)
    this.#ended(done)
  }

  #note({ type }: Action, on: readonly number[], detail: string, hit: boolean): DoneFault {
    const fromMs = machineMs()
    const done: DoneFault = { type, on, detail, fromMs, untilMs: fromMs, hit }
    this.done.push(done)
    return done
  }

  #ended(done: DoneFault): void {
    done.untilMs = machineMs()
  }
}

function ruleOf({ direction, rule }: Extract<Action, { type: 'isolate' | 'link' }>): object {
  return { direction, rule }
}
