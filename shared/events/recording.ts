// A window of the past that was exported and is looked at again: what a page is told of it, and how it asks for a moment of it.
// There is no ensemble behind it, so nothing can be done to one.

import type { Capability } from './attach.ts'
import type { ClusterSummary } from './cluster-list.ts'
import type { ClusterView } from './cluster-view.ts'
import type { Answer } from './socket-protocol.ts'

/** Part of `about`. Times are ms since 1970. */
export interface RecordingAbout {
  /** Of the first and the last event. */
  readonly fromMs: number
  readonly toMs: number
  readonly exportedAtMs: number
  /** The Zabscope that exported it. */
  readonly exportedBy: string
  readonly events: number
  /** What a recording holds nothing of. */
  readonly capabilities: readonly Capability[]
}

export interface RecordingRequests {
  /** Over REST only: the file is the body. */
  'window:open'(
    request: { readonly file: AsyncIterable<Uint8Array> },
    answer: (a: Answer<ClusterSummary>) => void,
  ): void
  /** The cluster as it was at `atMs`. */
  'window:view'(
    request: { readonly atMs: number },
    answer: (a: Answer<{ readonly atMs: number; readonly view: ClusterView }>) => void,
  ): void
}
