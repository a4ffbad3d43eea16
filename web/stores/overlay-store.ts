// Which of the frame's overlays is open: the keys, the command palette, the tour. One at a time.

import { create } from 'zustand'

export type Overlay = 'keys' | 'palette' | 'tour'

export const useOverlay = create<{ readonly open: Overlay | null }>(() => ({ open: null }))

export function openOverlay(open: Overlay): void {
  useOverlay.setState({ open })
}

export function closeOverlay(): void {
  useOverlay.setState({ open: null })
}
