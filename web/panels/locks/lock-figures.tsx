// What the history of one lock adds up to: how long is waited and held, who got it how often, and the verdicts with
// the numbers that make them.

import type { LockDetail, LockHistoryView } from '#shared/events/lock-requests.ts'
import type { HistogramSummary } from '#shared/recipes/history/log-histogram.ts'
import { formatClock, formatCount } from '../../i18n/format.ts'
import { serverNow } from '../../stores/view-store.ts'
import { SessionTag } from '../../ui/tags.tsx'
import { useDuration } from '../../ui/times.tsx'
import { useLanguage, useMessages } from '../../ui/words.ts'

const DISTRIBUTIONS = ['wait', 'hold', 'abandoned', 'handOver'] as const
const SESSIONS_SHOWN = 12

export function LockFigures({ detail }: { readonly detail: LockDetail }) {
  const { history } = detail
  return (
    <div className="scrolls lock-figures">
      <div className="distributions">
        {DISTRIBUTIONS.map((name) => (
          <Distribution key={name} name={name} history={history} />
        ))}
      </div>
      <div className="figure-columns">
        <Facts detail={detail} />
        <Sessions history={history} />
      </div>
    </div>
  )
}

function Distribution({
  name,
  history,
}: {
  readonly name: (typeof DISTRIBUTIONS)[number]
  readonly history: LockHistoryView
}) {
  const { lockView: words } = useMessages()
  const language = useLanguage()
  const duration = useDuration()
  const summary = history[name]
  const { count, p50Ms, p95Ms, p99Ms } = summary
  const still = history.censored.length
  return (
    <section className="distribution">
      <h3 title={words.distHint[name]}>
        {words[name]} <span className="tertiary">{words.counted(formatCount(count, language))}</span>
      </h3>
      {count === 0 || p50Ms === null || p95Ms === null || p99Ms === null ? (
        <p className="tertiary">{words.none}</p>
      ) : (
        <>
          <Histogram summary={summary} />
          <p className="secondary">{words.quantiles(duration(p50Ms), duration(p95Ms), duration(p99Ms))}</p>
        </>
      )}
      <p className="tertiary">
        {words.distHint[name]}
        {name === 'wait' && still > 0 && `; ${words.stillWaiting(still, formatCount(still, language))}`}
      </p>
    </section>
  )
}

const WIDTH = 240
const HEIGHT = 56
/** An octave on either side, so that a single bucket is not as wide as everything. */
const MARGIN = 2

/** Logarithmic in time. */
function Histogram({ summary: { buckets, p50Ms, p95Ms } }: { readonly summary: HistogramSummary }) {
  const { lockView: words } = useMessages()
  const duration = useDuration()
  const from = Math.log2(Math.min(...buckets.map(({ fromMs }) => fromMs)) / MARGIN)
  const to = Math.log2(Math.max(...buckets.map(({ toMs }) => toMs)) * MARGIN)
  const most = Math.max(...buckets.map(({ count }) => count))
  const x = (ms: number) => ((Math.log2(ms) - from) / (to - from)) * WIDTH
  return (
    <>
      <svg className="histogram" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
        {buckets.map(({ fromMs, toMs, count }) => {
          const height = Math.max(2, (count / most) * (HEIGHT - 4))
          return (
            <rect
              key={fromMs}
              x={x(fromMs)}
              y={HEIGHT - height}
              width={Math.max(1.5, x(toMs) - x(fromMs) - 0.5)}
              height={height}
            />
          )
        })}
        {p50Ms !== null && <line x1={x(p50Ms)} x2={x(p50Ms)} y1="0" y2={HEIGHT} data-q="50" />}
        {p95Ms !== null && <line x1={x(p95Ms)} x2={x(p95Ms)} y1="0" y2={HEIGHT} data-q="95" />}
      </svg>
      <span className="histogram-axis tertiary" aria-hidden="true">
        <span>{duration(2 ** from)}</span>
        <span>{duration(2 ** to)}</span>
      </span>
      <ul className="hidden">
        {buckets.map(({ fromMs, toMs, count }) => (
          <li key={fromMs}>{words.bars(String(count), duration(fromMs), duration(toMs))}</li>
        ))}
      </ul>
    </>
  )
}

const GAPS_SHOWN = 3

function Gaps({ history }: { readonly history: LockHistoryView }) {
  const { lockDetail: words } = useMessages()
  const duration = useDuration()
  if (history.gaps.length === 0) return null
  return (
    <ul className="tertiary">
      {history.gaps.slice(-GAPS_SHOWN).map(({ reason, sinceMs, untilMs }) => (
        <li key={sinceMs}>
          {untilMs === null
            ? words.gapNow(words.gapReasons[reason], formatClock(sinceMs))
            : words.gapLine(words.gapReasons[reason], formatClock(sinceMs), duration(untilMs - sinceMs))}
        </li>
      ))}
    </ul>
  )
}

function Facts({ detail }: { readonly detail: LockDetail }) {
  const { lockView: words, lockDetail } = useMessages()
  const language = useLanguage()
  const duration = useDuration()
  const { history, counters, permits } = detail
  const { convoy, little } = history
  const gapCount = history.gaps.length + history.gapsDropped
  const gapMs = history.gaps.reduce((sum, { sinceMs, untilMs }) => sum + (untilMs ?? serverNow()) - sinceMs, 0)
  const count = (n: number) => formatCount(n, language)
  const ratio = (n: number | null) => (n === null ? '–' : n.toFixed(2))
  const facts = words.facts2
  return (
    <section>
      <dl className="facts">
        <dt>{facts.grants}</dt>
        <dd>
          {count(history.grants)}{' '}
          <span className="tertiary">
            {words.sinceWords(duration(serverNow() - history.sinceMs))}
            {gapCount > 0 && `, ${lockDetail.gaps(gapCount, duration(gapMs))}`}
          </span>
          <Gaps history={history} />
        </dd>
        <dt title={words.waitedHint}>{facts.waiterSeconds}</dt>
        <dd>{duration(history.waiterSeconds * 1000)}</dd>
        {counters && (
          <>
            <dt>{facts.lifetime}</dt>
            <dd>{words.lifetime(count(counters.creates), count(counters.deletes))}</dd>
          </>
        )}
        {permits && (
          <>
            <dt>{facts.permits}</dt>
            <dd>
              {count(permits.count)} <span className="tertiary">{words.permitBasis[permits.basis]}</span>
            </dd>
          </>
        )}
        <dt>{facts.jain}</dt>
        <dd>
          {ratio(history.jain)} <span className="tertiary">{words.jainHint}</span>
        </dd>
        <dt>{facts.overtakes}</dt>
        <dd>{count(history.overtakes)}</dd>
        <dt>{facts.herd}</dt>
        <dd>
          {ratio(history.herdIndex)} <span className="tertiary">{words.herdHint}</span>
        </dd>
        <dt>{facts.convoy}</dt>
        <dd>
          {convoy.is ? <b className="behind">{words.convoyYes}</b> : words.convoyNo}
          <br />
          <span className="tertiary">
            {words.convoyHint(
              duration(convoy.deepForMs),
              ratio(convoy.waitPerHold),
              convoy.againShare === null ? '–' : `${Math.round(convoy.againShare * 100)} %`,
            )}
          </span>
        </dd>
        <dt>{facts.little}</dt>
        <dd>
          {little === null ? '–' : `${little.length.toFixed(2)} ≈ ${little.rateTimesWait.toFixed(2)}`}
          <br />
          <span className="tertiary">{words.littleHint}</span>
        </dd>
        <dt>{facts.late}</dt>
        <dd>{count(history.late)}</dd>
        <dt>{facts.violations}</dt>
        <dd className={history.tokenViolations > 0 ? 'behind' : undefined}>{count(history.tokenViolations)}</dd>
        <dt>{facts.resets}</dt>
        <dd>{count(history.resets)}</dd>
      </dl>
    </section>
  )
}

function Sessions({ history }: { readonly history: LockHistoryView }) {
  const { lockView: words } = useMessages()
  const language = useLanguage()
  const duration = useDuration()
  if (history.sessions.length === 0) return null
  return (
    <section>
      <table className="plain">
        <caption>{words.fairness}</caption>
        <thead>
          <tr>
            <th scope="col">{words.perSession.session}</th>
            <th scope="col" className="number">
              {words.perSession.acquisitions}
            </th>
            <th scope="col" className="number">
              {words.perSession.hold}
            </th>
            <th scope="col" className="number">
              {words.perSession.wait}
            </th>
          </tr>
        </thead>
        <tbody>
          {history.sessions.slice(0, SESSIONS_SHOWN).map(({ session, acquisitions, holdMs, waitMs }) => (
            <tr key={session}>
              <td>
                <SessionTag session={session} />
              </td>
              <td className="number">{formatCount(acquisitions, language)}</td>
              <td className="number">{duration(holdMs)}</td>
              <td className="number">{duration(waitMs)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
