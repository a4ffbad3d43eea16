// `npm run conformance`: the client against an ensemble of ours and one of Apache's, while the server that it is connected
// to is killed at random. Exit codes: 0 everything as ZooKeeper has it, 1 not so, 2 misused, 3 no Apache here.

import { readOptions, UsageError, wholeNumber } from '../harness/arguments.ts'
import { apacheMissing, type MemberKind } from '../harness/member-process.ts'
import { type ConformanceReport, runConformance } from './conformance-run.ts'

const SECONDS_PER_MINUTE = 60

export async function conformanceMain(args: readonly string[], memberEntry: string): Promise<number> {
  const options = readOptions(args, { minutes: '1', servers: 'both', seed: String(Date.now() % 1_000_000), kills: '5' })
  const minutes = wholeNumber('minutes', options.minutes, 1)
  const seed = wholeNumber('seed', options.seed, 0)
  const kills = wholeNumber('kills', options.kills, 0)
  const kinds = options.servers === 'both' ? KINDS : KINDS.filter((kind) => kind === options.servers)
  if (kinds.length === 0) throw new UsageError('--servers takes ours, apache or both')
  const missing = kinds.includes('apache') ? apacheMissing() : null
  if (missing !== null) {
    console.error(`conformance: Apache ZooKeeper is ${missing}; --servers ours does without`)
    return 3
  }
  let failed = false
  for (const kind of kinds) {
    console.log(`three servers (${kind}), ${minutes} min, seed ${seed}`)
    const say = (line: string) => console.log(line)
    const seconds = minutes * SECONDS_PER_MINUTE
    const report = await runConformance({ kind, memberEntry, seconds, kills, seed, say })
    for (const line of describe(report)) console.log(line)
    failed ||= report.wrong.length > 0
  }
  return failed ? 1 : 0
}

const KINDS: readonly MemberKind[] = ['ours', 'apache']

function describe(report: ConformanceReport): string[] {
  const lines = [...report.passed].map(([name, times]) => `  ${String(times).padStart(6)}  ${name}`)
  const { kills, interrupted, writes } = report
  return [
    ...lines,
    `  ${kills} kills, ${writes} acknowledged writes of one writer, ${interrupted} scenarios begun again`,
    ...(report.wrong.length === 0 ? ['  all as ZooKeeper has it'] : report.wrong.map((what) => `  WRONG: ${what}`)),
  ]
}
