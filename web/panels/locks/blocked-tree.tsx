// Who is blocked by whom, as a tree of sessions: the root holds, below it those who wait for it, below them theirs.

import type { BlockedNode } from '#shared/recipes/sessions/blocked-tree.ts'
import { formatCount } from '../../i18n/format.ts'
import { useLockGraph } from '../../stores/lock-graph.ts'
import { Empty, Skeleton } from '../../ui/states.tsx'
import { PathTag, SessionTag } from '../../ui/tags.tsx'
import { useDuration } from '../../ui/times.tsx'
import { Visible } from '../../ui/visible.tsx'
import { useLanguage, useMessages } from '../../ui/words.ts'

/** Rows drawn of all trees together. */
const ROWS_MAX = 400

export function BlockedTreeView() {
  const { lockView: words } = useMessages()
  const language = useLanguage()
  const state = useLockGraph()
  if (state.type === 'loading') return <Skeleton rows={8} rowHeight={32} />
  if (state.type === 'failed') {
    return (
      <Empty title={words.blocked}>
        <p>
          <Visible text={state.message} />
        </p>
      </Empty>
    )
  }
  const { tree, locks, edges } = state.graph
  const own = new Set(edges.filter(({ from, to }) => from === to).map(({ from }) => from))
  if (tree.length === 0) {
    return (
      <Empty title={words.blockedNone}>
        <p>{words.blockedText}</p>
        <p className="tertiary">{words.lookedAt(formatCount(locks, language))}</p>
      </Empty>
    )
  }
  const most = Math.max(...tree.map(({ subtreeSeconds }) => subtreeSeconds), 1e-9)
  const rows = tree.flatMap((root) => flatten(root, 1))
  return (
    <div className="scrolls">
      <p className="secondary blocked-text">
        {words.blockedText} <span className="tertiary">{words.lookedAt(formatCount(locks, language))}</span>
      </p>
      <ul className="blocked" aria-label={words.blocked}>
        {rows.slice(0, ROWS_MAX).map(({ node, depth }) => (
          <BlockedRow key={node.session} node={node} depth={depth} most={most} own={own.has(node.session)} />
        ))}
      </ul>
    </div>
  )
}

interface Row {
  readonly node: BlockedNode
  readonly depth: number
}

function flatten(node: BlockedNode, depth: number): Row[] {
  return [{ node, depth }, ...node.blocked.flatMap((child) => flatten(child, depth + 1))]
}

const INDENT_PX = 24

function BlockedRow({ node, depth, most, own }: Row & { readonly most: number; readonly own: boolean }) {
  const { lockView: words } = useMessages()
  const language = useLanguage()
  const duration = useDuration()
  const below = node.subtreeSeconds - node.waitedSeconds
  return (
    <li data-root={depth === 1 ? '' : undefined} style={{ paddingLeft: (depth - 1) * INDENT_PX }}>
      <span className="hidden">{depth}. </span>
      <span className="blocked-who">
        {depth > 1 && <span className="elbow" aria-hidden="true" />}
        <SessionTag session={node.session} />
      </span>
      <span className="secondary blocked-what">
        {depth === 1 && node.locks.length === 0 ? (
          <span className={own ? 'behind' : undefined}>{own ? words.rootItself : words.root}</span>
        ) : (
          <>
            {words.waits(duration(node.waitedSeconds * 1000))}{' '}
            {node.locks.map((lock) => (
              <PathTag key={lock} path={lock} />
            ))}
          </>
        )}
      </span>
      {below > 0 && (
        <span className="blocked-cost">
          <span className="waited-track">
            <span className="waited-bar" style={{ width: `${(below / most) * 100}%` }} />
          </span>
          <span className="tertiary">{words.costs(duration(below * 1000))}</span>
        </span>
      )}
      {node.more > 0 && <span className="tertiary">{words.moreBlocked(formatCount(node.more, language))}</span>}
    </li>
  )
}
