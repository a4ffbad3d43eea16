// Rounds: each zxid as a row, the chosen one as a space–time diagram below.

import { PauseButton } from '../panels/pause-button.tsx'
import { RoundDiagram } from '../panels/round-diagram.tsx'
import { RoundList } from '../panels/round-list.tsx'
import { useShownRounds } from '../panels/shown-rounds.ts'
import { StageGlyph } from '../panels/stage-cell.tsx'
import { useNarrow } from '../stores/narrow.ts'
import { useRoute } from '../stores/route-store.ts'
import { useViewStore } from '../stores/view-store.ts'
import { Command } from '../ui/copy-button.tsx'
import { Empty, Skeleton } from '../ui/states.tsx'
import { useMessages } from '../ui/words.ts'
import type { StageName } from '../viz/round-facts.ts'

const LEGEND: readonly StageName[] = ['received', 'logged', 'acked', 'committed', 'applied']

export function RoundsPage() {
  const { rounds: words } = useMessages()
  const known = useViewStore((state) => state.known)
  const connect = useViewStore((state) => state.about?.connectString.split(',')[0] ?? '127.0.0.1:2181')
  const { rounds, newer } = useShownRounds()
  const selection = useRoute((route) => route.selection)
  const zxid = selection?.type === 'round' ? selection.zxid : null
  const narrow = useNarrow()
  const round = rounds.find((each) => each.txn.zxid === zxid)
  if (!known) {
    return (
      <div className="page-skeleton">
        <Skeleton rows={14} />
      </div>
    )
  }
  if (rounds.length === 0) {
    return (
      <Empty title={words.emptyTitle}>
        <p>{words.emptyText}</p>
        <Command text={`zkCli.sh -server ${connect} create /hello world`} />
      </Empty>
    )
  }
  return (
    <>
      <div className="toolbar">
        <Legend />
        <span className="end">
          <PauseButton newer={newer} />
        </span>
      </div>
      <RoundList rounds={rounds} />
      {!(narrow && round) && (
        <div className="round-detail">
          {round ? (
            <RoundDiagram round={round} />
          ) : (
            <p className="tertiary">{zxid === null ? words.pick : words.gone(zxid)}</p>
          )}
        </div>
      )}
    </>
  )
}

function Legend() {
  const { rounds: words } = useMessages()
  return (
    <ul className="legend" aria-label={words.legend}>
      {LEGEND.map((stage) => (
        <li key={stage}>
          <StageGlyph stage={stage} quorum={false} />
          {words.stages[stage]}
        </li>
      ))}
      <li>
        <StageGlyph stage="applied" quorum />
        {words.quorumMark}
      </li>
    </ul>
  )
}
