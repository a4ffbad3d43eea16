// Which of the frame's overlays is open: the keys, the command palette, the tour, a dialog about clusters. One at a time.

import { create } from 'zustand'

/** clusters: the list of them. attach: attaching one. cluster: all about the attached one that is shown. */
export type Overlay = 'picture' | 'keys' | 'palette' | 'tour' | 'clusters' | 'attach' | 'cluster'

export const useOverlay = create<{ readonly open: Overlay | null }>(() => ({ open: null }))

export function openOverlay(open: Overlay): void {
  useOverlay.setState({ open })
}

export function closeOverlay(): void {
  useOverlay.setState({ open: null })
}
