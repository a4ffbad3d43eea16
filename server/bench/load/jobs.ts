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

/** By the type of the job. */
export interface JobResults {
  prepare: null
  cell: Load
}

export type JobResult<J extends Job> = JobResults[J['type']]

export interface JobMessage {
  readonly id: number
  readonly job: Job
}

export type JobAnswer =
  | { readonly id: number; readonly ok: true; readonly result: JobResults[keyof JobResults] }
  | { readonly id: number; readonly ok: false; readonly error: string }
