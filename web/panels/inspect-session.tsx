// A session in the inspector: where it is connected, what it wrote lately, what it watches.

import { formatCount, formatRate } from '../i18n/format.ts'
import { useChronicle } from '../stores/chronicle-store.ts'
import { useNow } from '../stores/clock.ts'
import { useSessionRows } from '../stores/session-rows.ts'
import { serverNow, useCluster, useOwnSessions } from '../stores/view-store.ts'
import { MemberMark, PathTag, ZxidTag } from '../ui/tags.tsx'
import { Ago, useDuration } from '../ui/times.tsx'
import { Visible } from '../ui/visible.tsx'
import { useLanguage, useMessages } from '../ui/words.ts'
import { sessionRate } from '../viz/session-rate.ts'
import { type SessionRow, timeLeft } from '../viz/session-rows.ts'
import { endWithConnections, watchLives } from '../viz/watch-groups.ts'
import { CloseSession } from './close-session.tsx'
import { TimeLeft } from './session-list.tsx'

const ROUNDS_SHOWN = 20
const WATCHES_SHOWN = 20
const OWNED_SHOWN = 30

export function InspectSession({ session }: { readonly session: string }) {
  const { session: words, sessions: sessionWords, ensemble, watches } = useMessages()
  const language = useLanguage()
  const duration = useDuration()
  const found = useCluster((view) => Object.values(view.connections).filter((each) => each.session === session))
  const written = useCluster((view) => view.rounds.filter((round) => round.txn.session === session)).slice(
    -ROUNDS_SHOWN,
  )
  const own = useOwnSessions().has(session)
  const row = useSessionRows().find((each) => each.session === session)
  const rate = useChronicle((heard) => sessionRate(heard.requests, session, serverNow()))
  const lives = useCluster((view) =>
    endWithConnections(watchLives(view.watchLog), view.connections).filter((life) => life.session === session),
  )
  return (
    <>
      <section>
        {own && <p className="secondary">{words.own}</p>}
        {found.length === 0 && (row ? <Away row={row} /> : <p className="secondary">{words.notConnected}</p>)}
        {found.map((connection) => (
          <dl key={`${connection.sid}:${connection.conn}`} className="facts">
            <dt>{words.connected}</dt>
            <dd className="mono">
              <Visible text={connection.address} />
            </dd>
            <dt>{words.member}</dt>
            <dd>
              <MemberMark sid={connection.sid}>{ensemble.member(String(connection.sid))}</MemberMark>
            </dd>
            <dt>{words.timeout}</dt>
            <dd>{duration(connection.timeoutMs)}</dd>
            <dt title={words.rateHint}>{words.rate}</dt>
            <dd>{words.rateAtLeast(formatRate(rate, language))}</dd>
            <dt title={sessionWords.heardHint}>{sessionWords.columns.heard}</dt>
            <dd>{row && row.heardAt !== null ? <Ago t={row.heardAt} /> : sessionWords.never}</dd>
          </dl>
        ))}
      </section>
      {row && !own && <CloseSession row={row} />}
      {row && <Owned row={row} />}
      <section>
        <h3>{words.rounds}</h3>
        {written.length === 0 && <p className="secondary">{words.noRounds}</p>}
        <ul className="lines">
          {written.toReversed().map(({ txn, proposedAt }) => (
            <li key={txn.zxid}>
              <ZxidTag zxid={txn.zxid} />
              <span>{txn.op}</span>
              {txn.path !== null && <PathTag path={txn.path} />}
              <span className="tertiary end">
                <Ago t={proposedAt} />
              </span>
            </li>
          ))}
        </ul>
      </section>
      <section>
        <h3>{words.watches}</h3>
        {lives.length === 0 && <p className="secondary">{words.noWatches}</p>}
        <ul className="lines">
          {lives
            .toReversed()
            .slice(0, WATCHES_SHOWN)
            .map((life) => (
              <li key={life.key}>
                <PathTag path={life.path} />
                <span className="tertiary end">{life.event ?? (life.ended ? watches.ended : watches.waiting)}</span>
              </li>
            ))}
        </ul>
      </section>
    </>
  )
}

/** Gone from its member: how long it still has. */
function Away({ row }: { readonly row: SessionRow }) {
  const { sessions: words, ensemble } = useMessages()
  const duration = useDuration()
  const now = useNow()
  const left = timeLeft(row, now)
  return (
    <>
      <p className={row.state === 'away' ? 'behind' : 'secondary'}>
        {row.state === 'over' ? words.its.over : left.ms > 0 ? words.its.away(duration(left.ms)) : words.its.due}
      </p>
      <TimeLeft row={row} />
      <p>
        <MemberMark sid={row.sid} doing="OBSERVING">
          {ensemble.member(String(row.sid))}
        </MemberMark>{' '}
        <span className="mono">
          <Visible text={row.address} />
        </span>
      </p>
    </>
  )
}

/** What would go with it. */
function Owned({ row }: { readonly row: SessionRow }) {
  const { sessions: words } = useMessages()
  const language = useLanguage()
  const others = row.ephemerals.filter((path) => !row.locks.includes(path))
  const lists = [
    [words.its.locks, row.locks],
    [words.its.ephemerals, others],
  ] as const
  return lists.map(([title, paths]) =>
    paths.length === 0 && title === words.its.locks ? null : (
      <section key={title}>
        <h3 title={words.atLeast}>{title}</h3>
        {paths.length === 0 && <p className="secondary">{words.its.noEphemerals}</p>}
        <ul className="lines">
          {paths.slice(0, OWNED_SHOWN).map((path) => (
            <li key={path}>
              <PathTag path={path} />
            </li>
          ))}
        </ul>
        {paths.length > OWNED_SHOWN && (
          <p className="tertiary">{words.its.more(formatCount(paths.length - OWNED_SHOWN, language))}</p>
        )}
      </section>
    ),
  )
}
