// What a guided scenario consists of, as plain data: what it says and asks, what it does to the real members, what it waits
// for, and what must hold in the end. Carrying it out is the gateway's runner; looking values up is evaluate.ts.

import type { FaultId } from '#shared/events/fault-catalogue.ts'
import type { Choice, Words } from '#shared/events/scenario-run.ts'
import type { AnySettings, WorkloadKind } from '#shared/events/workload-settings.ts'

/** A member: by the name that an earlier `bind` gave it. */
export type Ref = `$${string}`

/** Something that can be looked up at any moment. */
export type Gauge =
  /** What was measured or noted before, by name; a member that was bound has its id there. */
  | { readonly gauge: 'fact'; readonly name: string }
  /** Sid of the one that leads and serves with the highest epoch; 0 for none. */
  | { readonly gauge: 'leader' }
  /** Members that serve clients. */
  | { readonly gauge: 'serving' }
  /** How often a leader began an epoch since the scenario began. */
  | { readonly gauge: 'epochs' }
  /** Milliseconds without a leader that serves, since the scenario began. */
  | { readonly gauge: 'leaderless' }
  /** LOOKING, FOLLOWING, LEADING, OBSERVING; down without a process. */
  | { readonly gauge: 'state'; readonly of: Ref }
  /** 1 while it serves clients. */
  | { readonly gauge: 'serves'; readonly of: Ref }
  /** How it was synchronized last since the scenario began: DIFF, TRUNC, SNAP; none. */
  | { readonly gauge: 'sync'; readonly of: Ref }
  /** Rounds since the scenario began whose quorum this member's ack completed. */
  | { readonly gauge: 'quorums'; readonly by: Ref }
  /** Watches that fired below the znode of a workload since it was started. */
  | { readonly gauge: 'fired'; readonly workload: string }
  /** A count of a workload's report; 0 before the first. */
  | { readonly gauge: 'count'; readonly workload: string; readonly count: string }
  /** Sessions that the leader has ended because they were silent, since the scenario began. */
  | { readonly gauge: 'expired' }
  | { readonly gauge: 'divide'; readonly left: Gauge; readonly right: Gauge }
  | { readonly gauge: 'minus'; readonly left: Gauge; readonly right: Gauge }

export type Value = number | string

export interface Condition {
  readonly left: Gauge
  readonly is: '=' | '≠' | '<' | '≤' | '>' | '≥'
  readonly right: Gauge | Value
}

/** All of them. */
export type Conditions = readonly Condition[]

export type FaultPlaceOn = 'member' | 'disk' | 'clock' | 'isolate' | 'link' | 'clients'

export type Action =
  /** Notes who is the leader now, or a follower that no other name stands for; the lowest sid counts first. */
  | { readonly do: 'bind'; readonly name: Ref; readonly to: 'leader' | 'follower' }
  | {
      readonly do: 'fault'
      /** For `heal`. */
      readonly name: string
      readonly fault: FaultId
      readonly on: FaultPlaceOn
      readonly at: Ref
      readonly to?: Ref
      readonly parameters?: Readonly<Record<string, number>>
    }
  | { readonly do: 'heal'; readonly name: string }
  /** `stop` is in good order. */
  | { readonly do: 'member'; readonly verb: 'kill' | 'stop' | 'start' | 'restart'; readonly at: Ref }
  /**
   * Of what a fault `hold` keeps on the way from one member to another: waits for the first message of that type, and notes
   * its zxid; `release` lets it go, and whatever is before it. It goes on without, when somebody else has let it go.
   */
  | {
      readonly do: 'await-held' | 'release'
      readonly from: Ref
      readonly to: Ref
      readonly message: 'PROPOSAL' | 'ACK' | 'COMMIT'
      readonly name: string
    }
  | { readonly do: 'stop-all' }
  | { readonly do: 'start-all' }
  /** Answers when it serves; it is removed at the end. */
  | { readonly do: 'add-observer'; readonly name: Ref }
  | { readonly do: 'rolling-restart' }
  | { readonly do: 'workload'; readonly name: string; readonly kind: WorkloadKind; readonly settings: AnySettings }
  | { readonly do: 'tune'; readonly name: string; readonly settings: AnySettings }
  | { readonly do: 'stop-workload'; readonly name: string }
  /** A client with a session of its own, on one member or on any. */
  | { readonly do: 'connect'; readonly client: string; readonly to: Ref | 'any'; readonly sessionTimeoutMs?: number }
  /** As a client that dies: its connection ends, its session does not. */
  | { readonly do: 'abandon'; readonly client: string }
  /**
   * One operation on a znode of the run's own. Facts: `NAME` is `ok`, the data that was read, or the error's name (`TIMEOUT`
   * when `withinMs` was not enough); `NAME.ms` how long it took.
   */
  | {
      readonly do: 'call'
      readonly client: string
      /** `read-until`: reads again and again until it is `data`, and notes that or what was read last. */
      readonly call: 'create' | 'ephemeral' | 'set' | 'get' | 'read-until' | 'exists' | 'sync'
      readonly node: string
      readonly data?: string
      readonly name: string
      readonly withinMs?: number
      /** Goes on at once; the facts come when the answer does. */
      readonly background?: true
    }
  /** So many writes one after the other, or `atOnce`; the fact is the median of their times in milliseconds. */
  | {
      readonly do: 'writes'
      readonly client: string
      readonly node: string
      readonly count: number
      readonly bytes?: number
      readonly atOnce?: true
      readonly name: string
    }
  | { readonly do: 'measure'; readonly name: string; readonly what: Gauge }

export type Step =
  /** Waits until somebody has read it. */
  | { readonly type: 'say'; readonly text: Words }
  | { readonly type: 'do'; readonly text: Words; readonly actions: readonly Action[] }
  | { readonly type: 'wait'; readonly text: Words; readonly until: Conditions; readonly withinMs: number }
  | {
      readonly type: 'ask'
      readonly text: Words
      readonly choices: readonly Choice[]
      /** The first whose conditions hold at the end of the run is right. */
      readonly right: readonly { readonly choice: string; readonly when: Conditions }[]
    }
  | { readonly type: 'explain'; readonly text: Words }

export interface Assertion {
  readonly text: Words
  readonly that: Conditions
}

export interface Scenario {
  /** Also its address: kebab-case. */
  readonly id: string
  readonly title: Words
  readonly learn: Words
  /** Voters that must serve before it begins. */
  readonly voters: number
  readonly aboutSeconds: number
  readonly steps: readonly Step[]
  readonly assertions: readonly Assertion[]
}

/** `{name}` in a text is the fact of that name. */
export function w(en: string, zh: string): Words {
  return { en, 'zh-CN': zh }
}

export function fact(name: string): Gauge {
  return { gauge: 'fact', name }
}

export function does(text: Words, ...actions: readonly Action[]): Step {
  return { type: 'do', text, actions }
}

export function holds(left: Gauge, is: Condition['is'], right: Gauge | Value): Condition {
  return { left, is, right }
}

/** For waits: members restart, elections take their time, and machines are busy. */
export const LONG_MS = 90_000
