// The moment that somebody points at in one chart, read in all of them. By the servers' clock.

import { create } from 'zustand'

export const useCrosshair = create<{ readonly t: number | null }>(() => ({ t: null }))

export function pointAt(t: number | null): void {
  if (useCrosshair.getState().t !== t) useCrosshair.setState({ t })
}
