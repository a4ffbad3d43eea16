// The members in numbers: the text mirror of the ring, with the buttons for each process.

import type { MemberFigure } from '#shared/events/attach.ts'
import type { MemberView } from '#shared/events/cluster-view.ts'
import { formatCount } from '../i18n/format.ts'
import { select, useRoute } from '../stores/route-store.ts'
import { useCluster, useOwnSessions } from '../stores/view-store.ts'
import { MemberMark, ZxidTag } from '../ui/tags.tsx'
import { useLanguage, useMessages } from '../ui/words.ts'
import { clientsOf, type Lag, lagOf, membersInOrder, roleOf } from '../viz/ensemble-answer.ts'
import { MemberActions } from './member-actions.tsx'
import { useResources } from './member-resources.ts'
import { LagText, RoleText } from './member-words.tsx'

export function MemberTable() {
  const { ensemble: words } = useMessages()
  const own = useOwnSessions()
  const rows = useCluster((view) =>
    membersInOrder(view).map((member) => ({ member, lag: lagOf(member, view), clients: clientsOf(view, member, own) })),
  )
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: wide tables scroll
    <section className="table-scroll" tabIndex={0} aria-label={words.table}>
      <table className="plain members" aria-label={words.table}>
        <thead>
          <tr>
            <th>{words.columns.member}</th>
            <th>{words.columns.state}</th>
            <th className="number">{words.columns.epoch}</th>
            <th>{words.columns.lastZxid}</th>
            <th className="number">{words.columns.lag}</th>
            <th className="number">{words.columns.pid}</th>
            <th className="number" title={words.clientsHint}>
              {words.columns.connections}
            </th>
            <th className="number wide-only">{words.columns.sessions}</th>
            <th className="number">{words.columns.znodes}</th>
            <th className="number wide-only">{words.columns.watches}</th>
            <th className="number wide-only" title={words.cpuHint}>
              {words.columns.cpu}
            </th>
            <th className="number wide-only" title={words.memoryHint}>
              {words.columns.memory}
            </th>
            <th className="number wide-only" title={words.flushHint}>
              {words.columns.flush}
            </th>
            <th className="number wide-only">{words.columns.outstanding}</th>
            <th className="number wide-only">{words.columns.requests}</th>
            <th className="widest-only">{words.columns.address}</th>
            <th>
              <span className="hidden">{words.columns.actions}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ member, lag, clients }) => (
            <Row key={member.sid} member={member} lag={lag} clients={clients} />
          ))}
        </tbody>
      </table>
    </section>
  )
}

interface RowProps {
  readonly member: MemberView
  readonly lag: Lag
  readonly clients: number
}

function Row({ member, lag, clients }: RowProps) {
  const language = useLanguage()
  const role = roleOf(member)
  const chosen = useRoute((route) => route.selection?.type === 'member' && route.selection.sid === member.sid)
  const count = (n: number) => formatCount(n, language)
  const figure = (name: Exclude<MemberFigure, 'connections'>) =>
    member.unknown?.includes(name) ? '–' : count(member[name])
  return (
    <tr
      data-chosen={chosen ? '' : undefined}
      data-down={role === 'down' ? '' : undefined}
      onClick={() => select({ type: 'member', sid: member.sid })}
    >
      <th scope="row">
        <MemberMark sid={member.sid} doing={role} />
      </th>
      <td>
        <RoleText role={role} />
      </td>
      <td className="number">{member.epoch}</td>
      <td>
        <ZxidTag zxid={member.lastZxid} />
      </td>
      <td className="number">{role === 'down' ? <span className="tertiary">–</span> : <LagText lag={lag} />}</td>
      <td className="number">{member.pid ?? '–'}</td>
      <td className="number">{count(clients)}</td>
      <td className="number wide-only">{figure('sessions')}</td>
      <td className="number">{figure('znodes')}</td>
      <td className="number wide-only">{figure('watches')}</td>
      <Resources sid={member.sid} />
      <td className="number wide-only">{figure('outstanding')}</td>
      <td className="number wide-only">{figure('requests')}</td>
      <td className="mono widest-only">{member.clientAddress}</td>
      <td className="actions">
        <MemberActions member={member} />
      </td>
    </tr>
  )
}

/** What its process takes, as it told last; a dash where nothing was told for a while. */
function Resources({ sid }: { readonly sid: number }) {
  const { cpu, memory, flush } = useResources(sid)
  return (
    <>
      <td className="number wide-only">{cpu}</td>
      <td className="number wide-only">{memory}</td>
      <td className="number wide-only">{flush}</td>
    </>
  )
}
