// What a workload reports, in tables: counts, latencies, its clients' beliefs, and the last things that happened.

import type { ActorReport } from '#shared/events/workload-report.ts'
import type { WorkloadView } from '#shared/events/workload-view.ts'
import { formatClock, formatCount } from '../../i18n/format.ts'
import { NameText } from '../../ui/name-text.tsx'
import { useDuration } from '../../ui/times.tsx'
import { useLanguage, useMessages } from '../../ui/words.ts'

const ACTORS_SHOWN = 12

export function WorkloadReportView({ workload }: { readonly workload: WorkloadView }) {
  const words = useMessages().playground.workloads
  const { report } = workload
  if (!report) return <p className="tertiary">{words.noReport}</p>
  const actors = report.actors.slice(0, ACTORS_SHOWN)
  const more = report.actors.length - actors.length + report.actorsLeftOut
  return (
    <div className="workload-report">
      <Counts report={report} />
      <Latencies report={report} />
      {actors.length > 0 && (
        <div className="table-box">
          <table className="plain" aria-label={words.clients}>
            <thead>
              <tr>
                <th>{words.client}</th>
                <th>{words.state}</th>
                <th>{words.token}</th>
                <th>{words.path}</th>
              </tr>
            </thead>
            <tbody>
              {actors.map((actor) => (
                <Actor key={actor.name} actor={actor} />
              ))}
            </tbody>
          </table>
          {more > 0 && <p className="tertiary">{words.more(more)}</p>}
        </div>
      )}
      {report.notes.length > 0 && (
        <ul className="play-notes" aria-label={words.notes}>
          {report.notes.slice(-4).map((note) => (
            <li key={`${note.atMs} ${note.text}`} data-severity={note.severity}>
              <span className="mono tertiary">{formatClock(note.atMs)}</span> {note.text}
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

type Report = NonNullable<WorkloadView['report']>

function Counts({ report }: { readonly report: Report }) {
  const words = useMessages().playground.workloads
  const language = useLanguage()
  return (
    <div className="table-box">
      <table className="plain" aria-label={words.counts}>
        <thead>
          <tr>
            <th>{words.count}</th>
            <th className="number">{words.total}</th>
            <th className="number">{words.rate}</th>
          </tr>
        </thead>
        <tbody>
          {Object.entries(report.counts).map(([name, total]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td className="number">{formatCount(total, language)}</td>
              <td className="number">{report.perSecond[name]?.toFixed(1) ?? ''}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Latencies({ report }: { readonly report: Report }) {
  const words = useMessages().playground.workloads
  const duration = useDuration()
  const timed = Object.entries(report.latencies).filter(([, { count }]) => count > 0)
  if (timed.length === 0) return null
  return (
    <div className="table-box">
      <table className="plain" aria-label={words.latency}>
        <thead>
          <tr>
            <th>{words.timed}</th>
            <th className="number">p50</th>
            <th className="number">p90</th>
            <th className="number">p99</th>
          </tr>
        </thead>
        <tbody>
          {timed.map(([name, { p50, p90, p99 }]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td className="number">{duration(p50)}</td>
              <td className="number">{duration(p90)}</td>
              <td className="number">{duration(p99)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Actor({ actor }: { readonly actor: ActorReport }) {
  const words = useMessages().playground.workloads
  return (
    <tr>
      <th scope="row">
        <NameText text={actor.name} />
      </th>
      <td data-actor={actor.state}>
        {words.actors[actor.state]}
        {actor.sessionId !== null && !actor.connected && ` · ${words.offline}`}
      </td>
      <td className="mono">{actor.token ?? ''}</td>
      <td className="mono">{actor.path !== null && <NameText text={actor.path} />}</td>
    </tr>
  )
}
