// Rounds, newest first: what each did, and how far every member got with it.

import { memo, useLayoutEffect, useMemo, useRef } from 'react'
import type { RoundView } from '#shared/events/cluster-view.ts'
import { useHover } from '../stores/hover-store.ts'
import { selectionKey } from '../stores/route.ts'
import { select, useRoute } from '../stores/route-store.ts'
import { useClusterValue } from '../stores/view-store.ts'
import { memberColour } from '../ui/member-glyph.tsx'
import { VirtualList } from '../ui/virtual-list.tsx'
import { useMessages } from '../ui/words.ts'
import { membersInOrder } from '../viz/ensemble-answer.ts'
import { roundStamp } from '../viz/round-facts.ts'
import { RoundRowPainter, type RowLook } from './rounds/paint-row.ts'

const ROW_PX = 28

export function RoundList({ rounds }: { readonly rounds: readonly RoundView[] }) {
  const { rounds: words, ensemble, units } = useMessages()
  const names = useClusterValue((view) =>
    membersInOrder(view)
      .map(({ sid }) => sid)
      .join(),
  )
  const sids = useMemo(() => (names === '' ? [] : names.split(',').map(Number)), [names])
  const lit = useHover((hovered) => hovered.key)
  const selection = useRoute((route) => route.selection)
  const zxid = selection?.type === 'round' ? selection.zxid : null
  const marked = selection === null ? null : selectionKey(selection)
  const look = useMemo((): RowLook => ({ sids, words, units, lit, chosen: marked }), [sids, words, units, lit, marked])
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
        recycle
        hold={chosen >= 0 ? 'always' : 'scrolled'}
        onPick={(round) => select({ type: 'round', zxid: round.txn.zxid })}
        attributes={(round) => ({
          role: 'option',
          className: 'round-columns pickable',
          'aria-selected': round.txn.zxid === zxid,
        })}
        render={(round) => <RoundRow round={round} look={look} stamp={roundStamp(round, sids)} />}
      />
    </div>
  )
}

interface RoundRowProps {
  readonly round: RoundView
  readonly look: RowLook
  /** Rounds change in place: the row is drawn again when this does. */
  readonly stamp: string
}

const RoundRow = memo(RoundRowContent, (a, b) => a.round === b.round && a.stamp === b.stamp && a.look === b.look)

function RoundRowContent({ round, look }: RoundRowProps) {
  const host = useRef<HTMLSpanElement>(null)
  const painter = useRef<RoundRowPainter | null>(null)
  useLayoutEffect(() => {
    if (!host.current) return
    painter.current ??= new RoundRowPainter(host.current)
    painter.current.show(round, look)
  })
  return <span ref={host} className="cells" />
}
