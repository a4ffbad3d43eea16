// What this page has seen of a znode: the writes to it, and who watches it. Only as far back as its logs go.

import { formatCount } from '../../i18n/format.ts'
import { useCluster, useOwnSessions } from '../../stores/view-store.ts'
import { MemberMark, SessionTag, ZxidTag } from '../../ui/tags.tsx'
import { Ago } from '../../ui/times.tsx'
import { Visible } from '../../ui/visible.tsx'
import { useLanguage, useMessages } from '../../ui/words.ts'
import { endWithConnections, watchLives } from '../../viz/watch-groups.ts'

const SHOWN = 10

export function NodeTraces({ path }: { readonly path: string }) {
  return (
    <>
      <History path={path} />
      <Watchers path={path} />
    </>
  )
}

function History({ path }: { readonly path: string }) {
  const { tree: words } = useMessages()
  const rounds = useCluster((view) => view.rounds).filter(({ txn }) => txn.path === path)
  return (
    <section>
      <h3>{words.history}</h3>
      {rounds.length === 0 && <p className="tertiary">{words.historyNone}</p>}
      <ul className="lines">
        {rounds
          .slice(-SHOWN)
          .reverse()
          .map(({ txn, proposedAt }) => (
            <li key={txn.zxid}>
              <ZxidTag zxid={txn.zxid} />
              <span className="secondary">
                <Visible text={txn.op} />
              </span>
              {txn.session !== '0x0' && <SessionTag session={txn.session} />}
              <span className="tertiary end">
                <Ago t={proposedAt} />
              </span>
            </li>
          ))}
      </ul>
    </section>
  )
}

function Watchers({ path }: { readonly path: string }) {
  const { tree: words, watches } = useMessages()
  const language = useLanguage()
  const own = useOwnSessions()
  const log = useCluster((view) => view.watchLog).filter((entry) => entry.path === path && !own.has(entry.session))
  const connections = useCluster((view) => view.connections)
  const waiting = endWithConnections(watchLives(log), connections).filter(
    ({ event, ended }) => event === null && !ended,
  )
  return (
    <section>
      <h3>{words.watchers}</h3>
      {waiting.length === 0 && <p className="tertiary">{words.watchersNone}</p>}
      <ul className="lines">
        {waiting.slice(0, SHOWN).map((life) => (
          <li key={life.key}>
            <MemberMark sid={life.sid} />
            <SessionTag session={life.session} />
            <span className="tertiary end">{life.kind === null ? '' : (watches.kinds[life.kind] ?? life.kind)}</span>
          </li>
        ))}
      </ul>
      {waiting.length > SHOWN && (
        <p className="tertiary">{watches.more(formatCount(waiting.length - SHOWN, language))}</p>
      )}
    </section>
  )
}
