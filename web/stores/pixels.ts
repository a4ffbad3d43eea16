// Commit to pixels: from the moment a quorum had a txn, by its leader's clock, to the end of the frame that first
// painted a page that knows of it. It includes telling, the gateway, the network, folding, drawing, and the wait for
// the next frame; not what the browser's other threads and the screen need after the page has painted.

import { emptyLateness, type LatenessFigures, latenessFigures, noteLateness } from '../viz/pixels/lateness.ts'
import { useViewStore } from './view-store.ts'

/** Beyond these the leader's clock is not ours: it was set, or a fault is on it. */
const AHEAD_MS_MAX = 50
const BEHIND_MS_MAX = 60_000
/** Commits that wait for a frame; more come only while none is painted. */
const WAITING_MAX = 20_000

const lateness = emptyLateness()
let folded: number[] = []

/** A commit at `t` has been folded into the view. */
export function noteCommit(t: number): void {
  if (folded.length < WAITING_MAX) folded.push(t)
}

/** React draws before the next frame whatever was folded by now. */
function viewDrawn(): void {
  if (folded.length === 0) return
  const commits = folded
  folded = []
  // Nobody sees a hidden page, and it paints nothing; while the past is shown, the present is not.
  if (document.hidden || useViewStore.getState().pastAt !== null) return
  requestAnimationFrame(() => afterPaint(() => noteAll(commits)))
}

/** Whether the clocks can be compared, or why not. */
export type Comparable = 'yes' | 'recorded' | 'attached' | 'elsewhere'

export function comparable(): Comparable {
  const { about } = useViewStore.getState()
  if (about?.recording) return 'recorded'
  if (about?.attached) return 'attached'
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(location.hostname) ? 'yes' : 'elsewhere'
}

/** Over the last seconds in which something was committed; null when nothing can be told. */
export function pixelFigures(): LatenessFigures | null {
  return comparable() === 'yes' ? latenessFigures(lateness) : null
}

function noteAll(commits: readonly number[]): void {
  const now = Date.now()
  for (const t of commits) {
    const ms = now - t
    if (ms > -AHEAD_MS_MAX && ms < BEHIND_MS_MAX) noteLateness(lateness, now, ms)
  }
}

let channel: MessageChannel | null = null
let painted: (() => void)[] = []

/** From within an animation frame: a message comes after its style, layout and paint. */
function afterPaint(then: () => void): void {
  painted.push(then)
  if (!channel) {
    channel = new MessageChannel()
    channel.port1.onmessage = () => {
      const due = painted
      painted = []
      for (const each of due) each()
    }
  }
  channel.port2.postMessage(null)
}

useViewStore.subscribe((state, before) => {
  if (state.version !== before.version) viewDrawn()
})
