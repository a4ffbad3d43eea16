// The tree as an outline of which only the visible rows exist: expand, page, filter, flash what changed.

import { parentPath } from '#shared/zk/path.ts'
import { formatCount } from '../i18n/format.ts'
import { useLanguage, useMessages } from '../i18n/messages.ts'
import { visibleText } from '../i18n/visible-text.ts'
import { useNow } from '../stores/clock.ts'
import { select, useRoute } from '../stores/route-store.ts'
import { collapse, expand, FLASH_MS, loadMore, retryListing, useTree } from '../stores/tree-store.ts'
import { Icon } from '../ui/icon.tsx'
import { SessionTag } from '../ui/tags.tsx'
import { Ago } from '../ui/times.tsx'
import { VirtualList } from '../ui/virtual-list.tsx'
import { Visible } from '../ui/visible.tsx'
import { flattenTree, sequenceStart, type TreeRow } from '../viz/tree-rows.ts'

const ROW_PX = 24
const INDENT_PX = 18
const NO_SESSION = '0x0'

function keyOf(row: TreeRow): string {
  return row.type === 'node' ? row.path : `${row.type} ${row.path}`
}

/** What a key does on a row, as outlines do: right opens or goes in, left closes or goes out. */
function onKey(key: string, row: TreeRow): boolean {
  if (row.type !== 'node') return false
  if (key === 'ArrowRight' && !row.expanded && row.stat?.numChildren !== 0) expand(row.path)
  else if (key === 'ArrowLeft' && row.expanded) collapse(row.path)
  else if (key === 'ArrowLeft' && row.path !== '/') select({ type: 'znode', path: parentPath(row.path) })
  else return false
  return true
}

function pick(row: TreeRow): void {
  if (row.type === 'node') {
    select({ type: 'znode', path: row.path })
    if (!row.expanded && row.stat?.numChildren !== 0) expand(row.path)
  } else if (row.type === 'more') void loadMore(row.path)
  else if (row.type === 'failed') retryListing(row.path)
}

export function TreeList() {
  const { tree: words } = useMessages()
  const { listings, expanded, filter, flashes } = useTree()
  const selection = useRoute((route) => route.selection)
  useNow() // flashes fade and ages tick
  const rows = flattenTree(listings, expanded, filter)
  const chosenPath = selection?.type === 'znode' ? selection.path : null
  const chosen = chosenPath === null ? -1 : rows.findIndex((row) => row.type === 'node' && row.path === chosenPath)
  const now = Date.now()
  if (filter.trim() !== '' && rows.length <= 1) {
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
      <VirtualList
        label={words.label}
        role="tree"
        rows={rows}
        rowHeight={ROW_PX}
        keyOf={keyOf}
        chosen={chosen}
        hold="scrolled"
        onKey={onKey}
        onPick={pick}
        attributes={(row) => {
          const changed = row.type === 'node' && now - (flashes.get(row.path) ?? 0) < FLASH_MS
          return {
            role: 'treeitem',
            className: `tree-columns pickable ${changed ? 'changed' : ''}`,
            'aria-level': (row.type === 'node' ? row.depth : row.depth) + 1,
            'aria-selected': row.type === 'node' && row.path === chosenPath,
            ...(row.type === 'node'
              ? {
                  'aria-label': visibleText(row.path),
                  'aria-setsize': row.siblings,
                  'aria-posinset': row.position,
                  ...(row.stat?.numChildren === 0 ? {} : { 'aria-expanded': row.expanded }),
                }
              : {}),
          }
        }}
        render={(row) => <RowContent row={row} />}
      />
    </>
  )
}

function RowContent({ row }: { readonly row: TreeRow }) {
  const { tree: words } = useMessages()
  const language = useLanguage()
  const indent = { paddingLeft: row.depth * INDENT_PX }
  switch (row.type) {
    case 'more':
      return (
        <span className="tree-name note" style={indent}>
          <span>{words.more(formatCount(row.left, language))}</span>
          <button type="button" className="button small quiet" onClick={() => void loadMore(row.path)}>
            {words.loadMore(formatCount(row.next, language))}
          </button>
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
