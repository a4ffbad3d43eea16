// What the benchmark asks of its load generator, a process of its own, and what that answers. Plain data: it goes
// through the channel between the two.

export type CellOp = 'create' | 'set' | 'get' | 'exists' | 'children' | 'mixed90'

/** A load of one kind. Closed loop unless there is a rate. */
export interface LoadCell {
  readonly op: CellOp
  /** Of data; 0 where the operation has none. */
  readonly bytes: number
  readonly connections: number
  /** Requests in flight on each connection; for a fixed rate, the most. */
  readonly outstanding: number
  readonly ratePerSecond: number | null
}

export interface Target {
  /** Client ports of the servers. */
  readonly ports: readonly number[]
  /** Process ids in the same order. */
  readonly pids: readonly number[]
}

export interface CellTimes {
  readonly warmUpMs: number
  readonly measureMs: number
}

export type Job =
  | { readonly type: 'prepare'; readonly target: Target; readonly sizes: readonly number[] }
  | ({ readonly type: 'cell'; readonly target: Target; readonly cell: LoadCell; readonly seed: number } & CellTimes)
  | ({ readonly type: 'fanOut'; readonly target: Target; readonly plan: FanOutPlan } & CellTimes)
  | ({ readonly type: 'connect'; readonly target: Target; readonly lanes: number } & CellTimes)
  | { readonly type: 'firstWrite'; readonly ports: readonly number[] }
  | ({ readonly type: 'failover' } & FailoverPlan)
  | ({ readonly type: 'steady' } & SteadyPlan)
  | { readonly type: 'fill'; readonly target: Target; readonly count: number; readonly bytes: number }
  | { readonly type: 'probe'; readonly target: Target; readonly measureMs: number; readonly seed: number }
  | {
      readonly type: 'soak'
      readonly target: Target
      /** Of each server. */
      readonly sessions: number
      readonly watchesEach: number
      readonly measureMs: number
    }

export interface FanOutPlan {
  readonly kind: 'oneshot' | 'persistent'
  readonly watchers: number
  /** 1: the next write waits until all have heard of the last one, and have their watches set. */
  readonly writesUnderWay: number
}

export interface SteadyPlan {
  /** `host:port,host:port`. */
  readonly servers: string
  readonly clients: number
  readonly ratePerSecond: number
  readonly ms: number
}

/** Writes that were answered, that were lost with their connection, and that there was no connection for. */
export interface Steady {
  readonly acknowledged: number
  readonly failed: number
  readonly unsent: number
}

export interface FailoverPlan {
  readonly ports: readonly number[]
  /** Process id of the leader. */
  readonly leaderPid: number
  /** With which server the client is at first. */
  readonly clientIndex: number
  /** Writing undisturbed, before the kill. */
  readonly steadyMs: number
}

export interface Checks {
  /** How many answers were not as they should be. */
  readonly failed: number
  readonly examples: readonly string[]
  /** How many znodes were read again through another member. */
  readonly sampled: number
}

export interface Load {
  readonly operations: number
  readonly seconds: number
  readonly opsPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly maxMs: number
  /** Of all servers together, per operation. */
  readonly cpuMicroseconds: number
  /** Seconds of each server. */
  readonly serverCpuSeconds: readonly number[]
  /** The generator's share of one processor, 0..1. */
  readonly generatorShare: number
  /** What neither the servers nor the generator used of the whole machine, 0..1. */
  readonly othersShare: number
  /** Fixed rate only: requests that were not sent, because too many were in flight. */
  readonly unsent: number
  readonly checks: Checks
}

/** What every measured run says of processors and checks. */
interface Run {
  readonly cpuMicroseconds: number
  readonly generatorShare: number
  readonly othersShare: number
  readonly checks: Checks
}

/** `cpuMicroseconds` is for an event; latencies are from the write to the event. */
export interface FanOut extends Run {
  readonly eventsPerSecond: number
  readonly writesPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
}

/** `cpuMicroseconds` is for a session opened and closed; latencies are from the connect to the session. */
export interface Storm extends Run {
  readonly sessionsPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
}

export interface FirstWrite {
  /** When the answer was there, in milliseconds since 1970, with fractions. */
  readonly atWallMs: number
}

export interface Failover {
  /** From the kill to the first write acknowledged. */
  readonly failoverMs: number
  /** From the kill to the session's new connection. */
  readonly attachedMs: number
  /** The slowest write before the kill. */
  readonly longestBeforeMs: number
  readonly checks: Checks
}

export interface Fill {
  readonly opsPerSecond: number
  readonly p99Ms: number
  readonly cpuMicroseconds: number
  readonly checks: Checks
}

/** Latencies of reads, unless they say otherwise. */
export interface Probe {
  readonly pauseMs: number
  readonly p99Ms: number
  readonly p999Ms: number
  readonly writeP99Ms: number
  readonly writes: number
  readonly unsent: number
  readonly checks: Checks
}

export interface Soak {
  readonly sessions: number
  /** Whose connection ended. */
  readonly lost: number
  readonly slowestPingMs: number
  /** Of one processor, all servers together. */
  readonly cpuShare: number
  readonly generatorShare: number
  readonly othersShare: number
  readonly checks: Checks
}

/** By the type of the job. */
export interface JobResults {
  prepare: null
  cell: Load
  fanOut: FanOut
  connect: Storm
  firstWrite: FirstWrite
  failover: Failover
  steady: Steady
  fill: Fill
  probe: Probe
  soak: Soak
}

export type JobResult<J extends Job> = JobResults[J['type']]

export interface JobMessage {
  readonly id: number
  readonly job: Job
}

export type JobAnswer =
  | { readonly id: number; readonly ok: true; readonly result: JobResults[keyof JobResults] }
  | { readonly id: number; readonly ok: false; readonly error: string }
