// What can be broken in a member on purpose: its links, its disk, its clock. Keeps which faults are active and ends each
// in time, whether or not whoever asked for it is still there. Exists only with zabscope.faults=true.

import { unreachable } from '#shared/base/assert.ts'
import { err, ok, type Result } from '#shared/base/result.ts'
import { nodeDisk } from '../../storage/disk.ts'
import { FaultyDisk } from '../../storage/faulty-disk.ts'
import type { Clock } from '../clock.ts'
import type { MemberLogger } from '../logging.ts'
import { ClientLinks } from './client-links.ts'
import { type FaultCommand, parseFaultCommand } from './fault-command.ts'
import { FaultyClock } from './faulty-clock.ts'
import { LinkFaults } from './link-faults.ts'

/** At one time. */
export const FAULTS_MAX = 64

export interface ActiveFault {
  /** What it is on: `link 2 in`, `disk`, `clock offset`. A newer fault on the same takes its place. */
  readonly on: string
  readonly rule: unknown
  readonly remainingMs: number
  /** How many chunks or messages a rule of a link has held back, doubled or moved; null for what is no link. */
  readonly hits: number | null
}

interface Fault {
  readonly rule: unknown
  readonly endsAtMs: number
  readonly timer: NodeJS.Timeout
  readonly end: () => void
  readonly hits: (() => number) | null
}

export class FaultSeams {
  readonly clock: FaultyClock
  readonly disk = new FaultyDisk(nodeDisk)
  readonly links = new LinkFaults()
  readonly clients = new ClientLinks()
  readonly #log: MemberLogger
  readonly #faults = new Map<string, Fault>()

  constructor(clock: Clock, log: MemberLogger) {
    this.clock = new FaultyClock(clock)
    this.#log = log
  }

  /** `value` as it came from outside. What is active afterwards, or a sentence that says what is wrong with it. */
  command(value: unknown): Result<readonly ActiveFault[], string> {
    const parsed = parseFaultCommand(value)
    if (!parsed.ok) return parsed
    const command = parsed.value
    if (this.#faults.size + 2 > FAULTS_MAX && 'ttlMs' in command)
      return err(`${FAULTS_MAX} faults are active; heal them first`)
    this.#perform(command)
    if (command.type !== 'list') this.#log.warn({ fault: command }, 'a fault that was asked for')
    return ok(this.active())
  }

  active(): readonly ActiveFault[] {
    const nowMs = performance.now()
    return [...this.#faults].map(([on, { rule, endsAtMs, hits }]) => ({
      on,
      rule,
      hits: hits?.() ?? null,
      remainingMs: Math.max(0, Math.round(endsAtMs - nowMs)),
    }))
  }

  /** Every fault ends. */
  heal(): void {
    for (const on of [...this.#faults.keys()]) this.#end(on)
  }

  #perform(command: FaultCommand): void {
    switch (command.type) {
      case 'link':
        for (const direction of command.directions) {
          const { peer, rule, ttlMs } = command
          const hits = () => this.links.hits(peer, direction)
          this.#begin(`link ${peer} ${direction}`, rule, ttlMs, () => this.links.set(peer, direction, null), hits)
          this.links.set(peer, direction, rule)
        }
        return
      case 'clients':
        for (const direction of command.directions) {
          const { rule, ttlMs } = command
          const hits = () => this.clients.hits(direction)
          this.#begin(`clients ${direction}`, rule, ttlMs, () => this.clients.set(direction, null), hits)
          this.clients.set(direction, rule)
        }
        return
      case 'resetClients':
        this.clients.reset()
        return
      case 'end':
        return this.#end(command.on)
      case 'reset':
        this.links.reset(command.peer)
        return
      case 'disk':
        this.#begin('disk', command.rule, command.ttlMs, () => this.disk.clear())
        return this.disk.setRule(command.rule)
      case 'clock': {
        const { rule, ttlMs } = command
        const offset = rule.type === 'offset'
        this.#begin(`clock ${rule.type}`, rule, ttlMs, () =>
          offset ? this.clock.setOffset(0) : this.clock.setFrozen(false),
        )
        return offset ? this.clock.setOffset(rule.ms) : this.clock.setFrozen(true)
      }
      case 'jump':
        return this.clock.jump(command.ms)
      case 'heal':
        return this.heal()
      case 'list':
        return
      default:
        return unreachable(command)
    }
  }

  #begin(on: string, rule: unknown, ttlMs: number, end: () => void, hits: (() => number) | null = null): void {
    this.#end(on)
    const timer = setTimeout(() => this.#end(on), ttlMs)
    this.#faults.set(on, { rule, endsAtMs: performance.now() + ttlMs, timer, end, hits })
  }

  #end(on: string): void {
    const fault = this.#faults.get(on)
    if (!fault) return
    clearTimeout(fault.timer)
    this.#faults.delete(on)
    fault.end()
    this.#log.warn({ on }, 'a fault has ended')
  }
}
