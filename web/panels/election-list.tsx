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
  const elections = useCluster((view) => groupElections(view.votes, ensembleAnswer(view).voters, ELECTIONS_SHOWN))
  return (
    <section className="elections" aria-label={words.elections}>
      <h2>{words.elections}</h2>
      {elections.length === 0 && <p className="secondary">{words.noElections}</p>}
      <ol>
        {elections.map((election) => (
          <ElectionItem key={election.round} election={election} />
        ))}
      </ol>
    </section>
  )
}

function ElectionItem({ election }: { readonly election: Election }) {
  const { ensemble: words } = useMessages()
  const duration = useDuration()
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
      <p className="tertiary">{words.electionTook(duration(Math.max(0, election.endedAt - election.startedAt)))}</p>
    </li>
  )
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
            key={choice}
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
