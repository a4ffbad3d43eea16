// Decides what to do with a frame of numbered events: take it, take its new part, or notice that something
// is missing. Pure, so that reconnects can be tested without a socket.

import type { GatewayEvent, NumberedEvents } from '#shared/events/socket-protocol.ts'

export type FrameVerdict =
  | { readonly type: 'apply'; readonly events: readonly GatewayEvent[]; readonly lastSeq: number }
  | { readonly type: 'known' }
  | { readonly type: 'gap'; readonly expected: number; readonly got: number }

/** `lastSeq` is the number of the newest event that the page has folded. */
export function placeFrame(lastSeq: number, frame: NumberedEvents): FrameVerdict {
  const frameEnd = frame.upTo ?? frame.seq + frame.events.length - 1
  if (frameEnd <= lastSeq) return { type: 'known' }
  if (frame.seq > lastSeq + 1) return { type: 'gap', expected: lastSeq + 1, got: frame.seq }
  if (frame.upTo !== undefined) {
    // Which of its events are new cannot be told. Frames follow each other, so they all are, or something is amiss.
    if (frame.seq <= lastSeq) return { type: 'gap', expected: lastSeq + 1, got: frame.seq }
    return { type: 'apply', events: frame.events, lastSeq: frameEnd }
  }
  return { type: 'apply', events: frame.events.slice(lastSeq + 1 - frame.seq), lastSeq: frameEnd }
}

const RETRY_FIRST_MS = 500
const RETRY_MAX_MS = 10_000

/** Wait before attempt number `attempt` (from 1): 0.5 s doubling to 10 s. */
export function retryDelayMs(attempt: number): number {
  return Math.min(RETRY_MAX_MS, RETRY_FIRST_MS * 2 ** Math.max(0, attempt - 1))
}
