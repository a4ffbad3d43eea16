// A znode in the inspector: its data as text, JSON or hex, its Stat in words and exactly, its owner, its ACL.

import { useEffect } from 'react'
import type { NodeDetail } from '#shared/events/socket-protocol.ts'
import { useTree } from '../stores/tree/tree-state.ts'
import { closeDetail, openDetail } from '../stores/tree-store.ts'
import { useViewStore } from '../stores/view-store.ts'
import { Skeleton } from '../ui/states.tsx'
import { SessionTag, ZxidTag } from '../ui/tags.tsx'
import { Ago } from '../ui/times.tsx'
import { Visible } from '../ui/visible.tsx'
import { useMessages } from '../ui/words.ts'
import { NodeActions, NodeDialog } from './tree/node-actions.tsx'
import { NodeTraces } from './tree/node-traces.tsx'
import { ZnodeData } from './znode-data.tsx'

export function InspectZnode({ path }: { readonly path: string }) {
  return (
    <>
      <Content path={path} />
      <NodeDialog />
    </>
  )
}

function Content({ path }: { readonly path: string }) {
  const { frame, tree: words } = useMessages()
  const detail = useTree((state) => state.detail)
  const live = useViewStore((state) => state.status.type === 'live')
  useEffect(() => {
    if (live) void openDetail(path)
  }, [path, live])
  useEffect(() => () => closeDetail(path), [path])
  if (detail.type === 'none' || detail.path !== path || detail.type === 'loading') return <Skeleton rows={8} />
  if (detail.type === 'gone') {
    return (
      <p className="secondary" role="status">
        {words.deleted}
      </p>
    )
  }
  if (detail.type === 'failed') {
    return (
      <section>
        <p className="secondary" role="status">
          <Visible text={detail.message} />
        </p>
        <p>
          <button type="button" className="button small" onClick={() => void openDetail(path)}>
            {frame.retry}
          </button>
        </p>
      </section>
    )
  }
  return <Detail detail={detail.detail} />
}

function Detail({ detail }: { readonly detail: NodeDetail }) {
  const { tree: words } = useMessages()
  return (
    <>
      <section>
        <NodeActions path={detail.path} />
      </section>
      <ZnodeData detail={detail} />
      <StatFacts detail={detail} />
      <section>
        <h3>{words.acl}</h3>
        <ul className="lines">
          {detail.acl.map((entry) => (
            <li key={`${entry.scheme}:${entry.id}:${entry.perms}`}>
              <span className="mono">
                <Visible text={`${entry.scheme}:${entry.id}`} />
              </span>
              <span className="end tertiary" title={permNames(entry.perms, words.perms)}>
                {permNames(entry.perms, words.perms)}
              </span>
            </li>
          ))}
        </ul>
      </section>
      <NodeTraces path={detail.path} />
    </>
  )
}

/** `crwda` as words; letters without a name stay. */
function permNames(perms: string, names: Readonly<Record<string, string>>): string {
  return [...perms].map((letter) => names[letter] ?? letter).join(' ')
}

function StatFacts({ detail }: { readonly detail: NodeDetail }) {
  const { tree: words } = useMessages()
  const { stat, owner } = detail
  return (
    <section>
      <h3>{words.stat}</h3>
      <dl className="facts">
        <dt>{words.created}</dt>
        <dd>
          {stat.ctime === 0 ? words.always : <Ago t={stat.ctime} />} {words.by} <ZxidTag zxid={stat.czxid} />
        </dd>
        <dt>{words.modified}</dt>
        <dd>
          {stat.mtime === 0 ? words.always : <Ago t={stat.mtime} />} {words.by} <ZxidTag zxid={stat.mzxid} />
        </dd>
        <dt>{words.childrenChanged}</dt>
        <dd>
          <ZxidTag zxid={stat.pzxid} />
        </dd>
        <dt>{words.version}</dt>
        <dd className="mono">{stat.version}</dd>
        <dt>{words.cversion}</dt>
        <dd className="mono">{stat.cversion}</dd>
        <dt>{words.aversion}</dt>
        <dd className="mono">{stat.aversion}</dd>
        <dt>{words.dataLength}</dt>
        <dd className="mono">{stat.dataLength}</dd>
        <dt>{words.numChildren}</dt>
        <dd className="mono">{stat.numChildren}</dd>
        <dt>{words.owner}</dt>
        <dd>
          {owner === null ? (
            <span className="tertiary">{words.ownerNone}</span>
          ) : (
            <>
              <SessionTag session={owner.session} />
              <br />
              <span className="tertiary">
                {owner.address === null ? (
                  words.ownerGone
                ) : (
                  <Visible text={words.ownerAt(owner.address, String(owner.sid ?? '?'))} />
                )}
              </span>
            </>
          )}
        </dd>
      </dl>
    </section>
  )
}
