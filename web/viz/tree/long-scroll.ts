// Scrolling through more rows than a browser can make an element high: the scrollbar stands for all of them, the wheel moves
// by pixels as everywhere. Pure; `ui/long-list.tsx` draws by it. Where all fits, it does nothing.

/** Browsers end somewhere above 16 million pixels. */
export const SPACE_PX_MAX = 8_000_000
/** A move of the scrollbar by less than so many views is the wheel's or a finger's, and goes on from where one is. */
const NEAR_VIEWS = 4
/** So near to an end of the bar only the first or the last row is. */
const END_PX = 2

export interface Extent {
  /** Height of all rows, and of what can be seen of them. */
  readonly contentPx: number
  readonly viewPx: number
}

/** Where one is: the first visible pixel of the rows, and of the element. */
export interface ScrollPlace {
  readonly topPx: number
  readonly scrollTop: number
}

export const AT_TOP: ScrollPlace = { topPx: 0, scrollTop: 0 }

export function spacePx({ contentPx }: Extent): number {
  return Math.min(contentPx, SPACE_PX_MAX)
}

function ends(extent: Extent): { readonly topMax: number; readonly scrollMax: number } {
  return {
    topMax: Math.max(0, extent.contentPx - extent.viewPx),
    scrollMax: Math.max(0, spacePx(extent) - extent.viewPx),
  }
}

/** After the browser has scrolled to `scrollTop`. */
export function afterScroll(before: ScrollPlace, scrollTop: number, extent: Extent): ScrollPlace {
  const { topMax, scrollMax } = ends(extent)
  if (topMax === scrollMax) return { topPx: scrollTop, scrollTop }
  if (scrollTop <= 0) return { topPx: 0, scrollTop }
  if (scrollTop >= scrollMax - 1) return { topPx: topMax, scrollTop }
  const by = scrollTop - before.scrollTop
  const near = Math.abs(by) <= NEAR_VIEWS * extent.viewPx
  const topPx = near ? before.topPx + by : (scrollTop / scrollMax) * topMax
  return { topPx: Math.max(0, Math.min(topMax, topPx)), scrollTop }
}

/** Where the element must be scrolled to, so that the rows begin at `topPx`. */
export function placeAt(topPx: number, extent: Extent): ScrollPlace {
  const { topMax, scrollMax } = ends(extent)
  const top = Math.max(0, Math.min(topMax, topPx))
  if (topMax === scrollMax || top === 0) return { topPx: top, scrollTop: top }
  if (top === topMax) return { topPx: top, scrollTop: scrollMax }
  // Not at an end of the bar: the wheel must have somewhere to go.
  const scrollTop = Math.round((top / topMax) * scrollMax)
  return { topPx: top, scrollTop: Math.max(END_PX, Math.min(scrollMax - END_PX, scrollTop)) }
}

/** The top at which row `i` is just in view; `topPx` when it is. */
export function topShowing(i: number, rowPx: number, topPx: number, viewPx: number): number {
  if (i * rowPx < topPx) return i * rowPx
  if ((i + 1) * rowPx > topPx + viewPx) return (i + 1) * rowPx - viewPx
  return topPx
}
