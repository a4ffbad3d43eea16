// The window as a trace for ui.perfetto.dev, in the JSON format of Chrome's traces: a process for each member, its rounds
// as slices with the stages within them and arrows from the leader to the followers and back, its states, flushes and
// sampled requests as slices, votes and watches as instants, writes a second as a counter.
// Source: "Trace Event Format" (the JSON that Perfetto reads): ph X, i, C, M, s and f; ts and dur in microseconds.

import type { MemberStages } from '#shared/events/cluster-view.ts'
import type { GatewayEvent } from '#shared/events/socket-protocol.ts'
import { readableZxid } from '#shared/events/zxid-text.ts'
import { LaneBook } from './lanes.ts'
import { roundsOf, type TracedRound } from './rounds-of.ts'
import { instantOf, type LanedSlice, StateSlices, sliceOf } from './single-events.ts'
import { numbered, TRACKS, type TraceEvent } from './trace-event.ts'

const TRACK_NAMES: readonly (readonly [number, string])[] = [
  ...([
    [TRACKS.state, 'state'],
    [TRACKS.votes, 'votes'],
    [TRACKS.watches, 'watches and sessions'],
    [TRACKS.links, 'links and synchronization'],
  ] as const),
]

/** A slice that has no length cannot be seen, nor an arrow end in it. */
const SLICE_US_MIN = 1
const STAGES = ['proposed', 'received', 'logged', 'acked', 'committed', 'applied'] as const

/** Gives the chunks of a window, the same ones each time. */
export type Chunks = () => Iterable<readonly GatewayEvent[]>

/** The whole file, in pieces. Between two of them others have their turn: a trace is much work. */
export async function* traceLines(chunks: Chunks): AsyncGenerator<string> {
  yield '{"displayTimeUnit":"ms","traceEvents":[\n'
  let separator = ''
  for await (const some of traceEvents(chunks)) {
    if (some.length === 0) continue
    yield separator + some.map((event) => JSON.stringify(numbered(event))).join(',\n')
    separator = ',\n'
  }
  yield '\n]}\n'
}

async function* traceEvents(chunks: Chunks): AsyncGenerator<readonly TraceEvent[]> {
  let startMs = Number.POSITIVE_INFINITY
  let endMs = 0
  const sids = new Set<number>()
  for await (const chunk of unhurried(chunks)) {
    for (const { t, sid } of chunk) {
      startMs = Math.min(startMs, t)
      endMs = Math.max(endMs, t)
      sids.add(sid)
    }
  }
  const us = (t: number) => Math.round((t - startMs) * 1000)
  yield [...sids].flatMap((sid) => processNames(sid))
  const states = new StateSlices(us)
  const lanes = new LaneBook()
  for await (const chunk of unhurried(chunks)) {
    const made: TraceEvent[] = []
    for (const event of chunk) {
      const one = inLane(sliceOf(event, us), lanes) ?? instantOf(event, us)
      if (one) made.push(one)
      made.push(...states.add(event))
    }
    yield made
  }
  yield states.end(endMs)
  yield* roundSlices(await roundsOf(() => unhurried(chunks)), lanes, us)
  yield lanes.names()
}

/** Flushes and requests of a member overlap; null for none, and for one that finds no lane. */
function inLane(slice: LanedSlice | null, lanes: LaneBook): TraceEvent | null {
  if (slice === null) return null
  const { kind, event } = slice
  const tid = lanes.take(kind, event.pid, event.ts, event.ts + event.dur)
  return tid === null ? null : { ...event, tid }
}

/** The same chunks, each in a turn of its own of the event loop. */
async function* unhurried(chunks: Chunks): AsyncGenerator<readonly GatewayEvent[]> {
  for (const chunk of chunks()) {
    await new Promise((resolve) => setImmediate(resolve))
    yield chunk
  }
}

function processNames(sid: number): TraceEvent[] {
  const named = (tid: number, name: string): TraceEvent[] => [
    { ph: 'M', pid: sid, tid, name: 'thread_name', args: { name } },
    { ph: 'M', pid: sid, tid, name: 'thread_sort_index', args: { sort_index: tid } },
  ]
  return [
    { ph: 'M', pid: sid, name: 'process_name', args: { name: sid === 0 ? 'ensemble' : `member ${sid}` } },
    { ph: 'M', pid: sid, name: 'process_sort_index', args: { sort_index: sid } },
    ...TRACK_NAMES.flatMap(([tid, name]) => named(tid, name)),
  ]
}

const ROUNDS_A_PIECE = 500

function* roundSlices(
  rounds: readonly TracedRound[],
  lanes: LaneBook,
  us: (t: number) => number,
): Generator<readonly TraceEvent[]> {
  for (let from = 0; from < rounds.length; from += ROUNDS_A_PIECE)
    yield rounds.slice(from, from + ROUNDS_A_PIECE).flatMap((round) => slicesOf(round, lanes, us))
}

/** A round on every member that took part; arrows for the proposal and for the ack that completed the quorum. */
function slicesOf(round: TracedRound, lanes: LaneBook, us: (t: number) => number): TraceEvent[] {
  const { txn, leader, quorumAt, quorumBy } = round
  const name = `${readableZxid(txn.zxid)} ${txn.op}${txn.path === null ? '' : ` ${txn.path}`}`
  const made: TraceEvent[] = []
  const tids = new Map<number, number>()
  for (const [sid, stages] of round.members) {
    const reached = reachedStages(stages, us)
    const first = reached[0]
    const last = reached.at(-1)
    if (!first || !last) continue
    const end = Math.max(last.at, first.at + SLICE_US_MIN)
    const tid = lanes.take('rounds', sid, first.at, end)
    if (tid === null) continue
    tids.set(sid, tid)
    const args = { ...txn, leader, quorumBy, ...Object.fromEntries(reached.map(({ stage, at }) => [`${stage}Us`, at])) }
    made.push({ ph: 'X', pid: sid, tid, cat: 'round', name, ts: first.at, dur: end - first.at, args })
    for (const [i, { stage, at }] of reached.entries()) {
      const next = reached[i + 1]
      if (!next || next.at === at) continue
      made.push({
        ph: 'X',
        pid: sid,
        tid,
        cat: 'stage',
        name: `until ${next.stage}`,
        ts: at,
        dur: next.at - at,
        args: { after: stage },
      })
    }
  }
  return made.concat(arrowsOf(round, tids, us, quorumAt))
}

function reachedStages(stages: MemberStages, us: (t: number) => number) {
  return STAGES.flatMap((stage) => {
    const t = stages[stage]
    return t === undefined ? [] : [{ stage, at: us(t) }]
  }).sort((a, b) => a.at - b.at)
}

function arrowsOf(
  { txn, leader, proposedAt, members, quorumBy }: TracedRound,
  tids: ReadonlyMap<number, number>,
  us: (t: number) => number,
  quorumAt: number | null,
): TraceEvent[] {
  const made: TraceEvent[] = []
  const leaderTid = tids.get(leader)
  if (leaderTid === undefined) return made
  const arrow = (id: string, name: string, from: [number, number, number], to: [number, number, number]) => {
    // An arrow that would go back in time: clocks of one machine, but the mark was made a moment later.
    if (to[2] < from[2]) return
    made.push({ ph: 's', cat: 'round', name, id, pid: from[0], tid: from[1], ts: from[2] })
    made.push({ ph: 'f', bp: 'e', cat: 'round', name, id, pid: to[0], tid: to[1], ts: to[2] })
  }
  for (const [sid, stages] of members) {
    const tid = tids.get(sid)
    if (sid === leader || tid === undefined) continue
    if (stages.received !== undefined)
      arrow(
        `${txn.zxid}${sid.toString(16).padStart(2, '0')}`,
        'PROPOSAL',
        [leader, leaderTid, us(proposedAt)],
        [sid, tid, us(stages.received)],
      )
    if (sid === quorumBy && stages.acked !== undefined && quorumAt !== null)
      arrow(`${txn.zxid}00`, 'ACK', [sid, tid, us(stages.acked)], [leader, leaderTid, us(quorumAt)])
  }
  return made
}
