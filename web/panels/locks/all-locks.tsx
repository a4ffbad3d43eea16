// All locks: as a ranking, as a tree of who is blocked by whom, as a graph; and what people said of paths. One can also open any path.

import { type FormEvent, useState } from 'react'
import { pathProblem } from '#shared/zk/path.ts'
import { useFreshDirectories } from '../../stores/lock-graph.ts'
import { useLocks } from '../../stores/lock-store.ts'
import type { LockForm } from '../../stores/route.ts'
import { navigate, useRoute } from '../../stores/route-store.ts'
import { useViewStore } from '../../stores/view-store.ts'
import { Command } from '../../ui/copy-button.tsx'
import { Segments } from '../../ui/segments.tsx'
import { Empty, Skeleton } from '../../ui/states.tsx'
import { useDuration } from '../../ui/times.tsx'
import { useMessages } from '../../ui/words.ts'
import { locksAnswer, rankLocks } from '../../viz/locks/ranking.ts'
import { BlockedTreeView } from './blocked-tree.tsx'
import { LockRanking } from './lock-ranking.tsx'
import { LockRulesView } from './lock-rules-view.tsx'
import { WaitGraphView } from './wait-graph-view.tsx'

const FORMS = ['ranking', 'blocked', 'graph', 'rules'] as const satisfies readonly LockForm[]

export function AllLocks() {
  const { lockView: words, lockDetail, locks } = useMessages()
  const directories = useLocks((state) => state.directories)
  const form = useRoute((route) => FORMS.find((each) => each === route.lockForm)) ?? 'ranking'
  const [text, setText] = useState('')
  const [contendedOnly, setContendedOnly] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  useFreshDirectories()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const wrong = pathProblem(text)
    setProblem(wrong)
    if (wrong === null) navigate({ lock: text, lockForm: null })
  }
  const rows = rankLocks(directories ?? [], text, contendedOnly)
  return (
    <>
      <form className="toolbar" onSubmit={submit}>
        {form === 'ranking' && (
          <>
            <input
              type="search"
              className="field find"
              data-find=""
              aria-label={words.find}
              placeholder={words.find}
              aria-invalid={problem !== null}
              value={text}
              onChange={(event) => {
                setText(event.target.value)
                setProblem(null)
              }}
            />
            <button type="submit" className="button">
              {locks.open}
            </button>
            <Segments
              label={lockDetail.which}
              value={contendedOnly ? 'contended' : 'all'}
              onChange={(which) => setContendedOnly(which === 'contended')}
              choices={[
                { value: 'all', label: lockDetail.whichAll },
                { value: 'contended', label: lockDetail.whichContended },
              ]}
            />
          </>
        )}
        <Summary />
        <span className="end">
          <Segments
            label={words.show}
            value={form}
            onChange={(lockForm) => navigate({ lockForm })}
            choices={FORMS.map((value) => ({ value, label: words.forms[value] }))}
          />
        </span>
      </form>
      {problem !== null && (
        <p role="alert" className="behind toolbar-note">
          {locks.badPath(problem)}
        </p>
      )}
      {form === 'blocked' && <BlockedTreeView />}
      {form === 'graph' && <WaitGraphView />}
      {form === 'rules' && <LockRulesView />}
      {form === 'ranking' && directories === null && (
        <div className="page-skeleton">
          <Skeleton rows={6} rowHeight={44} />
        </div>
      )}
      {form === 'ranking' && directories?.length === 0 && <Nothing />}
      {form === 'ranking' && directories !== null && directories.length > 0 && rows.length === 0 && (
        <Empty title={text.trim() === '' ? words.noneContended : words.noMatch(text)} />
      )}
      {form === 'ranking' && rows.length > 0 && <LockRanking rows={rows} />}
    </>
  )
}

function Summary() {
  const { lockView: words } = useMessages()
  const duration = useDuration()
  const directories = useLocks((state) => state.directories)
  if (directories === null || directories.length === 0) return null
  const { contended, waiters, longestMs } = locksAnswer(directories)
  return (
    <span className="secondary" role="status">
      {words.answer(contended, waiters)}
      {longestMs !== null && ` · ${words.longestNow(duration(longestMs))}`}
    </span>
  )
}

const KAZOO_LINES =
  "python3 -c \"from kazoo.client import KazooClient as K; k=K('HOST'); k.start(); k.Lock('/locks/demo').acquire(); input()\""

function Nothing() {
  const { locks: words } = useMessages()
  const connect = useViewStore((state) => state.about?.connectString.split(',')[0] ?? '127.0.0.1:2181')
  return (
    <Empty title={words.noDirectories}>
      <p>{words.emptyText}</p>
      <Command text={KAZOO_LINES.replace('HOST', connect)} />
    </Empty>
  )
}
