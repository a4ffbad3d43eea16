// Tree: find and read znodes; who owns them, how they change.

import { useEffect } from 'react'
import { TreeMap } from '../panels/tree/map/tree-map.tsx'
import { SearchResults } from '../panels/tree/search-results.tsx'
import { TreeToolbar } from '../panels/tree/tree-toolbar.tsx'
import { TreeList } from '../panels/tree-list.tsx'
import { useRoute } from '../stores/route-store.ts'
import { useSearch } from '../stores/tree/search-store.ts'
import { useTree } from '../stores/tree/tree-state.ts'
import { expand, retryListing, reveal } from '../stores/tree-store.ts'
import { useViewStore } from '../stores/view-store.ts'
import { Empty, Skeleton } from '../ui/states.tsx'
import { Visible } from '../ui/visible.tsx'
import { useMessages } from '../ui/words.ts'

export function TreePage() {
  const { tree: words, frame } = useMessages()
  const searching = useSearch((state) => state.search.type !== 'none')
  const root = useTree((state) => state.listings.get('/'))
  const live = useViewStore((state) => state.status.type === 'live')
  const selection = useRoute((route) => route.selection)
  const path = selection?.type === 'znode' ? selection.path : null
  useEffect(() => {
    if (!live) return
    expand('/')
    if (path !== null) reveal(path)
  }, [live, path])
  const form = useRoute((route) => route.tree)
  const outline = !searching && form === 'outline'
  const failed = root?.state === 'failed'
  return (
    <>
      <TreeToolbar path={path ?? '/'} />
      {searching && <SearchResults />}
      {!searching && form === 'map' && <TreeMap />}
      {outline && failed && (
        <Empty title={words.emptyTitle}>
          <p>
            <Visible text={root.message ?? words.emptyText} />
          </p>
          <button type="button" className="button" onClick={() => retryListing('/')}>
            {frame.retry}
          </button>
        </Empty>
      )}
      {outline && !failed && (!root || root.state === 'loading') && (
        <div className="page-skeleton">
          <Skeleton rows={12} rowHeight={24} />
        </div>
      )}
      {outline && root?.state === 'ready' && <TreeList />}
    </>
  )
}
