// The supervisor of an ensemble on this machine: one process a member, started, stopped, killed and paused by
// number, added and removed. It tells each change of a process or of the members to whoever listens. What members say
// about themselves is the gateway's business.

import type { ProcessEnd } from '#shared/events/cluster-view.ts'
import { rolesOfRunning } from './ask-reconfig.ts'
import { AutoRestart } from './auto-restart.ts'
import { type DirectoryLock, lockDirectory } from './directory-lock.ts'
import { EnsembleError } from './ensemble-error.ts'
import { commandFault } from './fault-control.ts'
import { type Layout, type LayoutOptions, layoutOfRunning, makeDataDir, prepareLayout } from './layout.ts'
import { endLeft, type LeftMember } from './left-members.ts'
import { MemberProcess, type ProcessChange } from './member-process.ts'
import { Membership } from './membership.ts'
import { HOST, type MovedPort } from './ports.ts'
import { rollingRestart } from './rolling-restart.ts'
import { writeRoster } from './roster.ts'
import type { MemberPlan, MemberRole } from './zoo-cfg.ts'

export interface EnsembleOptions extends LayoutOptions {
  /** The script that runs one member from a zoo.cfg: dist/server/member.js. */
  readonly memberEntry: string
  /** Members that end without being asked to are started again; left out: they stay down. */
  readonly autoRestart?: boolean
  /**
   * Members go on when this process ends or is killed, and the next supervisor of the directory that wants the same adopts
   * them. Left out: they end with it, and members that were left behind are ended first.
   */
  readonly outlives?: boolean
}

/** A member's exit code when a port of its own is taken; ZooKeeper's, too. */
const EXIT_PORT_TAKEN = 14

export type ProcessListener = (change: ProcessChange) => void
/** Called with all members there are now. */
export type MembersListener = (plans: readonly MemberPlan[]) => void

export class Ensemble {
  readonly #layout: Layout
  readonly #lock: DirectoryLock
  readonly #members = new Map<number, MemberProcess>()
  readonly #listeners = new Set<ProcessListener>()
  readonly #membersListeners = new Set<MembersListener>()
  readonly #memberEntry: string
  readonly #outlives: boolean
  /** Members that ran already. */
  readonly adopted: readonly number[]
  readonly #membership: Membership
  readonly #autoRestart: AutoRestart
  #plans: readonly MemberPlan[] = []
  #closing: Promise<void> | null = null

  private constructor(layout: Layout, lock: DirectoryLock, options: EnsembleOptions, left: readonly LeftMember[]) {
    this.#layout = layout
    this.#lock = lock
    this.#memberEntry = options.memberEntry
    this.#outlives = options.outlives ?? false
    this.adopted = left.map(({ sid }) => sid)
    this.#takePlans(layout.plans)
    const supervisor = this
    this.#membership = new Membership({
      dataDir: layout.dataDir,
      secret: layout.secret,
      common: layout.common,
      get plans() {
        return supervisor.plans
      },
      isAlive: (sid) => this.#members.get(sid)?.isAlive ?? false,
      start: (sid) => this.start(sid),
      stop: (sid) => this.stop(sid),
      setPlans: (plans) => this.#setPlans(plans),
    })
    this.#autoRestart = new AutoRestart(options.autoRestart ?? false, {
      start: (sid) => {
        const member = this.#members.get(sid)
        if (member && !member.isAlive && !this.#closing) member.start()
      },
      onGivenUp: (sid) => this.#members.get(sid)?.giveUp(),
    })
    for (const member of left) this.#members.get(member.sid)?.adopt(member)
  }

  /**
   * Locks the directory and writes all configurations; starts no process. With `outlives` it adopts members that run, and
   * then leaves configurations as they are. Throws EnsembleError.
   */
  static async open(options: EnsembleOptions): Promise<Ensemble> {
    const dataDir = makeDataDir(options.dataDir)
    const { outlives = false } = options
    const lock = lockDirectory(dataDir, outlives)
    let left: readonly LeftMember[] = lock.left
    try {
      const others = left.filter(({ keeps }) => !(outlives && keeps))
      await endLeft(dataDir, others)
      left = left.filter((member) => !others.includes(member))
      if (left.length === 0) return new Ensemble(await prepareLayout({ ...options, dataDir }), lock, options, [])
      const layout = layoutOfRunning({ ...options, dataDir })
      const ensemble = new Ensemble(layout, lock, options, left)
      ensemble.#record()
      await ensemble.#healAll()
      return ensemble
    } catch (error) {
      if (left.length > 0) lock.leave(left)
      else lock.release()
      throw error
    }
  }

  get dataDir(): string {
    return this.#layout.dataDir
  }

  get plans(): readonly MemberPlan[] {
    return this.#plans
  }

  /** Ports that were taken, and what was used instead. */
  get movedPorts(): readonly MovedPort[] {
    return this.#layout.moved
  }

  /** Lower-case hex; whoever shows it to a member may listen to its events. */
  get secret(): string {
    return this.#layout.secret
  }

  /** `127.0.0.1:2181,127.0.0.1:2182,…` */
  get connectString(): string {
    return this.plans.map((plan) => `${HOST}:${plan.clientPort}`).join(',')
  }

  /** Calls `listener` at every change of a process until the returned function is called. */
  onProcess(listener: ProcessListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Calls `listener` whenever members have come or gone, or have another role, until the returned function is called. */
  onMembers(listener: MembersListener): () => void {
    this.#membersListeners.add(listener)
    return () => this.#membersListeners.delete(listener)
  }

  /** Members that end without being asked to are started again. */
  get autoRestart(): boolean {
    return this.#autoRestart.enabled
  }

  set autoRestart(on: boolean) {
    this.#autoRestart.enabled = on
  }

  /** What `sid` is now; `reason` is empty. Throws EnsembleError NO_SUCH_MEMBER. */
  status(sid: number): ProcessChange {
    const member = this.#member(sid)
    return { sid, process: member.state, pid: member.pid, reason: '' }
  }

  /** Starts every member that has no process. */
  startAll(): void {
    for (const member of this.#members.values()) if (!member.isAlive) member.start()
  }

  /** Throws EnsembleError NO_SUCH_MEMBER or WRONG_STATE, as the next four do. */
  start(sid: number): void {
    const member = this.#member(sid)
    if (this.#closing) throw new EnsembleError('WRONG_STATE', 'The ensemble is shutting down; start it again first.')
    member.start()
  }

  /** SIGKILL: nothing is flushed, nobody says goodbye. */
  kill(sid: number): void {
    this.#member(sid).kill()
  }

  /** How the last process of `sid` ended; null before the first did. */
  lastEnd(sid: number): ProcessEnd | null {
    return this.#member(sid).lastEnd
  }

  /** Resolves when `sid` has no process (any more). */
  ended(sid: number): Promise<void> {
    return this.#member(sid).ended
  }

  /** SIGTERM, then SIGKILL after five seconds; resolves when the process has ended. */
  async stop(sid: number): Promise<void> {
    const member = this.#member(sid)
    if (!member.isAlive)
      throw new EnsembleError('WRONG_STATE', `Member ${sid} has no process; there is nothing to stop.`)
    await member.stop()
  }

  /** Stops it if it has a process, and starts it; resolves when it has been started, which is not when it serves. */
  async restart(sid: number): Promise<void> {
    const member = this.#member(sid)
    if (member.isAlive) await member.stop()
    this.start(sid)
  }

  /** One after the other, the leader last. Resolves with their order; throws EnsembleError at the first that does not come back. */
  rollingRestart(): Promise<readonly number[]> {
    return this.#membership.exclusively(() =>
      rollingRestart({
        plans: this.plans,
        isAlive: (sid) => this.#members.get(sid)?.isAlive ?? false,
        restart: (sid) => this.restart(sid),
      }),
    )
  }

  /** A member more, with everything that the others have; `sid` null: the smallest that is free. Throws EnsembleError. */
  add(role: MemberRole, sid: number | null = null): Promise<MemberPlan> {
    return this.#membership.add(role, sid)
  }

  /** A member less; its data is set aside. Throws EnsembleError. */
  remove(sid: number): Promise<void> {
    return this.#membership.remove(sid)
  }

  /** Deletes the data of a member that is down; it joins anew, and runs. Throws EnsembleError. */
  reset(sid: number): Promise<void> {
    return this.#membership.reset(sid)
  }

  /** Deletes the data of all members, which must be down. Throws EnsembleError. */
  resetAll(): Promise<void> {
    return this.#membership.resetAll()
  }

  /** SIGSTOP: its connections stay open, and nothing answers. */
  pause(sid: number): void {
    this.#member(sid).pause()
  }

  resume(sid: number): void {
    this.#member(sid).resume()
  }

  /** Resolves when each member takes clients, or is paused; rejects with EnsembleError when one ends before that: PORT_TAKEN or WRONG_STATE. */
  whenRunning(): Promise<void> {
    return new Promise((resolve, reject) => {
      const unlisten = this.onProcess((change) => check(change))
      const check = (change: ProcessChange | null): void => {
        if (change?.process === 'killed' || change?.process === 'stopped') {
          unlisten()
          const member = this.#member(change.sid)
          const code = change.end?.exitCode === EXIT_PORT_TAKEN ? 'PORT_TAKEN' : 'WRONG_STATE'
          const log = `${member.plan.dir}/server.log`
          reject(new EnsembleError(code, `Member ${change.sid} did not start (${change.reason}). See ${log}.`))
        } else if ([...this.#members.values()].every(({ state }) => state === 'running' || state === 'paused')) {
          unlisten()
          resolve()
        }
      }
      check(null)
    })
  }

  /** Ends every process in good order and gives the directory back. Safe to call twice. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  /** Gives the directory back while the members go on, without faults; those that we have paused go on, too. */
  leave(): Promise<void> {
    this.#closing ??= this.#leave()
    return this.#closing
  }

  /**
   * A supervisor that was killed while it added or removed a member may have left an older list of roles than the
   * ensemble has; once a member serves, it says. Does nothing without adopted members. Never rejects.
   */
  async learnRoles(): Promise<void> {
    if (this.adopted.length === 0) return
    const roles = await rolesOfRunning({ servers: this.connectString, secret: this.secret }).catch(() => null)
    if (roles === null || this.#closing) return
    // Who is on no list has no vote.
    const plans = this.plans.map((plan) => ({ ...plan, role: roles.get(plan.sid) ?? 'observer' }))
    if (plans.some(({ role }, i) => role !== this.plans[i]?.role)) this.#setPlans(plans)
  }

  /** For the impatient: SIGKILL to every member. */
  killAll(): void {
    for (const member of this.#members.values()) if (member.isAlive) member.kill()
  }

  async #close(): Promise<void> {
    this.#autoRestart.close()
    await Promise.all([...this.#members.values()].map((member) => member.stop()))
    this.#lock.release()
  }

  async #leave(): Promise<void> {
    this.#autoRestart.close()
    const members = this.#identities()
    await this.#healAll()
    for (const member of this.#members.values()) member.letGo()
    this.#lock.leave(members)
  }

  /** Faults end by themselves, but nobody would show them until then. */
  async #healAll(): Promise<void> {
    const able = [...this.#members.values()].filter(({ isAlive, state }) => isAlive && state !== 'paused')
    const heal = ({ plan: { eventPort } }: MemberProcess) =>
      commandFault({ eventPort, secret: this.secret }, { type: 'heal' })
    // One that does without faults refuses, and one that has just started has none.
    await Promise.all(able.map((member) => heal(member).catch(() => undefined)))
  }

  #identities() {
    return [...this.#members.values()].flatMap(({ identity }) => (identity === null ? [] : [identity]))
  }

  #record(): void {
    this.#lock.recordMembers(this.#identities())
  }

  #setPlans(plans: readonly MemberPlan[]): void {
    writeRoster(this.dataDir, plans)
    this.#takePlans(plans)
    for (const listener of this.#membersListeners) listener(plans)
  }

  #takePlans(plans: readonly MemberPlan[]): void {
    this.#plans = plans
    const onChange = (change: ProcessChange): void => this.#told(change)
    for (const plan of plans)
      if (!this.#members.has(plan.sid))
        this.#members.set(
          plan.sid,
          new MemberProcess({ plan, memberEntry: this.#memberEntry, outlives: this.#outlives, onChange }),
        )
    for (const sid of [...this.#members.keys()]) if (!plans.some((plan) => plan.sid === sid)) this.#members.delete(sid)
  }

  #member(sid: number): MemberProcess {
    const member = this.#members.get(sid)
    if (!member)
      throw new EnsembleError(
        'NO_SUCH_MEMBER',
        `There is no member ${sid}; the members are ${[...this.#members.keys()].join(', ')}.`,
      )
    return member
  }

  #told(change: ProcessChange): void {
    if (change.process !== 'running' && change.process !== 'paused') this.#record()
    for (const listener of this.#listeners) listener(change)
    this.#autoRestart.onProcess(change)
  }
}
