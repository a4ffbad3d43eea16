// The vote matrix as a table: rows are voters, columns the moments of change. A cell that changed says why.

import { memberColour } from '../ui/member-glyph.tsx'
import { MemberMark } from '../ui/tags.tsx'
import { useDuration } from '../ui/times.tsx'
import { useMessages } from '../ui/words.ts'
import type { Matrix, MatrixCell } from '../viz/election-matrix.ts'
import type { Election } from '../viz/elections.ts'

export function VoteMatrix({ matrix, election }: { readonly matrix: Matrix; readonly election: Election }) {
  const { story } = useMessages()
  const duration = useDuration()
  return (
    <div className="matrix-box">
      <h3 title={story.matrixHint}>{story.matrix}</h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: wide tables scroll */}
      <section className="matrix-scroll" tabIndex={0} aria-label={story.matrix}>
        <table className="plain matrix" aria-label={story.matrix}>
          <thead>
            <tr>
              <th>{story.voter}</th>
              {matrix.columns.map((ms, i) => (
                <th key={ms} data-quorum={i === matrix.quorumAt ? '' : undefined}>
                  {i === 0 ? `0 ms` : `+${duration(ms)}`}
                  {i === matrix.quorumAt && <span className="quorum-word">{story.quorumReached}</span>}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {matrix.voters.map((voter, row) => (
              <tr key={voter}>
                <th scope="row">
                  <MemberMark sid={voter} doing={voter === election.elected ? 'LEADING' : 'LOOKING'} />
                </th>
                {matrix.columns.map((ms, i) => (
                  <VoteCell
                    key={ms}
                    voter={voter}
                    cell={matrix.rows[row]?.[i] ?? null}
                    quorum={i === matrix.quorumAt}
                  />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <p className="tertiary">
        {story.matrixHint} {matrix.left > 0 && story.matrixLeft(matrix.left)}
      </p>
    </div>
  )
}

interface VoteCellProps {
  readonly voter: number
  readonly cell: MatrixCell | null
  readonly quorum: boolean
}

function VoteCell({ voter, cell, quorum }: VoteCellProps) {
  const { story } = useMessages()
  if (!cell) return <td data-quorum={quorum ? '' : undefined} />
  const why = cell.why === null ? story.stillHolds : story.why[cell.why]
  const heard = cell.heardFrom === null ? '' : `, ${story.afterHearing(String(cell.heardFrom))}`
  const told = story.cell(String(voter), String(cell.leader), cell.zxid, String(cell.peerEpoch), why)
  return (
    <td
      className="vote"
      data-held={cell.why === null ? '' : undefined}
      data-quorum={quorum ? '' : undefined}
      data-member={memberColour(cell.leader)}
      title={told + heard}
    >
      <b>→ {cell.leader}</b>
      <span className={cell.why === null ? 'hidden' : 'vote-why'}>{why}</span>
    </td>
  )
}
