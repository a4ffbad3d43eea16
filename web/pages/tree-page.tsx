// Tree: find and read znodes; who owns them, how they change.

import { useEffect } from 'react'
import { TreeList } from '../panels/tree-list.tsx'
import { useRoute } from '../stores/route-store.ts'
import { expand, retryListing, reveal, setFilter, useTree } from '../stores/tree-store.ts'
import { useViewStore } from '../stores/view-store.ts'
import { Empty, Skeleton } from '../ui/states.tsx'
import { Visible } from '../ui/visible.tsx'
import { useMessages } from '../ui/words.ts'

export function TreePage() {
  const { tree: words, frame } = useMessages()
  const filter = useTree((state) => state.filter)
  const root = useTree((state) => state.listings.get('/'))
  const live = useViewStore((state) => state.status.type === 'live')
  const selection = useRoute((route) => route.selection)
  const path = selection?.type === 'znode' ? selection.path : null
  useEffect(() => {
    if (!live) return
    expand('/')
    if (path !== null) reveal(path)
  }, [live, path])
  const failed = root?.state === 'failed'
  return (
    <>
      <div className="toolbar">
        <input
          type="search"
          className="field find"
          data-find=""
          placeholder={words.filter}
          aria-label={words.filter}
          value={filter}
          onChange={(event) => setFilter(event.target.value)}
        />
        {path !== null && (
          <span className="mono secondary crumb">
            <Visible text={path} />
          </span>
        )}
      </div>
      {failed && (
        <Empty title={words.emptyTitle}>
          <p>
            <Visible text={root.message ?? words.emptyText} />
          </p>
          <button type="button" className="button" onClick={() => retryListing('/')}>
            {frame.retry}
          </button>
        </Empty>
      )}
      {!failed && (!root || root.state === 'loading') && (
        <div className="page-skeleton">
          <Skeleton rows={12} rowHeight={24} />
        </div>
      )}
      {root?.state === 'ready' && <TreeList />}
    </>
  )
}
