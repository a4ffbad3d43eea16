// What a search has found so far, and how far it is; a click shows the znode in the tree.

import type { SearchMatch } from '#shared/events/tree-requests.ts'
import { formatCount } from '../../i18n/format.ts'
import { useJobs } from '../../stores/job-store.ts'
import { select, useRoute } from '../../stores/route-store.ts'
import { closeSearch, useSearch } from '../../stores/tree/search-store.ts'
import { NameText } from '../../ui/name-text.tsx'
import { Empty } from '../../ui/states.tsx'
import { VirtualList } from '../../ui/virtual-list.tsx'
import { Visible } from '../../ui/visible.tsx'
import { useLanguage, useMessages } from '../../ui/words.ts'

const ROW_PX = 24
const NONE: readonly SearchMatch[] = []

export function SearchResults() {
  const { edit: words } = useMessages()
  const search = useSearch((state) => state.search)
  const running = useJobs((state) => (search.type === 'running' ? state.running.get(search.job) : undefined))
  const selection = useRoute((route) => route.selection)
  const path = selection?.type === 'znode' ? selection.path : null
  if (search.type === 'none') return null
  const matches = search.type === 'done' ? search.result.matches : (running?.matches ?? NONE)
  return (
    <>
      <Status />
      {search.type === 'done' && matches.length === 0 && <Empty title={words.foundNone(search.text)} />}
      {matches.length > 0 && (
        <VirtualList
          label={words.resultsLabel}
          rows={matches}
          rowHeight={ROW_PX}
          keyOf={(match) => `${match.where} ${match.path}`}
          chosen={path === null ? -1 : matches.findIndex((match) => match.path === path)}
          onPick={(match) => select({ type: 'znode', path: match.path })}
          attributes={(match) => ({
            role: 'option',
            className: 'match-columns pickable',
            'aria-selected': match.path === path,
          })}
          render={(match) => (
            <>
              <span className="mono">
                <NameText text={match.path} />
              </span>
              <span className="tertiary">{words.matchIn[match.where]}</span>
            </>
          )}
        />
      )}
    </>
  )
}

function Status() {
  const { edit: words } = useMessages()
  const language = useLanguage()
  const search = useSearch((state) => state.search)
  const running = useJobs((state) => (search.type === 'running' ? state.running.get(search.job) : undefined))
  const count = (n: number) => formatCount(n, language)
  if (search.type === 'none') return null
  return (
    <div className="search-status">
      {search.type === 'running' && (
        <progress
          value={running?.total ? running.done : undefined}
          max={running?.total ?? undefined}
          aria-label={words.search}
        />
      )}
      <span role="status" className="secondary">
        {search.type === 'running' && words.searching(count(running?.done ?? 0))}
        {search.type === 'failed' && <Visible text={search.message} />}
        {search.type === 'done' && (
          <>
            {words.found(
              search.result.matches.length,
              count(search.result.matches.length),
              count(search.result.visited),
            )}
            {search.result.denied > 0 && ` · ${words.deniedSome(search.result.denied, count(search.result.denied))}`}
            {!search.result.complete && <Visible text={` · ${words.incomplete(search.result.reason)}`} />}
          </>
        )}
      </span>
      <button type="button" className="button small end" onClick={closeSearch}>
        {search.type === 'running' ? words.cancelRun : words.closeSearch}
      </button>
    </div>
  )
}
