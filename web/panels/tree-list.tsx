// The tree as an outline of which only the visible rows exist: open, scroll through a million, type to go to a name, filter,
// flash what changed.

import { useCallback, useMemo } from 'react'
import { parentPath } from '#shared/zk/path.ts'
import { formatCount } from '../i18n/format.ts'
import { visibleText } from '../i18n/visible-text.ts'
import { useNow } from '../stores/clock.ts'
import { select, useRoute } from '../stores/route-store.ts'
import { showPages } from '../stores/tree/tree-pages.ts'
import { FLASH_MS, useTree } from '../stores/tree/tree-state.ts'
import { collapse, expand, retryListing } from '../stores/tree-store.ts'
import { Icon } from '../ui/icon.tsx'
import { LongList } from '../ui/long-list.tsx'
import { SessionTag } from '../ui/tags.tsx'
import { Ago } from '../ui/times.tsx'
import { Visible } from '../ui/visible.tsx'
import { useLanguage, useMessages } from '../ui/words.ts'
import { makeOutline, type TreeRow } from '../viz/tree/outline.ts'
import { sequenceStart } from '../viz/tree-rows.ts'
import { typeAhead } from './tree/type-ahead.ts'

const ROW_PX = 24
const INDENT_PX = 18
const NO_SESSION = '0x0'

function keyOf(row: TreeRow): string {
  switch (row.type) {
    case 'node':
      return row.path
    case 'pending':
      return `pending ${row.position} ${row.path}`
    default:
      return `${row.type} ${row.path}`
  }
}

/** What a key does on a row, as outlines do: right opens or goes in, left closes or goes out, letters go to a name. */
function onKey(key: string, row: TreeRow): boolean {
  if (row.type === 'node' && key === 'ArrowRight' && !row.expanded && row.stat?.numChildren !== 0) expand(row.path)
  else if (row.type === 'node' && key === 'ArrowLeft' && row.expanded) collapse(row.path)
  else if (row.type === 'node' && key === 'ArrowLeft' && row.path !== '/')
    select({ type: 'znode', path: parentPath(row.path) })
  else if (row.type === 'pending' && key === 'ArrowLeft') select({ type: 'znode', path: row.path })
  else return typeAhead(key, row.type !== 'node' || row.expanded ? row.path : parentPath(row.path))
  return true
}

function pick(row: TreeRow): void {
  if (row.type === 'node') {
    select({ type: 'znode', path: row.path })
    if (!row.expanded && row.stat?.numChildren !== 0) expand(row.path)
  } else if (row.type === 'failed') retryListing(row.path)
}

export function TreeList() {
  const { tree: words } = useMessages()
  const listings = useTree((state) => state.listings)
  const expanded = useTree((state) => state.expanded)
  const filter = useTree((state) => state.filter)
  const flashes = useTree((state) => state.flashes)
  const wish = useTree((state) => state.goal)
  const selection = useRoute((route) => route.selection)
  useNow() // flashes fade and ages tick
  const outline = useMemo(() => makeOutline(listings, expanded, filter), [listings, expanded, filter])
  const goal = useMemo(
    () => wish && { index: outline.rowOfChild(wish.path, wish.position), times: wish.times },
    [wish, outline],
  )
  const onView = useCallback((first: number, last: number) => showPages(outline.pagesOf(first, last)), [outline])
  const keyAt = useCallback((i: number) => keyOf(outline.at(i)), [outline])
  const chosenPath = selection?.type === 'znode' ? selection.path : null
  const now = Date.now()
  if (filter.trim() !== '' && outline.count <= 1) {
    return (
      <div className="empty">
        <h2>{words.filterNone(filter)}</h2>
        <p>{words.filterHint}</p>
      </div>
    )
  }
  return (
    <>
      <div className="list-head tree-columns" aria-hidden="true">
        <span>{words.columns.name}</span>
        <span className="number">{words.columns.children}</span>
        <span className="number">{words.columns.bytes}</span>
        <span className="number wide-only">{words.columns.version}</span>
        <span className="number wide-only">{words.columns.changed}</span>
      </div>
      <LongList
        label={words.label}
        role="tree"
        count={outline.count}
        rowHeight={ROW_PX}
        keyAt={keyAt}
        indexOf={(key) => (key.startsWith('/') ? outline.indexOf(key) : -1)}
        chosen={chosenPath === null ? -1 : outline.indexOf(chosenPath)}
        goal={goal}
        onView={onView}
        onKey={(key, i) => onKey(key, outline.at(i))}
        onPick={(i) => pick(outline.at(i))}
        attributes={(i) => {
          const row = outline.at(i)
          const changed = row.type === 'node' && now - (flashes.get(row.path) ?? 0) < FLASH_MS
          return {
            role: 'treeitem',
            className: `tree-columns pickable ${changed ? 'changed' : ''}`,
            'aria-level': row.depth + 1,
            'aria-selected': row.type === 'node' && row.path === chosenPath,
            ...('siblings' in row ? { 'aria-setsize': row.siblings, 'aria-posinset': row.position } : {}),
            ...(row.type === 'pending' ? { 'aria-busy': true } : {}),
            ...(row.type === 'node'
              ? {
                  'aria-label': visibleText(row.path),
                  ...(row.stat?.numChildren === 0 ? {} : { 'aria-expanded': row.expanded }),
                }
              : {}),
          }
        }}
        render={(i) => <RowContent row={outline.at(i)} />}
      />
    </>
  )
}

function RowContent({ row }: { readonly row: TreeRow }) {
  const { tree: words } = useMessages()
  const language = useLanguage()
  const indent = { paddingLeft: row.depth * INDENT_PX }
  switch (row.type) {
    case 'pending':
    case 'unseen':
      return (
        <span className="tree-name note" style={indent}>
          {row.type === 'pending'
            ? words.pending(formatCount(row.position, language))
            : words.unseen(row.left, formatCount(row.left, language))}
        </span>
      )
    case 'loading':
    case 'empty':
      return (
        <span className="tree-name note" style={indent}>
          {row.type === 'loading' ? `${words.loading}…` : words.empty}
        </span>
      )
    case 'failed':
      return (
        <span className="tree-name note" style={indent}>
          <Visible text={words.failed(row.message)} />
        </span>
      )
    default:
      return <NodeContent row={row} indent={indent} />
  }
}

interface NodeContentProps {
  readonly row: Extract<TreeRow, { type: 'node' }>
  readonly indent: React.CSSProperties
}

function NodeContent({ row, indent }: NodeContentProps) {
  const { tree: words } = useMessages()
  const language = useLanguage()
  const { stat } = row
  const leaf = stat !== null && stat.numChildren === 0
  const at = sequenceStart(row.name)
  return (
    <>
      <span className="tree-name" style={indent}>
        {leaf ? (
          <span className="leaf" />
        ) : (
          <button
            type="button"
            className="caret"
            tabIndex={-1}
            data-open={row.expanded ? '' : undefined}
            aria-label={row.expanded ? words.close(visibleText(row.path)) : words.open(visibleText(row.path))}
            onClick={(event) => {
              event.stopPropagation()
              if (row.expanded) collapse(row.path)
              else expand(row.path)
            }}
          >
            <Icon name="caret" size={12} />
          </button>
        )}
        <span className="mono name">
          <Visible text={at === null ? row.name : row.name.slice(0, at)} />
          {at !== null && <span className="sequence">{row.name.slice(at)}</span>}
        </span>
        {stat && stat.ephemeralOwner !== NO_SESSION && (
          <span className="ephemeral">
            <span className="tertiary">{words.ephemeral}</span> <SessionTag session={stat.ephemeralOwner} />
          </span>
        )}
      </span>
      <span className="number">{stat && stat.numChildren > 0 ? formatCount(stat.numChildren, language) : ''}</span>
      <span className="number secondary">{stat ? formatCount(stat.dataLength, language) : ''}</span>
      <span className="number secondary wide-only">{stat?.version}</span>
      <span className="number words tertiary wide-only">{stat && stat.mtime > 0 ? <Ago t={stat.mtime} /> : ''}</span>
    </>
  )
}
