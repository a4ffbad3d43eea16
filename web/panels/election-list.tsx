// Recent elections: for each round of votes who voted for whom, who changed, who won and how long it took.

import { useCluster } from '../stores/view-store.ts'
import { memberColour } from '../ui/member-glyph.tsx'
import { MemberMark } from '../ui/tags.tsx'
import { Ago, useDuration } from '../ui/times.tsx'
import { useMessages } from '../ui/words.ts'
import { type Ballot, type Election, groupElections } from '../viz/elections.ts'
import { ensembleAnswer } from '../viz/ensemble-answer.ts'

const ELECTIONS_SHOWN = 4

export function ElectionList() {
  const { ensemble: words } = useMessages()
  const elections = useCluster((view) =>
    groupElections(view.votes, view.markers, ensembleAnswer(view).voters, ELECTIONS_SHOWN),
  )
  return (
    <section className="elections" aria-label={words.elections}>
      <h2>{words.elections}</h2>
      <p className="tertiary">{elections.length === 0 ? words.noElections : words.ballotsHint}</p>
      <ol>
        {elections.map((election, i) => (
          <ElectionItem key={election.startedAt} election={election} newest={i === 0} />
        ))}
      </ol>
    </section>
  )
}

interface ElectionItemProps {
  readonly election: Election
  /** Nothing came after it: what is not yet may still be. */
  readonly newest: boolean
}

function ElectionItem({ election, newest }: ElectionItemProps) {
  const { ensemble: words } = useMessages()
  return (
    <li>
      <div className="election-head">
        <span>{words.electionRound(String(election.round))}</span>
        <span className="secondary">
          {election.elected === null ? words.electionOpen : words.electionWon(String(election.elected))}
        </span>
        <span className="tertiary end">
          <Ago t={election.startedAt} />
        </span>
      </div>
      <ul className="ballots">
        {election.ballots.map((ballot) => (
          <BallotItem key={ballot.from} ballot={ballot} />
        ))}
      </ul>
      <p className="tertiary">{useElectionTimes(election, newest)}</p>
    </li>
  )
}

/** `decided after 8.07 ms · serving after 245 ms`, both from the first vote. */
function useElectionTimes({ startedAt, endedAt, elected, servedAt }: Election, newest: boolean): string {
  const { ensemble: words } = useMessages()
  const duration = useDuration()
  const voting = duration(Math.max(0, endedAt - startedAt))
  if (elected === null) return newest ? words.electionNoMajorityYet : words.electionNoMajority
  const decided = words.electionDecided(voting)
  if (servedAt !== null) return `${decided} · ${words.electionServed(duration(Math.max(0, servedAt - startedAt)))}`
  return `${decided} · ${newest ? words.electionNotYet : words.electionNever}`
}

function BallotItem({ ballot }: { readonly ballot: Ballot }) {
  const { ensemble: words } = useMessages()
  const last = ballot.choices.at(-1)
  const sentence = words.voteOf(String(ballot.from), String(last ?? ''))
  const story = ballot.choices.length > 1 ? `${sentence}; ${words.changedTo(ballot.choices.join(' → '))}` : sentence
  return (
    <li title={story}>
      <MemberMark sid={ballot.from} doing="LOOKING" />
      <span className="hidden">{story}</span>
      <span aria-hidden="true" className="choices">
        {ballot.choices.map((choice, i) => (
          <span
            // biome-ignore lint/suspicious/noArrayIndexKey: a vote may come back to whom it was for
            key={`${i} ${choice}`}
            className="choice"
            data-member={memberColour(choice)}
            data-last={i === ballot.choices.length - 1 ? '' : undefined}
          >
            <b>{choice}</b>
          </span>
        ))}
      </span>
    </li>
  )
}
