// Sizes of the frame that a person has set: the rail, the inspector, the timeline; and whether the tour was
// seen. Kept in the browser when it lets us: losing them costs a drag.

import { create } from 'zustand'

export const INSPECTOR_PX = { least: 280, most: 560, first: 360 } as const
export const TIMELINE_PX = { least: 64, most: 240, first: 96 } as const

interface Layout {
  readonly railCollapsed: boolean
  readonly inspectorPx: number
  readonly timelinePx: number
  readonly tourSeen: boolean
}

const KEY = 'zabscope.layout'
const FIRST: Layout = {
  railCollapsed: false,
  inspectorPx: INSPECTOR_PX.first,
  timelinePx: TIMELINE_PX.first,
  tourSeen: false,
}

interface Bounds {
  readonly least: number
  readonly most: number
  readonly first: number
}

function within(value: unknown, { least, most, first }: Bounds): number {
  return typeof value === 'number' && Number.isFinite(value)
    ? Math.min(most, Math.max(least, Math.round(value)))
    : first
}

/** Whatever was kept, made into a layout; nothing in it is trusted. */
export function readLayout(text: string | null): Layout {
  if (text === null) return FIRST
  try {
    const kept: unknown = JSON.parse(text)
    if (typeof kept !== 'object' || kept === null) return FIRST
    const value = new Map(Object.entries(kept))
    return {
      railCollapsed: value.get('railCollapsed') === true,
      inspectorPx: within(value.get('inspectorPx'), INSPECTOR_PX),
      timelinePx: within(value.get('timelinePx'), TIMELINE_PX),
      tourSeen: value.get('tourSeen') === true,
    }
  } catch {
    return FIRST
  }
}

function kept(): string | null {
  try {
    return localStorage.getItem(KEY)
  } catch {
    return null
  }
}

export const useLayout = create<Layout>(() => readLayout(kept()))

export function setLayout(patch: Partial<Layout>): void {
  const next = { ...useLayout.getState(), ...patch }
  useLayout.setState({
    ...next,
    inspectorPx: within(next.inspectorPx, INSPECTOR_PX),
    timelinePx: within(next.timelinePx, TIMELINE_PX),
  })
  try {
    localStorage.setItem(KEY, JSON.stringify(useLayout.getState()))
  } catch {
    // A browser that keeps nothing: the sizes hold until the page closes.
  }
}

export function toggleRail(): void {
  setLayout({ railCollapsed: !useLayout.getState().railCollapsed })
}
