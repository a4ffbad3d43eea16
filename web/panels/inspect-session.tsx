// A session in the inspector: where it is connected, what it wrote lately, what it watches.

import { useCluster, useOwnSessions } from '../stores/view-store.ts'
import { MemberMark, PathTag, ZxidTag } from '../ui/tags.tsx'
import { Ago, useDuration } from '../ui/times.tsx'
import { Visible } from '../ui/visible.tsx'
import { useMessages } from '../ui/words.ts'
import { endWithConnections, watchLives } from '../viz/watch-groups.ts'

const ROUNDS_SHOWN = 20
const WATCHES_SHOWN = 20

export function InspectSession({ session }: { readonly session: string }) {
  const { session: words, ensemble, watches } = useMessages()
  const duration = useDuration()
  const found = useCluster((view) => Object.values(view.connections).filter((each) => each.session === session))
  const written = useCluster((view) => view.rounds.filter((round) => round.txn.session === session)).slice(
    -ROUNDS_SHOWN,
  )
  const own = useOwnSessions().has(session)
  const lives = useCluster((view) =>
    endWithConnections(watchLives(view.watchLog), view.connections).filter((life) => life.session === session),
  )
  return (
    <>
      <section>
        {own && <p className="secondary">{words.own}</p>}
        {found.length === 0 && <p className="secondary">{words.notConnected}</p>}
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
          </dl>
        ))}
      </section>
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
