// Rounds, newest first: what each did, and how far every member got with it.

import { memo } from 'react'
import { type RoundView, UNKNOWN_OP } from '#shared/events/cluster-view.ts'
import { formatClock, formatExact } from '../i18n/format.ts'
import { select, useRoute } from '../stores/route-store.ts'
import { useCluster } from '../stores/view-store.ts'
import { memberColour } from '../ui/member-glyph.tsx'
import { PathTag, SessionTag, ZxidTag } from '../ui/tags.tsx'
import { useDuration } from '../ui/times.tsx'
import { VirtualList } from '../ui/virtual-list.tsx'
import { useMessages } from '../ui/words.ts'
import { membersInOrder } from '../viz/ensemble-answer.ts'
import { commitLatency, furthestStage, roundStamp } from '../viz/round-facts.ts'
import { StageRow } from './stage-cell.tsx'

const ROW_PX = 28

export function RoundList({ rounds }: { readonly rounds: readonly RoundView[] }) {
  const { rounds: words, ensemble } = useMessages()
  const sids = useCluster((view) => membersInOrder(view).map((member) => member.sid))
  const selection = useRoute((route) => route.selection)
  const zxid = selection?.type === 'round' ? selection.zxid : null
  const newestFirst = rounds.toReversed()
  const chosen = zxid === null ? -1 : newestFirst.findIndex((round) => round.txn.zxid === zxid)
  const columns = { '--members': sids.length } as React.CSSProperties
  return (
    <div className="round-list" style={columns}>
      <div className="list-head round-columns">
        <span>{words.columns.zxid}</span>
        <span>{words.columns.op}</span>
        <span>{words.columns.path}</span>
        <span className="wide-only">{words.columns.session}</span>
        <span className="stage-cells">
          {sids.map((sid) => (
            <span key={sid} className="stage-head" data-member={memberColour(sid)} title={ensemble.member(String(sid))}>
              {sid}
            </span>
          ))}
        </span>
        <span className="number">{words.columns.latency}</span>
        <span className="number wide-only">{words.columns.time}</span>
      </div>
      <VirtualList
        label={words.label}
        rows={newestFirst}
        rowHeight={ROW_PX}
        keyOf={(round) => round.txn.zxid}
        chosen={chosen}
        hold={chosen >= 0 ? 'always' : 'scrolled'}
        onPick={(round) => select({ type: 'round', zxid: round.txn.zxid })}
        attributes={(round) => ({
          role: 'option',
          className: 'round-columns pickable',
          'aria-selected': round.txn.zxid === zxid,
        })}
        render={(round) => <RoundRow round={round} sids={sids} stamp={roundStamp(round, sids)} />}
      />
    </div>
  )
}

interface RoundRowProps {
  readonly round: RoundView
  readonly sids: readonly number[]
  /** Rounds change in place: the row is drawn again when this does. */
  readonly stamp: string
}

const RoundRow = memo(RoundRowContent, (a, b) => a.round === b.round && a.stamp === b.stamp)

function RoundRowContent({ round, sids }: RoundRowProps) {
  const { rounds: words } = useMessages()
  const duration = useDuration()
  const { txn } = round
  const unknown = txn.op === UNKNOWN_OP
  const latency = commitLatency(round)
  const marks = sids.map((sid) => ({
    stage: furthestStage(round.members[String(sid)]),
    quorum: round.quorumBy === sid,
  }))
  const sentences = marks.map(({ stage, quorum }, i) =>
    (quorum ? words.cellQuorum : words.cell)(String(sids[i]), words.stages[stage]),
  )
  return (
    <>
      <span>
        <ZxidTag zxid={txn.zxid} />
      </span>
      {unknown ? (
        <span className="tertiary" title={words.unknownHint}>
          {words.unknownOp}
        </span>
      ) : (
        <span className={txn.error === null ? '' : 'behind'} title={txn.error ?? undefined}>
          {txn.error ?? txn.op}
        </span>
      )}
      <span>
        {txn.path === null ? (
          <span className="tertiary no-path">
            <span>–</span>
            {/* Where the column of operations has no room. */}
            <span aria-hidden="true">{unknown ? words.unknownOp : (txn.error ?? txn.op)}</span>
          </span>
        ) : (
          <PathTag path={txn.path} />
        )}
      </span>
      <span className="wide-only">
        <SessionTag session={txn.session} />
      </span>
      <span title={sentences.join('\n')}>
        <StageRow marks={marks} sentence={sentences.join('; ')} />
      </span>
      <span className="number">
        {latency === null ? <span className="tertiary">{unknown ? '–' : '…'}</span> : duration(latency)}
      </span>
      <span className="number tertiary wide-only" title={formatExact(round.proposedAt)}>
        {formatClock(round.proposedAt)}
      </span>
    </>
  )
}
