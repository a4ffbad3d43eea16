// One entry of a trace, and the tracks on which a member's entries are. Source: Chrome's "Trace Event Format", which
// Perfetto reads.

/**
 * Tracks of a member. The three last have as many as they need from there on: Perfetto drops a slice that overlaps another
 * one of its track (slice_drop_overlapping_complete_event).
 */
export const TRACKS = { state: 1, votes: 2, watches: 3, links: 4, rounds: 100, disk: 200, requests: 300 } as const
const TRACKS_A_MEMBER = 1000
/** Where what belongs to no member is. */
const PID_OF_NOBODY = 1000

/**
 * As the file has it. Perfetto finds a thread's name by its id alone, as operating systems number threads: so no two
 * members have a track of one number. And process 0 is the idle one there.
 */
export function numbered(event: TraceEvent): TraceEvent {
  const pid = event.pid === 0 ? PID_OF_NOBODY : event.pid
  return { ...event, pid, tid: pid * TRACKS_A_MEMBER + (event.tid ?? TRACKS.state) }
}

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
  /** Hexadecimal, 64 bits: Perfetto reads nothing else. */
  readonly id?: string
  readonly bp?: 'e'
  readonly s?: 't'
  readonly args?: Readonly<Record<string, unknown>>
}
