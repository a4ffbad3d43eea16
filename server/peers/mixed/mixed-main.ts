// `npm run mixed`: an ensemble of Apache's servers and ours, syncs of every kind forced in both directions, then
// kills at random. Exit codes: 0 nothing lost and all trees equal, 1 not so, 2 misused, 3 no Apache here.

import { readOptions, UsageError, wholeNumber } from '../harness/arguments.ts'
import { apacheMissing } from '../harness/member-process.ts'
import { ALL_SYNCS, type MixedReport, runMixed } from './mixed-run.ts'

export async function mixedMain(args: readonly string[], memberEntry: string): Promise<number> {
  const missing = apacheMissing()
  if (missing !== null) {
    console.error(`mixed: Apache ZooKeeper is ${missing}`)
    return 3
  }
  const options = readOptions(args, { ours: 'both', kills: '20', seed: String(Date.now() % 1_000_000), syncs: 'all' })
  const kills = wholeNumber('kills', options.kills, 0)
  const seed = wholeNumber('seed', options.seed, 0)
  if (!['1', '2', 'both'].includes(options.ours)) throw new UsageError('--ours takes 1, 2 or both')
  const modes = options.syncs === 'all' ? ['DIFF', 'TRUNC', 'SNAP'] : options.syncs.split(',')
  if (options.syncs !== 'none' && modes.some((mode) => !ALL_SYNCS.some((sync) => sync.mode === mode)))
    throw new UsageError('--syncs takes all, none, or some of DIFF,TRUNC,SNAP')
  const sizes = options.ours === 'both' ? ([1, 2] as const) : [options.ours === '1' ? (1 as const) : (2 as const)]
  let failed = false
  for (const ours of sizes) {
    console.log(`${3 - ours} Apache + ${ours} ours, ${kills} kills, seed ${seed}`)
    const syncs = ALL_SYNCS.filter(({ mode }) => modes.includes(mode))
    const report = await runMixed({ ours, kills, seed, syncs, memberEntry, say: (line) => console.log(line) })
    for (const line of describeMixed(report)) console.log(line)
    if (report.wrong.length > 0) {
      failed = true
      console.log(`  Repeat: npm run mixed -- --ours ${ours} --kills ${kills} --seed ${seed} --syncs ${options.syncs}`)
    }
  }
  return failed ? 1 : 0
}

function describeMixed(report: MixedReport): string[] {
  const sorted = [...report.gapsMs].sort((a, b) => a - b)
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0
  const killed = Object.entries(report.kills).map(([what, count]) => `${what} ${count}`)
  return [
    `  ${report.acknowledged} acknowledged writes, ${report.nodes} nodes on each server; kills: ${killed.join(', ')}`,
    `  kill to the next acknowledged write: median ${median} ms, longest ${sorted.at(-1) ?? 0} ms`,
    ...(report.wrong.length === 0
      ? ['  nothing lost, trees equal, no digest mismatches']
      : report.wrong.map((sentence) => `  WRONG: ${sentence}`)),
  ]
}
