// What happened in a run, counted: a run without elections, truncations or crashes proves little.

export interface RunFacts {
  /** Times that a server began to lead, and epochs that were established. */
  elections: number
  epochs: number
  /** Txns chosen. */
  commits: number
  diffs: number
  truncs: number
  snaps: number
  crashes: number
  /** Of them, those between two effects of one step. */
  crashesMidStep: number
  /** Starts of a process that had run before. */
  restarts: number
  /** Fuzzy snapshots of a server's own. */
  snapshots: number
  closes: number
  /** Closes that the leader decided. */
  expiries: number
  /** Sessions that went on at another server. */
  movedSessions: number
  replies: number
  watchEvents: number
  faults: number
  /** Answers of checkEverything: full evaluations that agreed with the incremental one. */
  fullChecks: number
}

export function createFacts(): RunFacts {
  return {
    elections: 0,
    epochs: 0,
    commits: 0,
    diffs: 0,
    truncs: 0,
    snaps: 0,
    crashes: 0,
    crashesMidStep: 0,
    restarts: 0,
    snapshots: 0,
    closes: 0,
    expiries: 0,
    movedSessions: 0,
    replies: 0,
    watchEvents: 0,
    faults: 0,
    fullChecks: 0,
  }
}
