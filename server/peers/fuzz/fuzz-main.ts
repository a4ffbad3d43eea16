// `npm run fuzz-ports`: garbage on the client, quorum and election ports of three members, for as long as wanted.
// Exit codes: 0 nothing found, 1 something, 2 misused.

import { readOptions, UsageError, wholeNumber } from '../harness/arguments.ts'
import { runFuzz } from './fuzz-run.ts'

export async function fuzzMain(args: readonly string[], memberEntry: string): Promise<number> {
  const options = readOptions(args, { minutes: '1', seed: String(Date.now() % 1_000_000) })
  const minutes = Number(options.minutes)
  if (!(minutes > 0)) throw new UsageError('--minutes takes a number above 0')
  const seed = wholeNumber('seed', options.seed, 0)
  const report = await runFuzz({ seconds: minutes * 60, seed, memberEntry })
  const said = Object.entries(report.said).map(([what, count]) => `${what} ${count}`)
  console.log(`seed ${seed}, ${minutes} min: connections by kind: ${said.join(', ')}`)
  console.log(`  honest clients: ${report.acknowledged} acknowledged writes, longest wait ${report.longestGapMs} ms`)
  console.log(`  resident MB, first and last third: ${report.residentMb.map((pair) => pair.join(' → ')).join(', ')}`)
  console.log(`  ${report.logBytes} bytes logged; times a member stopped serving: ${report.stopped.length}`)
  for (const line of report.stopped.slice(0, 10)) console.log(`    ${line}`)
  for (const sentence of report.wrong) console.log(`  WRONG: ${sentence}`)
  if (report.wrong.length > 0) console.log(`  Repeat: npm run fuzz-ports -- --minutes ${minutes} --seed ${seed}`)
  return report.wrong.length > 0 ? 1 : 0
}
