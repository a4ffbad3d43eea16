// One election in full: what made it necessary and what it took, every change of every vote with the comparison
// that won, and the way of each member through discovery and synchronization.

import { useMemo, useState } from 'react'
import { formatClock } from '../i18n/format.ts'
import type { Messages } from '../i18n/languages.ts'
import { useNow } from '../stores/clock.ts'
import { useClusterValue, useViewStore } from '../stores/view-store.ts'
import { Segments } from '../ui/segments.tsx'
import { MemberMark } from '../ui/tags.tsx'
import { useDuration } from '../ui/times.tsx'
import { Visible } from '../ui/visible.tsx'
import { useMessages } from '../ui/words.ts'
import { electionMatrix, electionSummary, type Matrix } from '../viz/election-matrix.ts'
import { type Election, groupElections } from '../viz/elections.ts'
import { ensembleAnswer } from '../viz/ensemble-answer.ts'
import { PhaseStripsView } from './phase-strips-view.tsx'
import { VoteMatrix } from './vote-matrix.tsx'

const ELECTIONS_SHOWN = 6

export function ElectionView() {
  const { ensemble, story } = useMessages()
  const view = useViewStore((state) => state.view)
  const stamp = useClusterValue(
    ({ votes, markers }) => `${votes.at(-1)?.t} ${votes.length} ${markers.at(-1)?.t} ${markers.length}`,
  )
  const untold = useViewStore(
    (state) =>
      state.about?.attached?.capabilities.find(({ id, available }) => id === 'elections' && !available)?.because,
  )
  const quorum = useClusterValue((cluster) => ensembleAnswer(cluster).quorum)
  const voters = useClusterValue((cluster) => ensembleAnswer(cluster).voters)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the view is folded in place, the stamp tells of it
  const elections = useMemo(
    () => groupElections(view.votes, view.markers, voters, ELECTIONS_SHOWN),
    [stamp, voters, view],
  )
  const [startedAt, setStartedAt] = useState<number | null>(null)
  const chosen = elections.findIndex((election) => election.startedAt === startedAt)
  const at = Math.max(0, chosen)
  const election = elections[at]
  return (
    <section className="election" aria-label={story.election} data-picture={story.election}>
      <div className="election-bar">
        <h2>{story.election}</h2>
        {elections.length > 1 && (
          <Segments
            label={story.choose}
            value={election?.startedAt ?? 0}
            onChange={(t) => setStartedAt(t === elections[0]?.startedAt ? null : t)}
            choices={elections.map(({ startedAt: t }) => ({ value: t, label: formatClock(t) }))}
          />
        )}
      </div>
      {election ? (
        <ElectionTold
          election={election}
          newest={at === 0}
          quorum={quorum}
          until={elections[at - 1]?.startedAt ?? Number.POSITIVE_INFINITY}
        />
      ) : (
        <p className="tertiary">{untold === undefined ? ensemble.noElections : <Visible text={untold} />}</p>
      )}
    </section>
  )
}

interface ToldProps {
  readonly election: Election
  readonly newest: boolean
  readonly quorum: number
  /** When the next one began. */
  readonly until: number
}

function ElectionTold({ election, newest, quorum, until }: ToldProps) {
  const { story } = useMessages()
  const told = useViewStore((state) => state.view.voteChanges)
  const matrix = electionMatrix(election, quorum, told)
  return (
    <div className="election-told">
      <div>
        <p className="verdict">{verdict(election, matrix, story)}</p>
        <Summary election={election} newest={newest} />
      </div>
      <VoteMatrix matrix={matrix} election={election} />
      <PhaseStripsView startedAt={election.startedAt} until={until} />
    </div>
  )
}

/** The comparison that brought the elected one its votes: the strongest that anybody changed for. */
function verdict({ elected }: Election, matrix: Matrix, story: Messages['story']): string {
  if (elected === null) return story.verdictOpen
  const reasons = new Set(
    matrix.rows.flatMap((row) => row.filter((cell) => cell?.leader === elected).map((cell) => cell?.why ?? null)),
  )
  const why = (['epoch', 'zxid', 'sid'] as const).find((each) => reasons.has(each)) ?? 'alone'
  return story.verdict(String(elected), story.because[why])
}

function Summary({ election, newest }: { readonly election: Election; readonly newest: boolean }) {
  const { story, ensemble } = useMessages()
  const duration = useDuration()
  // Once a second: what comes of it, the first commit, is read in the rounds.
  useNow()
  const summary = electionSummary(election, useViewStore.getState().view)
  const { startedAt, endedAt, elected, servedAt } = election
  const trigger = summary.trigger
  const cause =
    trigger && isCause(trigger.type) ? story.triggers[trigger.type](String(trigger.sid)) : story.summary.unknown
  const facts: (readonly [string, string])[] = [
    [story.summary.trigger, cause],
    [story.summary.decided, elected === null ? ensemble.electionOpen : duration(Math.max(0, endedAt - startedAt))],
    [
      story.summary.served,
      servedAt === null
        ? newest
          ? ensemble.electionNotYet
          : ensemble.electionNever
        : duration(Math.max(0, servedAt - startedAt)),
    ],
    [
      story.summary.unavailable,
      summary.unavailableMs === null ? story.summary.unknown : duration(summary.unavailableMs),
    ],
    [
      story.summary.firstCommit,
      summary.firstCommitMs === null
        ? story.summary.unknown
        : story.summary.firstCommitAfter(duration(summary.firstCommitMs)),
    ],
    [story.summary.notifications, String(summary.notifications)],
  ]
  return (
    <div className="election-summary">
      {elected !== null && <MemberMark sid={elected} doing="LEADING" />}
      <dl className="facts">
        {facts.map(([term, value]) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  )
}

const CAUSES = ['killed', 'stopped', 'paused', 'looking', 'started'] as const

function isCause(type: string): type is (typeof CAUSES)[number] {
  return CAUSES.some((cause) => cause === type)
}
