// What Perfetto's importer asks of a trace in JSON, as a check for tests: it leaves out what breaks a rule without a word, so
// a trace that opens proves nothing. Source: perfetto's json_trace_tokenizer, json_trace_parser_impl and slice_tracker.

import type { TraceEvent } from './trace-event.ts'

const UINT32_MAX = 2 ** 32 - 1

/** A sentence for each event that would be dropped or misplaced; none for a good trace. */
export function traceProblems(events: readonly TraceEvent[]): readonly string[] {
  const problems = events.flatMap((event) => problemsOf(event).map((what) => `${what}: ${JSON.stringify(event)}`))
  return [...problems, ...overlaps(events), ...looseArrows(events), ...nameless(events)]
}

function problemsOf({ ph, pid, tid, name, ts, dur, s, args }: TraceEvent): string[] {
  const problems: string[] = []
  const check = (holds: boolean, what: string): void => {
    if (!holds) problems.push(what)
  }
  check(['X', 'i', 'C', 'M', 's', 'f'].includes(ph), 'a phase that we do not write')
  check(Number.isInteger(pid) && pid > 0 && pid <= UINT32_MAX, 'pid is no 32-bit number, or that of the idle process')
  check(tid !== undefined && Number.isInteger(tid) && tid > 0 && tid <= UINT32_MAX, 'tid is no 32-bit number')
  check(tid !== pid, 'tid is its pid: that is the main thread')
  check(typeof name === 'string' && name !== '', 'no name')
  check(ph === 'M' || (Number.isSafeInteger(ts) && (ts ?? -1) >= 0), 'ts is no time from 0 on')
  if (ph === 'X') check(Number.isSafeInteger(dur) && (dur ?? -1) >= 0, 'dur is no length')
  if (ph === 'i') check(s === 't', 'an instant of no thread')
  if (ph === 'M') check(typeof args?.name === 'string' || typeof args?.sort_index === 'number', 'metadata without any')
  if (ph === 'C')
    check(
      args !== undefined && Object.values(args).every(Number.isFinite),
      'a counter with something else than numbers',
    )
  return problems
}

/** Slices of a track nest, or have nothing in common. */
function overlaps(events: readonly TraceEvent[]): string[] {
  const tracks = grouped(
    events.filter(({ ph }) => ph === 'X'),
    ({ tid }) => tid,
  )
  const endOf = ({ ts = 0, dur = 0 }: TraceEvent) => ts + dur
  return [...tracks.values()].flatMap((track) => {
    const problems: string[] = []
    const open: TraceEvent[] = []
    for (const slice of track.toSorted((a, b) => (a.ts ?? 0) - (b.ts ?? 0) || (b.dur ?? 0) - (a.dur ?? 0))) {
      while (open.length > 0 && endOf(open.at(-1) ?? slice) <= (slice.ts ?? 0)) open.pop()
      const holder = open.at(-1)
      if (holder && endOf(slice) > endOf(holder))
        problems.push(`overlaps ${JSON.stringify(holder)}: ${JSON.stringify(slice)}`)
      open.push(slice)
    }
    return problems
  })
}

/** An arrow has an id that is a number of 64 bits, one beginning and one later end, each within a slice. */
function looseArrows(events: readonly TraceEvent[]): string[] {
  const arrows = grouped(
    events.filter(({ ph }) => ph === 's' || ph === 'f'),
    ({ cat, name, id }) => `${cat} ${name} ${id}`,
  )
  const slices = grouped(
    events.filter(({ ph }) => ph === 'X'),
    ({ tid }) => tid,
  )
  return [...arrows].flatMap(([arrow, ends]) => {
    const [from, to, more] = ends
    if (!from || !to || more || from.ph !== 's' || to.ph !== 'f') return [`not one beginning and one end: ${arrow}`]
    if (!/^0x[0-9a-f]{1,16}$/.test(from.id ?? '')) return [`its id is no number of 64 bits: ${arrow}`]
    if (to.bp !== 'e') return [`its end is bound to the next slice: ${arrow}`]
    if ((to.ts ?? 0) < (from.ts ?? 0)) return [`goes back in time: ${arrow}`]
    const held = ends.every(({ tid, ts = 0 }) =>
      slices.get(tid)?.some((slice) => (slice.ts ?? 0) <= ts && ts <= (slice.ts ?? 0) + (slice.dur ?? 0)),
    )
    return held ? [] : [`an end in no slice: ${arrow}`]
  })
}

/** A thread is of one process, and has a name; a process has one, too. */
function nameless(events: readonly TraceEvent[]): string[] {
  const named = (what: string) =>
    new Set(events.filter(({ name }) => name === what).map(({ pid, tid }) => `${pid} ${tid}`))
  const threads = named('thread_name')
  const processes = new Set(events.filter(({ name }) => name === 'process_name').map(({ pid }) => pid))
  const used = events.filter(({ ph }) => ph === 'X' || ph === 'i')
  const without = used.filter(({ pid, tid }) => !threads.has(`${pid} ${tid}`) || !processes.has(pid))
  const shared = [...grouped(events, ({ tid }) => tid)].filter(([, of]) => new Set(of.map(({ pid }) => pid)).size > 1)
  return [
    ...without.map((event) => `no name for its thread or process: ${JSON.stringify(event)}`),
    ...shared.map(([tid]) => `thread ${tid} is of several processes`),
  ]
}

function grouped<Item, Key>(items: readonly Item[], keyOf: (item: Item) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>()
  for (const item of items) {
    const group = groups.get(keyOf(item))
    if (group) group.push(item)
    else groups.set(keyOf(item), [item])
  }
  return groups
}
