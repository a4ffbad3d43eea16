// A member in the inspector: what it says of itself, what can be done to its process, who is connected.

import type { MemberView } from '#shared/events/cluster-view.ts'
import { formatCount } from '../i18n/format.ts'
import { useCluster, useOwnSessions } from '../stores/view-store.ts'
import { CopyButton } from '../ui/copy-button.tsx'
import { SessionTag, ZxidTag } from '../ui/tags.tsx'
import { Ago, useDuration } from '../ui/times.tsx'
import { Visible } from '../ui/visible.tsx'
import { useLanguage, useMessages } from '../ui/words.ts'
import { lagOf, roleOf } from '../viz/ensemble-answer.ts'
import { MemberActions } from './member-actions.tsx'
import { useResources } from './member-resources.ts'
import { LagText, RoleText } from './member-words.tsx'

const CONNECTIONS_SHOWN = 50

export function InspectMember({ sid }: { readonly sid: number }) {
  const words = useMessages().ensemble
  const member = useCluster((view) => view.members)[String(sid)]
  if (!member) return <p className="secondary">{words.gone(String(sid))}</p>
  return (
    <>
      <section>
        <MemberActions member={member} all />
      </section>
      <section>
        <MemberFacts member={member} />
      </section>
      <Connections sid={sid} />
    </>
  )
}

function MemberFacts({ member }: { readonly member: MemberView }) {
  const { ensemble, frame } = useMessages()
  const language = useLanguage()
  const lag = useCluster((view) => lagOf(member, view))
  const { cpu, memory, flush } = useResources(member.sid)
  const count = (n: number) => formatCount(n, language)
  const phase = member.phase && member.phase !== 'BROADCAST' ? ` · ${ensemble.phases[member.phase]}` : ''
  return (
    <dl className="facts">
      <dt>{ensemble.columns.state}</dt>
      <dd>
        <RoleText role={roleOf(member)} />
        {phase}
        {!member.serving && member.state !== null && ` · ${ensemble.notServing}`}
      </dd>
      <dt>{ensemble.columns.epoch}</dt>
      <dd className="mono">{member.epoch}</dd>
      <dt>{ensemble.columns.lastZxid}</dt>
      <dd>
        <ZxidTag zxid={member.lastZxid} />
      </dd>
      <dt>{ensemble.columns.lag}</dt>
      <dd>
        <LagText lag={lag} />
      </dd>
      <dt>{ensemble.columns.pid}</dt>
      <dd className="mono">{member.pid ?? frame.none}</dd>
      <dt title={ensemble.cpuHint}>{ensemble.columns.cpu}</dt>
      <dd className="mono">{cpu}</dd>
      <dt title={ensemble.memoryHint}>{ensemble.columns.memory}</dt>
      <dd className="mono">{memory}</dd>
      <dt title={ensemble.flushHint}>{ensemble.columns.flush}</dt>
      <dd className="mono">{flush}</dd>
      <dt>{ensemble.columns.address}</dt>
      <dd className="with-copy">
        <span className="mono">{member.clientAddress}</span>
        <CopyButton value={member.clientAddress} />
      </dd>
      <dt>{ensemble.columns.sessions}</dt>
      <dd className="mono">{member.unknown?.includes('sessions') ? '–' : count(member.sessions)}</dd>
      <dt>{ensemble.columns.znodes}</dt>
      <dd className="mono">{member.unknown?.includes('znodes') ? '–' : count(member.znodes)}</dd>
      <dt>{ensemble.columns.watches}</dt>
      <dd className="mono">{member.unknown?.includes('watches') ? '–' : count(member.watches)}</dd>
      <dt>{ensemble.columns.outstanding}</dt>
      <dd className="mono">{member.unknown?.includes('outstanding') ? '–' : count(member.outstanding)}</dd>
      <dt>{ensemble.columns.requests}</dt>
      <dd className="mono">{member.unknown?.includes('requests') ? '–' : count(member.requests)}</dd>
      <dt>{ensemble.heard}</dt>
      <dd>
        <Ago t={member.heardAt} />
      </dd>
    </dl>
  )
}

function Connections({ sid }: { readonly sid: number }) {
  const words = useMessages().ensemble
  const language = useLanguage()
  const duration = useDuration()
  const own = useOwnSessions()
  const all = useCluster((view) => Object.values(view.connections).filter((connection) => connection.sid === sid))
  return (
    <section>
      <h3>{words.connectionsOf}</h3>
      {all.length === 0 ? (
        <p className="secondary">{words.noConnections}</p>
      ) : (
        <table className="plain">
          <thead>
            <tr>
              <th>{words.session}</th>
              <th>{words.address}</th>
              <th className="number">{words.timeout}</th>
            </tr>
          </thead>
          <tbody>
            {all.slice(0, CONNECTIONS_SHOWN).map((connection) => (
              <tr key={connection.conn}>
                <td>
                  <SessionTag session={connection.session} />
                  {own.has(connection.session) && <span className="tertiary own">{words.ownConnection}</span>}
                </td>
                <td className="mono">
                  <Visible text={connection.address} />
                </td>
                <td className="number">{duration(connection.timeoutMs)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {all.length > CONNECTIONS_SHOWN && (
        <p className="tertiary">{words.more(formatCount(all.length - CONNECTIONS_SHOWN, language))}</p>
      )}
    </section>
  )
}
