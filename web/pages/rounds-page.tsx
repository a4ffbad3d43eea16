// Rounds: each zxid as a row, all of them in space and time, or the logs side by side; the chosen one as a
// diagram of its own below.

import type { RoundView } from '#shared/events/cluster-view.ts'
import { formatCount } from '../i18n/format.ts'
import { PauseButton } from '../panels/pause-button.tsx'
import { RoundDiagram } from '../panels/round-diagram.tsx'
import { RoundList } from '../panels/round-list.tsx'
import { FlowView } from '../panels/rounds/flow-view.tsx'
import { LogLanesView } from '../panels/rounds/log-lanes-view.tsx'
import { useShownRounds } from '../panels/shown-rounds.ts'
import { StageGlyph } from '../panels/stage-cell.tsx'
import { useNarrow } from '../stores/narrow.ts'
import { usePause } from '../stores/pause-store.ts'
import { ROUND_FORMS } from '../stores/route.ts'
import { navigate, useRoute } from '../stores/route-store.ts'
import { useViewStore } from '../stores/view-store.ts'
import { Command } from '../ui/copy-button.tsx'
import { Segments } from '../ui/segments.tsx'
import { Empty, Skeleton } from '../ui/states.tsx'
import { useLanguage, useMessages } from '../ui/words.ts'
import type { StageName } from '../viz/round-facts.ts'
import { roundTest } from '../viz/round-search.ts'

const LEGEND: readonly StageName[] = ['received', 'logged', 'acked', 'committed', 'applied']

export function RoundsPage() {
  const { rounds: words } = useMessages()
  const known = useViewStore((state) => state.known)
  const connect = useViewStore((state) => state.about?.connectString.split(',')[0] ?? '127.0.0.1:2181')
  const attached = useViewStore((state) => state.about?.attached !== undefined)
  const { rounds, newer } = useShownRounds()
  const form = useRoute((route) => route.rounds)
  const find = useRoute((route) => route.find)
  if (!known) {
    return (
      <div className="page-skeleton">
        <Skeleton rows={14} />
      </div>
    )
  }
  if (attached && rounds.length === 0) return <NoneToSee />
  if (rounds.length === 0) {
    return (
      <Empty title={words.emptyTitle}>
        <p>{words.emptyText}</p>
        <Command text={`zkCli.sh -server ${connect} create /hello world`} />
      </Empty>
    )
  }
  const test = roundTest(find, rounds)
  const shown = test ? rounds.filter(test) : rounds
  return (
    <>
      <Toolbar shown={shown.length} of={rounds.length} newer={newer} />
      {shown.length === 0 ? <NoMatch find={find} /> : <Form form={form} rounds={shown} />}
      <Detail rounds={rounds} />
    </>
  )
}

/** Of an attached cluster. */
function NoneToSee() {
  const { attached: words } = useMessages()
  return (
    <Empty title={words.noRounds}>
      <p>{words.insteadOfRounds}</p>
    </Empty>
  )
}

function Form({
  form,
  rounds,
}: {
  readonly form: (typeof ROUND_FORMS)[number]
  readonly rounds: readonly RoundView[]
}) {
  const pausedAt = usePause((state) => state.frozen?.at ?? null)
  switch (form) {
    case 'time':
      return <FlowView rounds={rounds} pausedAt={pausedAt} />
    case 'logs':
      return <LogLanesView rounds={rounds} />
    default:
      return (
        <>
          <Legend />
          <RoundList rounds={rounds} />
        </>
      )
  }
}

interface ToolbarProps {
  readonly shown: number
  readonly of: number
  readonly newer: number
}

function Toolbar({ shown, of, newer }: ToolbarProps) {
  const { reading: words } = useMessages()
  const language = useLanguage()
  const form = useRoute((route) => route.rounds)
  const find = useRoute((route) => route.find)
  return (
    <div className="toolbar">
      <Segments
        label={words.form}
        value={form}
        onChange={(rounds) => navigate({ rounds })}
        choices={ROUND_FORMS.map((value) => ({ value, label: words.forms[value] }))}
      />
      <input
        type="search"
        className="field find round-find"
        data-find=""
        placeholder={words.find}
        aria-label={words.find}
        value={find}
        onChange={(event) => navigate({ find: event.target.value }, 'replace')}
      />
      {find !== '' && (
        <span className="tertiary" role="status">
          {words.found(formatCount(shown, language), formatCount(of, language))}
        </span>
      )}
      <span className="end">
        <PauseButton newer={newer} />
      </span>
    </div>
  )
}

function NoMatch({ find }: { readonly find: string }) {
  const { reading: words } = useMessages()
  return (
    <Empty title={words.noMatch(find)}>
      <p>{words.noMatchText}</p>
      <button type="button" className="button" onClick={() => navigate({ find: '' }, 'replace')}>
        {words.clear}
      </button>
    </Empty>
  )
}

/** The chosen round, also when the search hides it. */
function Detail({ rounds }: { readonly rounds: readonly RoundView[] }) {
  const { rounds: words } = useMessages()
  const selection = useRoute((route) => route.selection)
  const zxid = selection?.type === 'round' ? selection.zxid : null
  const narrow = useNarrow()
  const round = rounds.find((each) => each.txn.zxid === zxid)
  if (narrow && round) return null
  return (
    <div className="round-detail">
      {round ? (
        <RoundDiagram round={round} />
      ) : (
        <p className="tertiary">{zxid === null ? words.pick : words.gone(zxid)}</p>
      )}
    </div>
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
