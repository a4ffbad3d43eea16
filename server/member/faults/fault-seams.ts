// What can be broken in a member on purpose: its links, its disk, its clock. Keeps which faults are active and ends each
// in time, whether or not whoever asked for it is still there. Exists only with zabscope.faults=true.

import { unreachable } from '#shared/base/assert.ts'
import { err, ok, type Result } from '#shared/base/result.ts'
import { nodeDisk } from '../../storage/disk.ts'
import { FaultyDisk } from '../../storage/faulty-disk.ts'
import type { Clock } from '../clock.ts'
import type { MemberLogger } from '../logging.ts'
import { ClientLinks } from './client-links.ts'
import { type CrashPoint, CrashPoints } from './crash-points.ts'
import { type FaultCommand, parseFaultCommand } from './fault-command.ts'
import { FaultyClock } from './faulty-clock.ts'
import type { HeldMessage } from './held-messages.ts'
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

/** The answer to a command. */
export interface Told {
  /** What is active afterwards. */
  readonly active: readonly ActiveFault[]
  /** Only for `held` and `release`: what is held afterwards, and how many more than are told. */
  readonly held?: readonly HeldMessage[]
  readonly more?: number
}

type LastingClockRule = Extract<FaultCommand, { type: 'clock' }>['rule']

/** SIGKILL: nothing more of this process runs. */
function killOurselves(): void {
  process.kill(process.pid, 'SIGKILL')
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
  readonly disk: FaultyDisk
  readonly crashes: CrashPoints
  readonly links = new LinkFaults()
  readonly clients = new ClientLinks()
  readonly #log: MemberLogger
  readonly #faults = new Map<string, Fault>()

  /** `crash`: ends the process as a power cut does, at once. */
  constructor(clock: Clock, log: MemberLogger, crash: () => void = killOurselves) {
    const crashAt = (at: CrashPoint) => {
      log.warn({ at }, 'a crash point that was asked for')
      crash()
    }
    this.clock = new FaultyClock(clock)
    this.crashes = new CrashPoints(crashAt)
    this.disk = new FaultyDisk(nodeDisk, (torn) => crashAt(torn ? 'tornWrite' : 'beforeFlush'))
    this.#log = log
  }

  /** `value` as it came from outside. The answer, or a sentence that says what is wrong with it. */
  command(value: unknown): Result<Told, string> {
    const parsed = parseFaultCommand(value)
    if (!parsed.ok) return parsed
    const command = parsed.value
    if (this.#faults.size + 2 > FAULTS_MAX && 'ttlMs' in command)
      return err(`${FAULTS_MAX} faults are active; heal them first`)
    if (command.type === 'release') {
      const done = this.links.act(command.peer, command.message, command.action)
      if (!done.ok) return done
    } else this.#perform(command)
    const asks = command.type === 'list' || command.type === 'held'
    if (!asks) this.#log.warn({ fault: command }, 'a fault that was asked for')
    if (command.type !== 'held' && command.type !== 'release') return ok({ active: this.active() })
    const { messages, more } = this.links.held()
    return ok({ active: this.active(), held: messages, more })
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

  #perform(command: Exclude<FaultCommand, { type: 'release' }>): void {
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
        this.#begin(`clock ${rule.type}`, rule, ttlMs, () => this.#setClock(rule.type, null))
        return this.#setClock(rule.type, rule)
      }
      case 'crash': {
        const { at, ttlMs } = command
        this.#begin('crash', at, ttlMs, () => {
          this.crashes.arm(null)
          this.disk.armCrash(null)
        })
        if (at === 'beforeFlush' || at === 'tornWrite') this.disk.armCrash(at === 'tornWrite')
        else this.crashes.arm(at)
        return
      }
      case 'jump':
        return this.clock.jump(command.ms)
      case 'heal':
        return this.heal()
      case 'list':
      case 'held':
        return
      default:
        return unreachable(command)
    }
  }

  /** `rule` null: that it ends. */
  #setClock(type: LastingClockRule['type'], rule: LastingClockRule | null): void {
    switch (type) {
      case 'offset':
        return this.clock.setOffset(rule?.type === 'offset' ? rule.ms : 0)
      case 'freeze':
        return this.clock.setFrozen(rule !== null)
      case 'drift':
        return this.clock.setDrift(rule?.type === 'drift' ? rule.fasterPercent : 0)
      case 'pace':
        return this.clock.setPace(rule?.type === 'pace' ? rule.percent : 100)
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
