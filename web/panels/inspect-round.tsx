// A round in the inspector: what it did, in words and in numbers for each member.

import { type MemberStages, type RoundView, UNKNOWN_OP } from '#shared/events/cluster-view.ts'
import { formatBytes, formatExact } from '../i18n/format.ts'
import { useNarrow } from '../stores/narrow.ts'
import { useCluster } from '../stores/view-store.ts'
import { MemberMark, PathTag, SessionTag } from '../ui/tags.tsx'
import { useMessages } from '../ui/words.ts'
import { membersInOrder } from '../viz/ensemble-answer.ts'
import { zxidParts } from '../viz/zxid-parts.ts'
import { RoundDiagram } from './round-diagram.tsx'
import { AgreementChart } from './rounds/agreement-chart.tsx'
import { LatencySplit } from './rounds/latency-split.tsx'
import { Textbook } from './rounds/textbook.tsx'
import { WhyWaiting } from './rounds/why-waiting-view.tsx'
import { useShownRounds } from './shown-rounds.ts'

export function InspectRound({ zxid }: { readonly zxid: string }) {
  const { rounds: words } = useMessages()
  const { rounds } = useShownRounds()
  const round = rounds.find((each) => each.txn.zxid === zxid)
  return round ? <RoundFacts round={round} /> : <p className="secondary">{words.gone(zxid)}</p>
}

function RoundFacts({ round }: { readonly round: RoundView }) {
  const { rounds: words, ensemble } = useMessages()
  const { txn } = round
  const parts = zxidParts(txn.zxid)
  const narrow = useNarrow()
  const unknown = txn.op === UNKNOWN_OP
  return (
    <>
      {narrow && <RoundDiagram round={round} />}
      <section>
        <dl className="facts">
          <dt>{words.facts.epochAndCounter}</dt>
          <dd className="mono">{parts && `${parts.epoch} / ${parts.counter}`}</dd>
          <dt>{words.facts.op}</dt>
          <dd>
            {unknown ? <span className="tertiary">{words.unknownHint}</span> : txn.op}
            {txn.ephemeral && ` · ${words.ephemeral}`}
          </dd>
          {txn.error !== null && (
            <>
              <dt>{words.facts.error}</dt>
              <dd className="behind">{txn.error}</dd>
            </>
          )}
          {txn.path !== null && (
            <>
              <dt>{words.facts.path}</dt>
              <dd>
                <PathTag path={txn.path} />
              </dd>
            </>
          )}
          {!unknown && (
            <>
              <dt>{words.facts.session}</dt>
              <dd>
                <SessionTag session={txn.session} />
              </dd>
              <dt>{words.facts.cxid}</dt>
              <dd className="mono">{txn.cxid}</dd>
              <dt>{words.facts.bytes}</dt>
              <dd className="mono">{formatBytes(txn.bytes)}</dd>
            </>
          )}
          <dt>{words.facts.leader}</dt>
          <dd>
            <MemberMark sid={round.leader} doing="LEADING">
              {ensemble.member(String(round.leader))}
            </MemberMark>
          </dd>
          <dt>{unknown ? words.facts.seenAt : words.facts.at}</dt>
          <dd className="mono">{formatExact(round.proposedAt)}</dd>
        </dl>
      </section>
      <WhyWaiting round={round} />
      <AgreementChart round={round} />
      <LatencySplit round={round} />
      <StageTable round={round} />
      <section>
        <Textbook />
      </section>
    </>
  )
}

const COLUMNS = ['received', 'logged', 'acked', 'committed', 'applied'] as const

function StageTable({ round }: { readonly round: RoundView }) {
  const { rounds: words } = useMessages()
  const sids = useCluster((view) => membersInOrder(view).map((member) => member.sid))
  return (
    <section>
      <h3>
        {words.stagesTable} <span className="tertiary">({words.msAfter})</span>
      </h3>
      <table className="plain stages">
        <thead>
          <tr>
            <th>
              <span className="hidden">{words.columnsDetail.member}</span>
            </th>
            {COLUMNS.map((column) => (
              <th key={column} className="number">
                {words.columnsDetail[column]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sids.map((sid) => (
            <tr key={sid}>
              <th>
                <MemberMark sid={sid} doing={sid === round.leader ? 'LEADING' : 'FOLLOWING'} />
              </th>
              {COLUMNS.map((column) => (
                <td key={column} className="number">
                  <StageTime stages={round.members[String(sid)]} stage={column} from={round.proposedAt} />
                  {column === 'acked' && round.quorumBy === sid && (
                    <span className="quorum-mark" title={words.quorumMark}>
                      ◆<span className="hidden">{words.quorumMark}</span>
                    </span>
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

interface StageTimeProps {
  readonly stages: MemberStages | undefined
  readonly stage: (typeof COLUMNS)[number]
  readonly from: number
}

function StageTime({ stages, stage, from }: StageTimeProps) {
  const t = stages?.[stage]
  if (t === undefined) return <span className="tertiary">–</span>
  const ms = Math.max(0, t - from)
  return <>{ms < 100 ? ms.toFixed(2) : Math.round(ms)}</>
}
