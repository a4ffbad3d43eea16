// The faults of one ensemble: begun, counted down, healed, listed. Roles are resolved when a fault begins. A member that
// restarts gets what is left of its faults again; a fault that a member will not take ends loudly. What a fault means for
// a member is effects.ts's business.

import { ACTIVE_FAULTS_MAX } from '#shared/events/fault-catalogue.ts'
import { type CheckedFault, checkFault, type FaultRequest, type FaultView } from '#shared/events/fault-request.ts'
import type { HeldList, ReleaseRequest } from '#shared/events/held-messages.ts'
import type { Ensemble } from '../ensemble.ts'
import { EnsembleError } from '../ensemble-error.ts'
import { askFaults, type FaultAnswer } from '../fault-control.ts'
import type { ProcessChange } from '../member-process.ts'
import { rot } from './bit-rot.ts'
import { CRASH, type Effects, effectsOf, type Role, type Roles } from './effects.ts'
import { askHeld, askRelease } from './held.ts'
import { Reconciler, type WantedEffect } from './reconciler.ts'
import { faultText } from './words.ts'

export interface FaultChange {
  /** happened: at once, and nothing to heal. */
  readonly change: 'began' | 'ended' | 'happened'
  readonly fault: FaultView
  /** Why, as the end of a sentence; empty for a beginning. */
  readonly reason: string
}

export interface FaultServiceOptions {
  readonly ensemble: Ensemble
  /** What a member is now; null: it does not say, or does not serve. */
  readonly roleOf: (sid: number) => Promise<Role | null>
  /** Called at every beginning and end, in order. */
  readonly onChange: (change: FaultChange) => void
  /** Milliseconds since 1970, as the members' events have them. */
  readonly nowMs: () => number
}

interface Active {
  readonly view: FaultView
  readonly effects: Effects
  /** Monotonic. */
  readonly endsAtMs: number
  readonly timer: NodeJS.Timeout
}

export class FaultService {
  readonly #options: FaultServiceOptions
  readonly #active = new Map<string, Active>()
  readonly #reconcilers = new Map<number, Reconciler>()
  readonly #unlisten: readonly (() => void)[]
  #lastId = 0

  constructor(options: FaultServiceOptions) {
    this.#options = options
    const { ensemble } = options
    this.#unlisten = [
      ensemble.onProcess((change) => this.#onProcess(change)),
      ensemble.onMembers((plans) => this.#onMembers(plans.map(({ sid }) => sid))),
    ]
  }

  /** Oldest first. */
  list(): readonly FaultView[] {
    return [...this.#active.values()].map(({ view }) => view)
  }

  /**
   * Resolves when the members have taken it. Throws EnsembleError: BAD_ARGUMENT for what makes no sense, WRONG_STATE when
   * there is nobody to break, REFUSED when a member will not; then nothing of it is left.
   */
  async inject(request: FaultRequest): Promise<FaultView> {
    const checked = checkFault(request)
    if (!checked.ok) throw new EnsembleError('BAD_ARGUMENT', checked.error)
    const fault = checked.value
    this.#expectRoom(fault)
    const found = effectsOf(fault, await this.#roles(fault))
    if (!found.ok) throw new EnsembleError('WRONG_STATE', found.error)
    const effects = found.value
    this.#expectRoom(fault)
    this.#expectProcesses(fault, effects)
    return fault.durationMs === null ? this.#once(fault, effects) : this.#begin(fault, effects, fault.durationMs)
  }

  /** Resolves when the members have been told. Throws EnsembleError WRONG_STATE when there is no such fault. */
  async heal(id: string): Promise<void> {
    if (!this.#active.has(id))
      throw new EnsembleError('WRONG_STATE', `There is no fault ${id} now; it has ended already.`)
    await this.#end([id], 'healed')
  }

  /** What the members hold of what they have for each other, oldest first for each of them. */
  async held(): Promise<HeldList> {
    const holding = new Set(
      [...this.#active.values()]
        .filter(({ view }) => view.fault === 'hold')
        .flatMap(({ view }) => view.links.map(([from]) => from)),
    )
    const hearing = [...holding].filter((sid) => this.#canHear(sid)).sort((a, b) => a - b)
    return askHeld(hearing, (sid, command) => this.#ask(sid, command))
  }

  /**
   * Lets a message go that is held, or not; then tells what is held. Throws EnsembleError: WRONG_STATE when nothing is held
   * there, REFUSED when that cannot be done to this message.
   */
  async release(request: ReleaseRequest): Promise<HeldList> {
    const { from, to } = request
    const holds = [...this.#active.values()].some(
      ({ view }) => view.fault === 'hold' && view.links.some(([a, b]) => a === from && b === to),
    )
    if (!holds || !this.#canHear(from))
      throw new EnsembleError('WRONG_STATE', `Nothing is held on the way from member ${from} to member ${to} now.`)
    await askRelease(request, (command) => this.#ask(from, command))
    return this.held()
  }

  async healAll(): Promise<void> {
    await this.#end([...this.#active.keys()], 'healed with all others')
  }

  /** Forgets everything without telling anybody: the ensemble ends. */
  close(): void {
    for (const unlisten of this.#unlisten) unlisten()
    for (const { timer } of this.#active.values()) clearTimeout(timer)
    this.#active.clear()
  }

  async #roles({ target }: CheckedFault): Promise<Roles> {
    const sids = this.#options.ensemble.plans.map(({ sid }) => sid)
    const words = [...('at' in target ? [target.at] : []), ...('to' in target ? [target.to] : [])]
    const needed = words.some((who) => typeof who === 'string' && who !== 'all')
    return new Map(
      await Promise.all(sids.map(async (sid) => [sid, needed ? await this.#options.roleOf(sid) : null] as const)),
    )
  }

  #expectRoom({ durationMs }: CheckedFault): void {
    if (durationMs !== null && this.#active.size >= ACTIVE_FAULTS_MAX)
      throw new EnsembleError('WRONG_STATE', `${ACTIVE_FAULTS_MAX} faults are active. Heal some first.`)
  }

  #expectProcesses({ kind }: CheckedFault, effects: Effects): void {
    const { ensemble } = this.#options
    const state = (sid: number) => ensemble.status(sid).process
    // What rots does so whether or not somebody looks.
    if (effects.process === 'restart' || effects.rot !== null) return
    const fit = effects.sids.filter((sid) => {
      if (effects.process === 'kill') return ensemble.status(sid).pid !== null
      return effects.process === 'pause'
        ? state(sid) === 'running'
        : state(sid) === 'running' || state(sid) === 'starting'
    })
    if (fit.length > 0) return
    const who = `Member ${effects.sids.join(', ')}`
    throw new EnsembleError('WRONG_STATE', `${kind.name} needs a process that runs. ${who}: start or resume it first.`)
  }

  #view(fault: CheckedFault, { sids, links }: Effects): FaultView {
    this.#lastId += 1
    const beganAt = this.#options.nowMs()
    const { target, parameters, durationMs } = fault
    const endsAt = durationMs === null ? null : beganAt + durationMs
    const text = faultText(fault, sids, links)
    return { id: `f${this.#lastId}`, fault: fault.fault, target, parameters, sids, links, beganAt, endsAt, text }
  }

  async #once(fault: CheckedFault, effects: Effects): Promise<FaultView> {
    const { ensemble, onChange } = this.#options
    const view = this.#view(fault, effects)
    if (effects.process === 'restart') await Promise.all(effects.sids.map((sid) => ensemble.restart(sid)))
    const { rot: which } = effects
    if (which !== null) await Promise.all(effects.sids.map((sid) => rot(this.#plan(sid).dir, which)))
    const hear = effects.once.filter(({ sid }) => this.#canHear(sid))
    await Promise.all(hear.map(({ sid, command }) => this.#ask(sid, command)))
    onChange({ change: 'happened', fault: view, reason: '' })
    return view
  }

  async #begin(fault: CheckedFault, effects: Effects, durationMs: number): Promise<FaultView> {
    const { ensemble, onChange } = this.#options
    const view = this.#view(fault, effects)
    const { id } = view
    const timer = setTimeout(() => void this.#end([id], 'its time is over').catch(() => undefined), durationMs)
    const endsAtMs = performance.now() + durationMs
    for (const sid of effects.sids) {
      if (effects.process === 'kill' && ensemble.status(sid).pid !== null) ensemble.kill(sid)
      if (effects.process === 'pause' && ensemble.status(sid).process === 'running') ensemble.pause(sid)
    }
    this.#active.set(id, { view, effects, endsAtMs, timer })
    onChange({ change: 'began', fault: view, reason: '' })
    // So that healing finds it ended, and starts it again.
    if (effects.process === 'kill') await Promise.all(effects.sids.map((sid) => ensemble.ended(sid)))
    try {
      await Promise.all([...new Set(effects.lasting.map(({ sid }) => sid))].map((sid) => this.#reconcile(sid)))
    } catch (error) {
      await this.#end([id], 'a member did not take it').catch(() => undefined)
      throw error
    }
    return view
  }

  async #end(ids: readonly string[], reason: string): Promise<void> {
    const touched = new Set<number>()
    for (const id of ids) {
      const active = this.#active.get(id)
      if (!active) continue
      this.#active.delete(id)
      clearTimeout(active.timer)
      for (const { sid } of active.effects.lasting) touched.add(sid)
      this.#options.onChange({ change: 'ended', fault: active.view, reason })
      this.#undo(active.effects)
    }
    await Promise.all([...touched].map((sid) => this.#reconcile(sid)))
  }

  /** Of two faults on one process the other one may still want it down. */
  #undo({ process, sids }: Effects): void {
    const { ensemble } = this.#options
    const others = [...this.#active.values()].filter(({ effects }) => effects.process === process)
    for (const sid of sids) {
      if (others.some(({ effects }) => effects.sids.includes(sid))) continue
      const status = this.#status(sid)
      if (process === 'kill' && status?.process === 'killed' && status.pid === null) ensemble.start(sid)
      if (process === 'pause' && status?.process === 'paused') ensemble.resume(sid)
    }
  }

  /** Who is no member any more has no faults; what else they hit goes with them. */
  #onMembers(sids: readonly number[]): void {
    for (const sid of [...this.#reconcilers.keys()]) if (!sids.includes(sid)) this.#reconcilers.delete(sid)
    const over = [...this.#active.values()].filter(({ view }) => view.sids.some((sid) => !sids.includes(sid)))
    const ids = over.map(({ view }) => view.id)
    if (ids.length > 0) void this.#end(ids, 'a member that it was on has left').catch(() => undefined)
  }

  /** Null: no member any more. */
  #status(sid: number): ProcessChange | null {
    const { ensemble } = this.#options
    return ensemble.plans.some((plan) => plan.sid === sid) ? ensemble.status(sid) : null
  }

  #onProcess({ sid, process, pid, end }: ProcessChange): void {
    if (pid === null) this.#reconcilers.get(sid)?.forget()
    if (end?.signal === 'SIGKILL' && !end.expected) this.#wentOff(sid)
    this.#endByHand(sid, process)
    if (process !== 'running') return
    this.#reconcile(sid).catch((error: unknown) => {
      const lost = [...this.#active.values()].filter(({ effects }) => effects.lasting.some((one) => one.sid === sid))
      const why = error instanceof Error ? error.message : String(error)
      void this.#end(
        lost.map(({ view }) => view.id),
        `member ${sid} did not take it again: ${why}`,
      ).catch(() => undefined)
    })
  }

  /** A crash point was armed, and came: the member is down as if killed, and not armed again when it comes back. */
  #wentOff(sid: number): void {
    for (const [id, active] of this.#active) {
      const { effects, view } = active
      const armed = effects.lasting.filter(({ on }) => on === CRASH)
      if (!armed.some((one) => one.sid === sid)) continue
      const lasting = armed.filter((one) => one.sid !== sid)
      const sids = effects.process === 'kill' ? [...effects.sids, sid] : [sid]
      this.#active.set(id, { ...active, effects: { ...effects, lasting, sids, process: 'kill' } })
      this.#options.onChange({ change: 'happened', fault: view, reason: `member ${sid} came to that point` })
    }
  }

  /** Somebody started what a fault has killed, or resumed what it has paused: that fault is over. */
  #endByHand(sid: number, process: ProcessChange['process']): void {
    const over = { kill: process === 'starting', pause: process !== 'paused', restart: false }
    const ids = [...this.#active.values()]
      .filter(({ effects }) => effects.process !== null && effects.sids.includes(sid) && over[effects.process])
      .filter(({ effects }) => effects.sids.every((one) => one === sid || !this.#stillHit(effects, one)))
      .map(({ view }) => view.id)
    if (ids.length > 0) void this.#end(ids, `member ${sid} is ${process} by hand`)
  }

  #stillHit({ process }: Effects, sid: number): boolean {
    const state = this.#status(sid)?.process
    return process === 'kill' ? state === 'killed' : state === 'paused'
  }

  #canHear(sid: number): boolean {
    const process = this.#status(sid)?.process
    return process === 'running' || process === 'starting'
  }

  #ask(sid: number, command: object): Promise<FaultAnswer> {
    return askFaults({ eventPort: this.#plan(sid).eventPort, secret: this.#options.ensemble.secret }, command)
  }

  #plan(sid: number) {
    const plan = this.#options.ensemble.plans.find((one) => one.sid === sid)
    if (!plan) throw new EnsembleError('WRONG_STATE', `There is no member ${sid} any more.`)
    return plan
  }

  #reconcile(sid: number): Promise<void> {
    let reconciler = this.#reconcilers.get(sid)
    if (!reconciler) {
      reconciler = new Reconciler({
        wanted: () => this.#wanted(sid),
        tell: (command) => this.#ask(sid, command),
        canHear: () => this.#canHear(sid),
      })
      this.#reconcilers.set(sid, reconciler)
    }
    return reconciler.reconcile()
  }

  #wanted(sid: number): WantedEffect[] {
    return [...this.#active.values()].flatMap(({ view, effects, endsAtMs }) =>
      effects.lasting.filter((one) => one.sid === sid).map((effect) => ({ id: view.id, effect, endsAtMs })),
    )
  }
}
