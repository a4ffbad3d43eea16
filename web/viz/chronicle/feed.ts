// What happened, as entries for the event feed: markers of the view and notes of the chronicle in one order of
// time, repeats collapsed with their count. The words are in i18n; this decides what is one entry.

import type { ClusterView, Marker } from '#shared/events/cluster-view.ts'
import type { Chronicle, NoteKind } from './chronicle.ts'

export type FeedKind = Marker['type'] | NoteKind

export interface FeedEntry {
  /** The newest of them, ms since 1970. */
  readonly t: number
  readonly sid: number | null
  readonly kind: FeedKind
  /** How many in a row. */
  readonly count: number
  /** Reason, session, zxid or way of synchronizing, by kind; empty when not known. */
  readonly detail: string
}

export const FEED_MAX = 200
/** Repeats further apart than this are told again. */
const TOGETHER_MS = 15_000

/** Not worth a line of its own when the same moment says it better. */
const QUIET: ReadonlySet<FeedKind> = new Set(['notServing'])

function markerEntry(marker: Marker, chronicle: Chronicle): FeedEntry {
  const { t, sid, type, text } = marker
  const sync = type === 'sync' ? chronicle.syncs.find((each) => each.t === t && each.learner === sid) : undefined
  if (type === 'fault' || type === 'healed') return { t, sid, kind: type, count: 1, detail: text }
  const colon = text.indexOf(': ')
  const detail = sync
    ? sync.count === null
      ? sync.how
      : `${sync.how} ${sync.count}`
    : (/\b(DIFF|TRUNC|SNAP)\b/.exec(text)?.[1] ?? (colon < 0 ? '' : text.slice(colon + 2)))
  return { t, sid, kind: type, count: 1, detail }
}

/** Their details are names, which a count stands for. */
const ALIKE: ReadonlySet<FeedKind> = new Set(['connected', 'disconnected', 'closed', 'expired', 'moved'])

function joins(a: FeedEntry, b: FeedEntry): boolean {
  const sameDetail = a.detail === b.detail || ALIKE.has(a.kind)
  return a.kind === b.kind && a.sid === b.sid && sameDetail && b.t - a.t < TOGETHER_MS
}

/** Newest first, at most FEED_MAX. `own` are sessions whose coming and going nobody needs to read. */
export function feedEntries(
  view: Pick<ClusterView, 'markers'>,
  chronicle: Chronicle,
  own: ReadonlySet<string>,
): FeedEntry[] {
  // Whoever moved has connected as well; once is enough.
  const moved = new Set(
    chronicle.notes.filter(({ kind }) => kind === 'moved').map(({ sid, detail }) => `${sid} ${detail}`),
  )
  const notes = chronicle.notes
    .filter(
      ({ kind, detail, sid }) =>
        !QUIET.has(kind) && !own.has(detail) && !(kind === 'connected' && moved.has(`${sid} ${detail}`)),
    )
    .map(({ t, sid, kind, detail }): FeedEntry => ({ t, sid, kind, count: 1, detail }))
  const all = [...view.markers.map((marker) => markerEntry(marker, chronicle)), ...notes].sort((a, b) => a.t - b.t)
  const out: FeedEntry[] = []
  for (const entry of all) {
    // Several members may be doing the same at the same time: look a little further back than the last one.
    const at = out.findLastIndex((each, i) => i >= out.length - 4 && joins(each, entry))
    const before = out[at]
    if (before) {
      const count = before.count + (entry.kind === 'dropped' ? 0 : entry.count)
      out.splice(at, 1)
      out.push({ ...entry, count })
    } else out.push(entry)
  }
  return out.slice(-FEED_MAX).reverse()
}
