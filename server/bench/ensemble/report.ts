// The figures as text: a line for each round while it runs, a table of ratios with bars and verdicts at the end, and
// the report as a Markdown file.

import { formatBar } from './bars.ts'
import { APACHE, cellsOf, contestantsOf, OURS, type Round, ratio, spreads, type Verdict, verdicts } from './results.ts'
import { formatFigure, formatSpread } from './statistics.ts'

/** What stands in tables, with the words for it. Where there is a bar it is a column of bars.ts. */
const COLUMNS: readonly (readonly [metric: string, title: string])[] = [
  ['opsPerSecond', 'ops/s'],
  ['eventsPerSecond', 'events/s'],
  ['sessionsPerSecond', 'sessions/s'],
  ['p50Ms', 'p50 ms'],
  ['p99Ms', 'p99 ms'],
  ['maxMs', 'max ms'],
  ['cpuMicroseconds', 'server CPU µs/op'],
  ['failoverMs', 'failover ms'],
  ['coldStartMs', 'cold start ms'],
  ['restartMs', 'restart ms'],
  ['residentMb', 'resident MB'],
  ['pauseMs', 'longest pause ms'],
  ['peakMb', 'peak MB'],
  ['snapshots', 'snapshots written meanwhile'],
  ['slowestPingMs', 'slowest ping ms'],
  ['lost', 'sessions lost'],
]
const GENERATOR_BUSY = 0.9
/** Others' share of the machine above which a figure says little. */
const NOISY = 0.25
const WORST = 3

export interface Setting {
  /** Lines on what was compared and how. */
  readonly lines: readonly string[]
}

export function roundLine({ cell, contestant, figures, failed, examples }: Round): string {
  const shown = COLUMNS.filter(([metric]) => metric !== 'maxMs' && figures[metric] !== undefined).map(
    ([metric, title]) => `${formatFigure(figures[metric] ?? Number.NaN)} ${title}`,
  )
  const { generatorShare = 0, othersShare, unsent = 0 } = figures
  const notes = [
    figures.generatorShare === undefined ? '' : `generator ${percent(generatorShare)}`,
    generatorShare > GENERATOR_BUSY ? '(!) the generator is the limit' : '',
    othersShare === undefined ? '' : `others ${percent(othersShare)}${othersShare > NOISY ? ' (!)' : ''}`,
    unsent > 0 ? `(!) ${unsent} requests were not sent: too many in flight` : '',
    failed > 0 ? `(!) ${failed} checks FAILED: ${examples[0] ?? ''}` : '',
  ]
  return `  ${cell.padEnd(22)} ${contestant.padEnd(8)} ${[...shown, ...notes].filter((text) => text !== '').join('   ')}`
}

/** The table of ratios for a terminal. */
export function verdictLines(rounds: readonly Round[]): string[] {
  const all = verdicts(rounds)
  if (all.length === 0) return []
  const lines = all.map((verdict) => {
    const { cell, bar, figure } = verdict
    const what = `${cell.padEnd(22)} ${titleOf(bar.metric).padEnd(18)} ${bar.of}`
    return `  ${what.padEnd(50)} ${(figure === null ? '-' : formatFigure(figure)).padStart(8)}   ${formatBar(bar).padEnd(9)} ${wordOf(verdict)}`
  })
  return [
    '',
    'bars (ratio: ours to Apache; value: ours)',
    ...lines,
    ...earlierLines(rounds),
    '',
    ...summaryLines(all, rounds),
  ]
}

/** What changed since our earlier commit, when one took part. */
function earlierLines(rounds: readonly Round[]): string[] {
  return contestantsOf(rounds)
    .filter((name) => name !== OURS && name !== APACHE)
    .flatMap((name) => [
      '',
      `ours to ${name}`,
      ...cellsOf(rounds).flatMap((cell) => {
        const figures = COLUMNS.flatMap(([metric, title]) => {
          const value = ratio(rounds, cell, metric, name)
          return value === null ? [] : [`${formatFigure(value)} ${title}`]
        })
        return figures.length === 0 ? [] : [`  ${cell.padEnd(22)} ${figures.join('   ')}`]
      }),
    ])
}

function summaryLines(all: readonly Verdict[], rounds: readonly Round[]): string[] {
  const noisy = rounds.filter(({ figures }) => (figures.othersShare ?? 0) > NOISY).length
  const judged = all.filter((verdict) => verdict.isMet !== null)
  const missed = judged.filter((verdict) => verdict.isMet === false).sort((a, b) => b.miss - a.miss)
  const worst = missed.slice(0, WORST).map(({ cell, bar, figure, miss }) => {
    const got = figure === null ? '-' : formatFigure(figure)
    return `  ${cell} ${titleOf(bar.metric)}: ${got}, bar ${formatBar(bar)} (by a factor of ${formatFigure(miss)})`
  })
  return [
    `${judged.length - missed.length} of ${judged.length} bars met${all.length > judged.length ? `, ${all.length - judged.length} without a comparison` : ''}`,
    ...(noisy > 0
      ? [`in ${noisy} of ${rounds.length} rounds others used more than ${percent(NOISY)} of the machine`]
      : []),
    ...(worst.length > 0 ? ['worst misses:', ...worst] : []),
  ]
}

/** The report file. */
export function markdownReport(rounds: readonly Round[], setting: Setting): string {
  const contestants = contestantsOf(rounds)
  const out = ['# Benchmark of ensembles', '', ...setting.lines.map((line) => `- ${line}`), '', '## Bars', '']
  out.push('| cell | figure | of | measured | bar | |', '|---|---|---|---|---|---|')
  for (const verdict of verdicts(rounds)) {
    const { cell, bar, figure } = verdict
    const measured = figure === null ? '-' : formatFigure(figure)
    out.push(`| ${cell} | ${titleOf(bar.metric)} | ${bar.of} | ${measured} | ${formatBar(bar)} | ${wordOf(verdict)} |`)
  }
  out.push('', ...summaryLines(verdicts(rounds), rounds), '', '## Figures: median [min..max]', '')
  for (const cell of cellsOf(rounds)) out.push(...cellTable(rounds, cell, contestants))
  return `${out.join('\n')}\n`
}

function cellTable(rounds: readonly Round[], cell: string, contestants: readonly string[]): string[] {
  const bySpread = new Map(contestants.map((name) => [name, spreads(rounds, cell, name)]))
  const columns = COLUMNS.filter(([metric]) => [...bySpread.values()].some((found) => found.has(metric)))
  const extra = ['generatorShare', 'othersShare'].filter((m) => [...bySpread.values()].some((found) => found.has(m)))
  const head = [
    '',
    ...columns.map(([, title]) => title),
    ...extra.map((m) => (m === 'othersShare' ? 'others' : 'generator')),
  ]
  const rows = contestants.map((name) => {
    const found = bySpread.get(name)
    const figures = columns.map(([metric]) => {
      const spread = found?.get(metric)
      return spread ? formatSpread(spread) : '-'
    })
    return [name, ...figures, ...extra.map((metric) => percent(found?.get(metric)?.median ?? Number.NaN))]
  })
  const ratios = contestants
    .filter((name) => name !== OURS && contestants.includes(OURS))
    .map((name) => {
      const figures = columns.map(([metric]) => {
        const value = ratio(rounds, cell, metric, name)
        return value === null ? '-' : formatFigure(value)
      })
      return [`ours / ${name}`, ...figures, ...extra.map(() => '')]
    })
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [`### ${cell}`, '', row(head), row(head.map(() => '---')), ...[...rows, ...ratios].map(row), '']
}

function titleOf(metric: string): string {
  return COLUMNS.find(([name]) => name === metric)?.[1] ?? metric
}

function wordOf({ isMet }: Verdict): string {
  return isMet === null ? 'nothing to compare' : isMet ? 'met' : 'MISSED'
}

function percent(share: number): string {
  return Number.isFinite(share) ? `${Math.round(share * 100)} %` : '-'
}
