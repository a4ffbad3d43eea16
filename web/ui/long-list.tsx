// A list of any length whose rows need not exist before they are drawn: a million of them, all of the same height, told by
// their number. It is one stop for the Tab key; arrows move a cursor in it, Enter picks. `virtual-list.tsx` is for arrays.

import {
  type KeyboardEvent,
  type ReactNode,
  useCallback,
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
  useState,
} from 'react'
import {
  AT_TOP,
  afterScroll,
  type Extent,
  placeAt,
  type ScrollPlace,
  spacePx,
  topShowing,
} from '../viz/tree/long-scroll.ts'
import { InRow } from './tags.tsx'

const OVERSCAN = 8
/** After so long without scrolling the scrollbar is put where it belongs. */
const SETTLED_MS = 250

interface LongListProps {
  readonly label: string
  readonly role: 'listbox' | 'tree'
  readonly count: number
  readonly rowHeight: number
  /** What a row is about: it stays the same when the row moves. */
  readonly keyAt: (i: number) => string
  /** Where the row with this key is now; -1 when nobody knows. */
  readonly indexOf: (key: string) => number
  readonly render: (i: number) => ReactNode
  /** ARIA and data attributes of a row's element. */
  readonly attributes: (i: number) => React.HTMLAttributes<HTMLDivElement> & { readonly className?: string }
  readonly onPick: (i: number) => void
  /** The row that is chosen; the list scrolls to it when another one is. */
  readonly chosen: number
  /** A row to go to, with the cursor, once it is known; another number of times is a new wish. */
  readonly goal: { readonly index: number; readonly times: number } | null
  /** Handles a key before the list does; true when it did. */
  readonly onKey: (key: string, i: number) => boolean
  /** The rows in view, the last one included. */
  readonly onView: (first: number, last: number) => void
}

interface Cursor {
  readonly key: string
  readonly index: number
}

export function LongList(props: LongListProps) {
  const { count, rowHeight, chosen, keyAt, indexOf, onView, goal } = props
  const scroller = useRef<HTMLDivElement>(null)
  const id = useId()
  const [viewPx, setViewPx] = useState(0)
  const [place, setPlace] = useState<ScrollPlace>(AT_TOP)
  const [cursorAt, setCursorAt] = useState<Cursor | null>(null)
  const extent: Extent = { contentPx: count * rowHeight, viewPx }
  const live = useRef({ place, extent })
  live.current.extent = extent

  const moveTo = useCallback((topPx: number) => {
    const next = placeAt(topPx, live.current.extent)
    live.current.place = next
    if (scroller.current) scroller.current.scrollTop = next.scrollTop
    setPlace(next)
  }, [])
  const show = useCallback(
    (i: number) => {
      const { place: at, extent: all } = live.current
      const top = topShowing(i, rowHeight, at.topPx, all.viewPx)
      if (top !== at.topPx) moveTo(top)
    },
    [moveTo, rowHeight],
  )

  useLayoutEffect(() => {
    const list = scroller.current
    if (!list) return
    const observer = new ResizeObserver(() => setViewPx(list.clientHeight))
    observer.observe(list)
    setViewPx(list.clientHeight)
    return () => observer.disconnect()
  }, [])

  // The first visible row stays where it is while rows come and go above it.
  const anchor = useRef<Cursor | null>(null)
  useLayoutEffect(() => {
    const before = anchor.current
    const at = live.current.place
    if (before && at.topPx > 0 && (before.index >= count || keyAt(before.index) !== before.key)) {
      const now = indexOf(before.key)
      if (now >= 0 && now !== before.index) moveTo(at.topPx + (now - before.index) * rowHeight)
    }
    const index = Math.floor(live.current.place.topPx / rowHeight)
    anchor.current = index < count ? { index, key: keyAt(index) } : null
  })

  useEffect(() => {
    const list = scroller.current
    if (!list) return
    let settle: ReturnType<typeof setTimeout> | undefined
    const onScroll = () => {
      const { place: before, extent: all } = live.current
      if (list.scrollTop === before.scrollTop) return
      const next = afterScroll(before, list.scrollTop, all)
      live.current.place = next
      setPlace(next)
      clearTimeout(settle)
      settle = setTimeout(() => moveTo(live.current.place.topPx), SETTLED_MS)
    }
    list.addEventListener('scroll', onScroll, { passive: true })
    return () => {
      clearTimeout(settle)
      list.removeEventListener('scroll', onScroll)
    }
  }, [moveTo])

  // Only a new choice moves the list: a chosen row that wanders, or is loaded again, does not.
  const chosenKey = chosen >= 0 && chosen < count ? keyAt(chosen) : null
  const shownKey = useRef<string | null>(null)
  useEffect(() => {
    if (chosenKey === null || chosenKey === shownKey.current || viewPx === 0) return
    shownKey.current = chosenKey
    show(chosen)
  }, [chosenKey, chosen, show, viewPx])

  const reached = useRef(goal?.times)
  useEffect(() => {
    if (goal === null || goal.times === reached.current || goal.index < 0 || viewPx === 0) return
    reached.current = goal.times
    setCursorAt({ index: goal.index, key: keyAt(goal.index) })
    show(goal.index)
  }, [goal, keyAt, show, viewPx])

  const first = Math.max(0, Math.min(count - 1, Math.floor(place.topPx / rowHeight)))
  const last = Math.min(count - 1, Math.ceil((place.topPx + viewPx) / rowHeight))
  useEffect(() => {
    if (viewPx > 0) onView(first, last)
  }, [first, last, viewPx, onView])

  const cursor = cursorIndex(cursorAt, props)
  const setCursor = (i: number) => {
    setCursorAt({ index: i, key: keyAt(i) })
    show(i)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== scroller.current || event.ctrlKey || event.metaKey || event.altKey) return
    if (cursor >= 0 && cursor < count && props.onKey(event.key, cursor)) {
      event.preventDefault()
      return
    }
    const page = Math.max(1, Math.floor(viewPx / rowHeight) - 1)
    const moves: Record<string, number> = {
      ArrowDown: cursor + 1,
      ArrowUp: cursor - 1,
      PageDown: cursor + page,
      PageUp: cursor - page,
      Home: 0,
      End: count - 1,
    }
    const to = moves[event.key]
    if (to !== undefined) {
      event.preventDefault()
      setCursor(Math.max(0, Math.min(count - 1, to)))
    } else if (event.key === 'Enter' && cursor >= 0) {
      event.preventDefault()
      props.onPick(cursor)
    }
  }

  const from = Math.max(0, first - OVERSCAN)
  const to = Math.min(count - 1, last + OVERSCAN)
  const indices = Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i)
  // Rows lie around what the browser shows of the element, by where they are in all of them.
  const shiftPx = place.scrollTop - place.topPx
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the role is given by the view
    // biome-ignore lint/a11y/useAriaPropsSupportedByRole: listbox and tree have names
    <div
      ref={scroller}
      className="list"
      role={props.role}
      aria-label={props.label}
      tabIndex={0}
      aria-activedescendant={cursor >= from && cursor <= to ? `${id}-${cursor}` : undefined}
      onKeyDown={onKeyDown}
    >
      <div className="rows" role="presentation" style={{ height: spacePx(extent) }}>
        {indices.map((i) => {
          const { className = '', ...attributes } = props.attributes(i)
          return (
            // biome-ignore lint/a11y/useKeyWithClickEvents: keys are handled by the list
            // biome-ignore lint/a11y/noStaticElementInteractions: the role is given by the view
            <div
              key={i}
              id={`${id}-${i}`}
              className={`row ${className}`}
              data-cursor={i === cursor ? '' : undefined}
              {...attributes}
              style={{ height: rowHeight, transform: `translateY(${i * rowHeight + shiftPx}px)` }}
              onClick={() => {
                setCursorAt({ index: i, key: keyAt(i) })
                props.onPick(i)
              }}
            >
              <InRow value={true}>{props.render(i)}</InRow>
            </div>
          )
        })}
      </div>
    </div>
  )
}

/** The cursor follows its row; where that is not known, it stays at its place. */
function cursorIndex(at: Cursor | null, { count, keyAt, indexOf, chosen }: LongListProps): number {
  if (at === null) return chosen
  if (at.index < count && keyAt(at.index) === at.key) return at.index
  const found = indexOf(at.key)
  return found >= 0 ? found : Math.min(at.index, count - 1)
}
