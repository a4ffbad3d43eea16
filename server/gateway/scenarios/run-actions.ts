// Carries out what a scenario does to the real members, remembers what has to be undone, and undoes it: faults healed,
// workloads stopped, members started, observers removed, clients closed.

import { setTimeout as delay } from 'node:timers/promises'
import { unreachable } from '#shared/base/assert.ts'
import type { FaultTarget } from '#shared/events/fault-request.ts'
import { isOver } from '#shared/events/workload-view.ts'
import { look, sidOf, type World } from '#shared/scenarios/evaluate.ts'
import type { Action, Ref, Value } from '#shared/scenarios/scenario.ts'
import type { Ensemble } from '../../ensemble/ensemble.ts'
import type { FaultService } from '../../ensemble/faults/fault-service.ts'
import { HOST } from '../../ensemble/ports.ts'
import { RequestError } from '../request-error.ts'
import type { WorkloadControl } from '../workloads/workload-control.ts'
import { RunClients, until } from './run-clients.ts'
import { awaitHeld, releaseHeld } from './run-held.ts'

/** Longer than any scenario; a fault that nobody heals ends by itself. */
const FAULT_MS = 300_000
const BACK_MS = 60_000

export interface ActionsOptions {
  readonly ensemble: Ensemble
  readonly faults: FaultService
  readonly workloads: WorkloadControl
  readonly root: string
  readonly signal: AbortSignal
  /** The present one; `facts` and `workloads` are changed here. */
  readonly world: () => World
  readonly facts: Map<string, Value>
  readonly workloadIds: Map<string, string>
}

export class RunActions {
  readonly #options: ActionsOptions
  readonly #clients: RunClients
  readonly #faults = new Map<string, string>()
  readonly #ended = new Set<number>()
  readonly #observers = new Set<number>()
  /** What cannot be interrupted and has to end before anything is undone. */
  readonly #ongoing = new Set<Promise<unknown>>()

  constructor(options: ActionsOptions) {
    this.#options = options
    const { root, signal, facts } = options
    this.#clients = new RunClients({ root, signal, note: (name, value) => facts.set(name, value) })
  }

  /** Throws Errors whose sentences are for people. */
  async perform(action: Action): Promise<void> {
    const { ensemble, facts, workloads, workloadIds, world } = this.#options
    switch (action.do) {
      case 'bind':
        facts.set(action.name, this.#find(action.to))
        return
      case 'fault':
        return this.#inject(action)
      case 'heal':
        return this.#heal(action.name)
      case 'member':
        return this.#turn(action.verb, this.#sid(action.at))
      case 'await-held':
      case 'release': {
        const way = { from: this.#sid(action.from), to: this.#sid(action.to), type: action.message }
        const { faults, signal } = this.#options
        const held = await awaitHeld(faults, way, signal)
        if (held && action.do === 'release') await releaseHeld(faults, held)
        facts.set(action.name, held?.zxid ?? 'none')
        return
      }
      case 'stop-all':
        await this.#ongoingly(Promise.all(ensemble.plans.map(({ sid }) => this.#turn('stop', sid))))
        return
      case 'start-all':
        this.#ended.clear()
        ensemble.startAll()
        return
      case 'add-observer': {
        const { sid } = await this.#ongoingly(
          ensemble.add('observer').then((plan) => {
            this.#observers.add(plan.sid)
            return plan
          }),
        )
        facts.set(action.name, sid)
        return until(
          () => world().view.members[sid]?.serving ?? false,
          BACK_MS,
          this.#options.signal,
          () => 'no observer',
        )
      }
      case 'rolling-restart':
        await this.#ongoingly(ensemble.rollingRestart())
        return
      case 'workload': {
        const { name, kind, settings } = action
        const started = workloads.start(kind, settings, `${this.#options.root}/${name}`)
        workloadIds.set(name, started.id)
        return
      }
      case 'tune':
        workloads.update(this.#workload(action.name), action.settings)
        return
      case 'stop-workload':
        return workloads.stop(this.#workload(action.name))
      case 'connect':
        return this.#clients.connect(action.client, this.#servers(action.to), action.sessionTimeoutMs)
      case 'abandon':
        return this.#clients.abandon(action.client)
      case 'call': {
        const called = this.#clients.call(action)
        return action.background ? undefined : called
      }
      case 'writes':
        return this.#clients.writes(action)
      case 'measure':
        facts.set(action.name, look(action.what, world()))
        return
      default:
        return unreachable(action)
    }
  }

  /** Undoes everything, whatever of it fails; `quick`: the ensemble itself is about to end. Returns what could not be undone. */
  async undo(quick: boolean): Promise<readonly string[]> {
    const { ensemble, workloads, workloadIds, world } = this.#options
    const problems: string[] = []
    const attempt = async (work: () => Promise<unknown> | unknown): Promise<void> => {
      try {
        await work()
      } catch (error) {
        problems.push(error instanceof Error ? error.message : String(error))
      }
    }
    const healAll = async (): Promise<void> => {
      for (const name of [...this.#faults.keys()]) await attempt(() => this.#heal(name))
    }
    await healAll()
    const running = [...workloadIds.values()].filter((id) => {
      const known = world().view.workloads[id]
      return known && !isOver(known)
    })
    await Promise.all(running.map((id) => attempt(() => workloads.stop(id))))
    if (quick) {
      await attempt(() => this.#clients.close(null))
      return problems
    }
    // A fault may have been on its way when the run was stopped, and is known only now.
    await Promise.race([Promise.allSettled(this.#ongoing), delay(BACK_MS, undefined, { ref: false })])
    await healAll()
    for (const sid of this.#ended)
      await attempt(() => (ensemble.status(sid).pid === null && !this.#observers.has(sid) ? ensemble.start(sid) : null))
    const voters = () =>
      ensemble.plans.every(({ sid }) => this.#observers.has(sid) || (world().view.members[sid]?.serving ?? false))
    await attempt(() => until(voters, BACK_MS, new AbortController().signal, () => 'a member does not serve again'))
    for (const sid of this.#observers) await attempt(() => ensemble.remove(sid))
    await attempt(() => this.#clients.close(ensemble.connectString))
    return problems
  }

  async #inject({ name, fault, on, at, to, parameters = {} }: Extract<Action, { do: 'fault' }>): Promise<void> {
    const { faults } = this.#options
    const request = { fault, target: this.#target(on, at, to), parameters, durationMs: FAULT_MS }
    await this.#ongoingly(faults.inject(request).then((view) => this.#faults.set(name, view.id)))
  }

  #target(on: Extract<Action, { do: 'fault' }>['on'], at: Ref, to: Ref | undefined): FaultTarget {
    const sid = this.#sid(at)
    if (on !== 'link') return { on, at: sid }
    if (to === undefined) throw new RequestError('INTERNAL', 'A fault on a link names both of its ends.')
    return { on, at: sid, to: this.#sid(to) }
  }

  /** One that has ended meanwhile is healed. */
  async #heal(name: string): Promise<void> {
    const id = this.#faults.get(name)
    this.#faults.delete(name)
    if (id !== undefined && this.#options.faults.list().some((fault) => fault.id === id))
      await this.#options.faults.heal(id)
  }

  async #turn(verb: 'kill' | 'stop' | 'start' | 'restart', sid: number): Promise<void> {
    const { ensemble } = this.#options
    if (verb === 'start') {
      this.#ended.delete(sid)
      ensemble.start(sid)
      return
    }
    if (verb === 'restart') return this.#ongoingly(ensemble.restart(sid))
    this.#ended.add(sid)
    if (verb === 'kill') ensemble.kill(sid)
    else await this.#ongoingly(ensemble.stop(sid))
  }

  #find(role: 'leader' | 'follower'): number {
    const { world, facts } = this.#options
    const leader = Number(look({ gauge: 'leader' }, world()))
    if (role === 'leader') {
      if (leader === 0) throw new RequestError('WRONG_STATE', 'Nobody leads now; the scenario cannot go on.')
      return leader
    }
    const named = new Set([...facts].filter(([name]) => name.startsWith('$')).map(([, sid]) => sid))
    const followers = Object.values(world().view.members)
      .filter(({ state, serving }) => state === 'FOLLOWING' && serving)
      .map(({ sid }) => sid)
      .sort((a, b) => a - b)
    const found = followers.find((sid) => !named.has(sid)) ?? followers[0]
    if (found === undefined) throw new RequestError('WRONG_STATE', 'Nobody follows now; the scenario cannot go on.')
    return found
  }

  #sid(ref: Ref): number {
    return sidOf(ref, this.#options.world())
  }

  #servers(to: Ref | 'any'): string {
    const { ensemble } = this.#options
    if (to === 'any') return ensemble.connectString
    const plan = ensemble.plans.find(({ sid }) => sid === this.#sid(to))
    if (!plan) throw new RequestError('WRONG_STATE', `There is no member ${to} any more.`)
    return `${HOST}:${plan.clientPort}`
  }

  #workload(name: string): string {
    return this.#options.workloadIds.get(name) ?? ''
  }

  async #ongoingly<T>(work: Promise<T>): Promise<T> {
    this.#ongoing.add(work)
    try {
      return await work
    } finally {
      this.#ongoing.delete(work)
    }
  }
}
