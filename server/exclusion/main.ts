// `npm run exclusion`: arguments, one run, the report in words, the exit code.

import { randomInt } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { asSessionId, formatSessionId } from '#shared/zk/ids.ts'
import { readOptions, UsageError, wholeNumber } from '../peers/harness/arguments.ts'
import { type Library, missingLibraries } from './contenders.ts'
import type { LockHistory } from './history.ts'
import { type ExclusionReport, runExclusion } from './run.ts'

const SEEDS = 2 ** 31
const MINUTES_MAX = 24 * 60
const CONTENDERS_MAX = 200

export interface Entries {
  readonly memberEntry: string
  readonly contenderEntry: string
  readonly programs: string
}

/** Exit code: 0 clean, 1 a violation or a run that could not be made, 2 misused. */
export async function exclusionMain(args: readonly string[], entries: Entries): Promise<number> {
  try {
    return await runWith(args, entries)
  } catch (error) {
    console.error(`exclusion: ${error instanceof Error ? error.message : String(error)}`)
    return error instanceof UsageError ? 2 : 1
  }
}

async function runWith(args: readonly string[], entries: Entries): Promise<number> {
  const given = readOptions(args, { minutes: '2', seed: '', contenders: '50', report: '' })
  const minutes = Number(given.minutes)
  if (!(minutes > 0 && minutes <= MINUTES_MAX)) throw new UsageError('--minutes takes a number above 0, parts allowed')
  const seed = given.seed === '' ? randomInt(SEEDS) : wholeNumber('seed', given.seed, 0)
  const contenders = wholeNumber('contenders', given.contenders, 2)
  if (contenders > CONTENDERS_MAX) throw new UsageError(`--contenders takes at most ${CONTENDERS_MAX}`)
  const missing = missingLibraries()
  const others = (['curator', 'kazoo'] satisfies Library[]).filter((library) => missing[library] === undefined)
  for (const [library, how] of Object.entries(missing)) console.log(`without ${library}: ${how}`)
  console.log(`seed ${seed}: ${contenders} contenders, members killed for ${minutes} minutes`)
  const say = (line: string) => console.log(line)
  const report = await runExclusion({ minutes, seed, contenders, others, ...entries, say })
  for (const line of describe(report)) console.log(line)
  if (given.report !== '') writeFileSync(given.report, toJson(report))
  if (report.violations.length === 0) return 0
  console.log(`Repeat its plan: npm run exclusion -- --minutes ${minutes} --seed ${seed} --contenders ${contenders}`)
  return 1
}

function describe({
  violations,
  history,
  kills,
  stops,
  fenced,
  grants,
  fewest,
  most,
  tenths,
}: ExclusionReport): string[] {
  return [
    `${kills} kills of members, ${stops} stops of contenders; ${history.sessionsExpired} sessions expired`,
    `${grants} times somebody got inside; each contender at least ${fewest} times, at most ${most}`,
    `in each tenth of the run: ${tenths.join(', ')}`,
    `${history.left} left by themselves, ${history.expiredInside} were inside when their session ended`,
    ...describeStandstill(history),
    `${fenced} had lost the lock before they got in, and were kept out`,
    ...(violations.length === 0
      ? ['never two inside, always the first of the queue, tokens rose with every grant, and everybody got on']
      : violations.map((sentence) => `VIOLATION: ${sentence}`)),
  ]
}

function describeStandstill({ standstill }: LockHistory): string[] {
  if (!standstill) return []
  const { fromMs, untilMs, head, name } = standstill
  const seconds = ((untilMs - fromMs) / 1000).toFixed(1)
  const until = head
    ? ` ${head.path} of ${name ?? 'somebody new'}, session ${formatSessionId(head.sessionId)}, went`
    : ''
  return [
    `the longest time with nobody new inside: ${seconds} s; it ended when${until === '' ? ' the first came' : until}`,
  ]
}

/** Session ids as hex: they are more than a number of JSON holds. */
function toJson(report: ExclusionReport): string {
  return JSON.stringify(
    report,
    (_, value) => (typeof value === 'bigint' ? formatSessionId(asSessionId(value)) : value),
    1,
  )
}
