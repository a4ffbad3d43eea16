// A list of any length of which only the visible rows exist. It is one stop for the Tab key; arrows move a
// cursor in it, Enter picks. Rows draw themselves; this places them and keeps the cursor in sight.

import { useVirtualizer } from '@tanstack/react-virtual'
import {
  type KeyboardEvent,
  type ReactNode,
  type RefObject,
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
  useState,
} from 'react'
import { InRow } from './tags.tsx'

const OVERSCAN = 8

interface VirtualListProps<Row> {
  readonly label: string
  /** A listbox has options, a tree has treeitems. */
  readonly role?: 'listbox' | 'tree'
  readonly rows: readonly Row[]
  readonly rowHeight: number
  readonly keyOf: (row: Row, i: number) => string
  readonly render: (row: Row, i: number) => ReactNode
  /** ARIA and data attributes of a row's element. */
  readonly attributes: (row: Row, i: number) => React.HTMLAttributes<HTMLDivElement> & { readonly className?: string }
  readonly onPick: (row: Row, i: number) => void
  /** The row that is chosen; the list scrolls to it when it changes. */
  readonly chosen: number
  /**
   * True where rows come by the hundred a second: the elements of a place on the screen show whatever row is there, instead of
   * going with it. Rows must then keep no state of their own.
   */
  readonly recycle?: boolean
  /** When rows come in above: let them push the list down, keep still what was scrolled to, or always keep still. */
  readonly hold?: 'never' | 'scrolled' | 'always'
  /** Handles a key before the list does; true when it did. */
  readonly onKey?: (key: string, row: Row, i: number) => boolean
}

/** Keeps the first visible row where it is while rows come and go above it. */
function useAnchor<Row>(
  scroller: RefObject<HTMLDivElement | null>,
  { rows, rowHeight, keyOf, hold = 'never' }: VirtualListProps<Row>,
): void {
  const anchor = useRef<{ readonly key: string; readonly index: number } | null>(null)
  // Told by the browser: asking for it after rows have changed would make it lay out the list within our script.
  const scrolled = useRef(0)
  useEffect(() => {
    const list = scroller.current
    const onScroll = () => {
      scrolled.current = list?.scrollTop ?? 0
    }
    list?.addEventListener('scroll', onScroll, { passive: true })
    return () => list?.removeEventListener('scroll', onScroll)
  }, [scroller])
  useLayoutEffect(() => {
    const list = scroller.current
    if (!list || hold === 'never') return
    const before = anchor.current
    if (before && (hold === 'always' || scrolled.current > 0)) {
      const index = rows.findIndex((row, i) => keyOf(row, i) === before.key)
      if (index >= 0 && index !== before.index) {
        list.scrollTop += (index - before.index) * rowHeight
        scrolled.current = list.scrollTop
      }
    }
    const first = Math.floor(scrolled.current / rowHeight)
    const row = rows[first]
    anchor.current = row === undefined ? null : { key: keyOf(row, first), index: first }
  })
}

export function VirtualList<Row>(props: VirtualListProps<Row>) {
  const { rows, rowHeight, chosen, role = 'listbox' } = props
  const scroller = useRef<HTMLDivElement>(null)
  const id = useId()
  const [cursorKey, setCursorKey] = useState<string | null>(null)
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: OVERSCAN,
    getItemKey: (i) => {
      const row = props.recycle ? undefined : rows[i]
      return row === undefined ? i : props.keyOf(row, i)
    },
  })
  const found = cursorKey === null ? -1 : rows.findIndex((row, i) => props.keyOf(row, i) === cursorKey)
  const cursor = found >= 0 ? found : chosen

  const chosenRow = rows[chosen]
  const chosenKey = chosenRow === undefined ? null : props.keyOf(chosenRow, chosen)
  useAnchor(scroller, props)
  // Only a new choice moves the list: a chosen row that wanders as rows come in does not.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the index changes with every row that comes in
  useEffect(() => {
    if (chosenKey !== null) virtualizer.scrollToIndex(chosen, { align: 'auto' })
  }, [chosenKey, virtualizer])

  const moveTo = (to: number) => {
    const i = Math.max(0, Math.min(rows.length - 1, to))
    const row = rows[i]
    if (row === undefined) return
    setCursorKey(props.keyOf(row, i))
    virtualizer.scrollToIndex(i, { align: 'auto' })
  }

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== scroller.current || event.ctrlKey || event.metaKey || event.altKey) return
    const row = rows[cursor]
    if (row !== undefined && props.onKey?.(event.key, row, cursor)) {
      event.preventDefault()
      return
    }
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 1)
    const moves: Record<string, number> = {
      ArrowDown: cursor + 1,
      ArrowUp: Math.max(0, cursor - 1),
      PageDown: cursor + page,
      PageUp: cursor - page,
      Home: 0,
      End: rows.length - 1,
    }
    const to = moves[event.key]
    if (to !== undefined) {
      event.preventDefault()
      moveTo(to)
    } else if (event.key === 'Enter' && row !== undefined) {
      event.preventDefault()
      props.onPick(row, cursor)
    }
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the role is given by the view
    // biome-ignore lint/a11y/useAriaPropsSupportedByRole: listbox and tree have names
    <div
      ref={scroller}
      className="list"
      role={role}
      aria-label={props.label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: one Tab stop, arrows move inside
      tabIndex={0}
      aria-activedescendant={cursor >= 0 ? `${id}-${cursor}` : undefined}
      onKeyDown={onKeyDown}
    >
      <div className="rows" role="presentation" style={{ height: virtualizer.getTotalSize() }}>
        <InRow value={true}>
          {virtualizer.getVirtualItems().map((item) => {
            const row = rows[item.index]
            if (row === undefined) return null
            const { className = '', ...attributes } = props.attributes(row, item.index)
            return (
              // biome-ignore lint/a11y/useKeyWithClickEvents: keys are handled by the list
              // biome-ignore lint/a11y/noStaticElementInteractions: the role is given by the view
              // biome-ignore lint/a11y/useAriaPropsSupportedByRole: options and treeitems have positions
              <div
                key={item.key}
                id={`${id}-${item.index}`}
                className={`row ${className}`}
                data-cursor={item.index === cursor ? '' : undefined}
                aria-setsize={rows.length}
                aria-posinset={item.index + 1}
                {...attributes}
                style={{ height: rowHeight, transform: `translateY(${item.start}px)` }}
                onClick={() => {
                  setCursorKey(props.keyOf(row, item.index))
                  props.onPick(row, item.index)
                }}
              >
                {props.render(row, item.index)}
              </div>
            )
          })}
        </InRow>
      </div>
    </div>
  )
}
