// Members that come and go while the ensemble runs, by reconfig. A new member first listens without a vote, until it has
// everything; then it is listed, with its vote. So members without data can never elect each other. One change at a time.

import { askReconfig } from './ask-reconfig.ts'
import { whenCaughtUp } from './caught-up.ts'
import { EnsembleError } from './ensemble-error.ts'
import { MEMBERS_MAX, planNewMember } from './layout.ts'
import { setAside, wipeData, writeAllMembers, writeMember } from './member-files.ts'
import type { CommonConfig, MemberPlan, MemberRole } from './zoo-cfg.ts'

/** The ensemble, as far as changing its members goes. */
export interface MembershipHost {
  readonly dataDir: string
  readonly secret: string
  readonly common: CommonConfig
  readonly plans: readonly MemberPlan[]
  isAlive(sid: number): boolean
  start(sid: number): void
  stop(sid: number): Promise<void>
  /** From now on these are the members; written down, and told to whoever listens. */
  setPlans(plans: readonly MemberPlan[]): void
}

export class Membership {
  readonly #host: MembershipHost
  #changing = false

  constructor(host: MembershipHost) {
    this.#host = host
  }

  /** `sid` null: the smallest that is free. Resolves with the member when it serves in its role. Throws EnsembleError. */
  add(role: MemberRole, sid: number | null = null): Promise<MemberPlan> {
    return this.exclusively(async () => {
      const { plans, dataDir } = this.#host
      if (plans.length >= MEMBERS_MAX) throw wrong(`An ensemble has at most ${MEMBERS_MAX} members.`)
      const free = Array.from({ length: MEMBERS_MAX }, (_, i) => i + 1).filter((one) => !this.#find(one))
      const chosen = sid ?? free[0] ?? 0
      if (!free.includes(chosen)) throw wrong(`There is a member ${chosen} already; free are ${free.join(', ')}.`)
      const plan = await planNewMember(dataDir, chosen, role, plans)
      setAside(plan)
      return this.#join(plan)
    })
  }

  /** Its data stays as removed-member-N. Throws EnsembleError. */
  remove(sid: number): Promise<void> {
    return this.exclusively(async () => {
      const plan = this.#need(sid)
      await this.#leave(plan)
      if (this.#host.isAlive(sid)) await this.#host.stop(sid)
      this.#host.setPlans(this.#others(sid))
      setAside(plan)
    })
  }

  /**
   * Deletes the data of one member that is down and lets it join anew; it runs afterwards. The others must have a leader:
   * a voter that has forgotten what it promised is none before it has everything again. Throws EnsembleError.
   */
  reset(sid: number): Promise<void> {
    return this.exclusively(async () => {
      const plan = this.#need(sid)
      this.#expectDown([plan])
      if (this.#host.plans.length === 1) return this.#wipeAll()
      await this.#leave(plan)
      wipeData(plan)
      this.#host.setPlans(this.#others(sid))
      await this.#join(plan)
    })
  }

  /** Deletes the data of all members; they stay down. Throws EnsembleError WRONG_STATE while one runs. */
  resetAll(): Promise<void> {
    return this.exclusively(async () => {
      this.#expectDown(this.#host.plans)
      this.#wipeAll()
    })
  }

  #wipeAll(): void {
    const { plans, common } = this.#host
    for (const plan of plans) wipeData(plan)
    writeAllMembers(plans, common)
  }

  /**
   * With its files written afresh; it must not be listed. Nobody counts it before it has everything: its own list has it
   * as what it will be, because who would be a voter must be connected as one, but the others follow their own list.
   */
  async #join(plan: MemberPlan): Promise<MemberPlan> {
    const host = this.#host
    const others = host.plans
    const withRole = (role: MemberRole) => [...others, { ...plan, role }].sort((a, b) => a.sid - b.sid)
    const plans = withRole(plan.role)
    const ask = { servers: serversOf(others), secret: host.secret }
    const isAlive = () => host.isAlive(plan.sid)
    writeMember(plan, plans, host.common, null)
    // After a crash from here on it is a member without a vote.
    host.setPlans(withRole('observer'))
    try {
      host.start(plan.sid)
      await whenCaughtUp({ plan, plans, isAlive })
      await askReconfig(ask, { joining: plan })
    } catch (error) {
      await this.#takeBack(plan, ask)
      throw error
    }
    host.setPlans(plans)
    const mode = plan.role === 'observer' ? (['observer'] as const) : (['follower', 'leader'] as const)
    await whenCaughtUp({ plan, plans, isAlive, mode })
    return plan
  }

  /** What did not come to be a member is none. */
  async #takeBack(plan: MemberPlan, ask: { servers: string; secret: string }): Promise<void> {
    await askReconfig(ask, { leaving: plan.sid }).catch(() => undefined)
    if (this.#host.isAlive(plan.sid)) await this.#host.stop(plan.sid)
    this.#host.setPlans(this.#others(plan.sid))
    setAside(plan)
  }

  async #leave(plan: MemberPlan): Promise<void> {
    const others = this.#others(plan.sid)
    if (others.length === 0) throw wrong(`Member ${plan.sid} is the only one; stop the ensemble instead.`)
    if (!others.some(({ role }) => role === 'participant'))
      throw wrong(`Member ${plan.sid} is the only one with a vote; add another participant first.`)
    const ask = { servers: serversOf(others), secret: this.#host.secret }
    await askReconfig(ask, { leaving: plan.sid })
  }

  #find(sid: number): MemberPlan | undefined {
    return this.#host.plans.find((plan) => plan.sid === sid)
  }

  #need(sid: number): MemberPlan {
    const plan = this.#find(sid)
    if (plan) return plan
    const sids = this.#host.plans.map((one) => one.sid)
    throw new EnsembleError('NO_SUCH_MEMBER', `There is no member ${sid}; the members are ${sids.join(', ')}.`)
  }

  #others(sid: number): readonly MemberPlan[] {
    return this.#host.plans.filter((plan) => plan.sid !== sid)
  }

  #expectDown(plans: readonly MemberPlan[]): void {
    const alive = plans.find(({ sid }) => this.#host.isAlive(sid))
    if (alive) throw wrong(`Member ${alive.sid} is running; stop it before its data is deleted.`)
  }

  /** Nothing else changes members, or restarts them one by one, at the same time. Throws EnsembleError WRONG_STATE. */
  async exclusively<T>(change: () => Promise<T>): Promise<T> {
    if (this.#changing) throw wrong('Another change of the members is under way. Try again when it is done.')
    this.#changing = true
    try {
      return await change()
    } finally {
      this.#changing = false
    }
  }
}

function wrong(sentence: string): EnsembleError {
  return new EnsembleError('WRONG_STATE', sentence)
}

function serversOf(plans: readonly MemberPlan[]): string {
  return plans.map(({ clientPort }) => `127.0.0.1:${clientPort}`).join(',')
}
