// One entry of a trace, and the tracks on which a member's entries are. Source: Chrome's "Trace Event Format", which
// Perfetto reads.

/** Tracks of a member, in the order of the page. Rounds have as many as they need, from ROUNDS on. */
export const TRACKS = { state: 1, votes: 2, disk: 3, requests: 4, watches: 5, links: 6, rounds: 100 } as const
/** One entry of `traceEvents`. */
export interface TraceEvent {
  readonly ph: 'X' | 'i' | 'C' | 'M' | 's' | 'f'
  readonly pid: number
  readonly tid?: number
  readonly name: string
  readonly cat?: string
  /** Microseconds since the trace began. */
  readonly ts?: number
  readonly dur?: number
  readonly id?: string
  readonly bp?: 'e'
  readonly s?: 't'
  readonly args?: Readonly<Record<string, unknown>>
}
