// `npm run sim`: seeds one after the other until one breaks a rule or all are through, and how fast that went.

import { readFileSync, writeFileSync } from 'node:fs'
import { planRun } from '#shared/sim/faults/plan.ts'
import { type Outcome, runSpec } from '#shared/sim/run.ts'
import type { RunSpec } from '#shared/sim/run-spec.ts'
import { shrink } from '#shared/sim/shrink.ts'
import { HELP, readArguments, type SimArguments } from './arguments.ts'
import { describeServers, describeSpec, describeVerdict } from './report.ts'
import { addFacts, createTotals, describeTotals, judgeOf, type Totals } from './totals.ts'

const SPEED_RUNS = 40
const PROGRESS_EVERY_MS = 5_000

function main(): void {
  const args = readArguments(process.argv.slice(2))
  if (!args.ok) {
    console.error(`${args.error}\n\n${HELP}`)
    process.exitCode = 2
    return
  }
  if (args.value === null) return console.log(HELP)
  if (args.value.spec !== null) return repeat(args.value.spec, args.value)
  const failures = explore(args.value)
  if (args.value.speed) measureSpeed()
  process.exitCode = failures > 0 ? 1 : 0
}

function plan(seed: number, { voters, observers }: SimArguments): RunSpec {
  return planRun(seed, { ...(voters === null ? {} : { voters }), ...(observers === null ? {} : { observers }) })
}

/** The number of seeds that broke a rule. Stops at the first. */
function explore(args: SimArguments): number {
  const totals = createTotals()
  let saidAt = performance.now()
  for (let seed = args.firstSeed; seed < args.firstSeed + args.runs; seed += 1) {
    const spec = plan(seed, args)
    const outcome = runSpec(spec, args.checks ? judgeOf : null)
    addFacts(totals, outcome)
    if (outcome.verdict) {
      reportFailure(seed, spec, outcome, args)
      return 1
    }
    if (args.runs === 1) console.log(`seed ${seed}: ${describeServers(outcome)}\n  trace ${outcome.trace}`)
    if (performance.now() - saidAt > PROGRESS_EVERY_MS) {
      saidAt = performance.now()
      console.log(`  ${totals.runs} of ${args.runs} runs`)
    }
  }
  console.log(describeTotals(totals, args.checks))
  return 0
}

function reportFailure(seed: number, spec: RunSpec, outcome: Outcome, args: SimArguments): void {
  if (!outcome.verdict) return
  console.log(`\nseed ${seed} broke ${describeVerdict(outcome.verdict)}`)
  const shortest = shrink(spec, outcome, (smaller) => runSpec(smaller, args.checks ? judgeOf : null))
  const file = `failed-${seed}.json`
  writeFileSync(file, `${JSON.stringify(shortest.spec, null, 1)}\n`)
  console.log(`\n  The shortest run found that breaks the same rule (of ${shortest.runs} tried):`)
  console.log(describeSpec(shortest.spec))
  if (shortest.outcome.verdict) console.log(`  ${describeVerdict(shortest.outcome.verdict)}`)
  console.log(`  ${describeServers(shortest.outcome)}`)
  console.log(`\n  Repeat it:      npm run sim -- --spec ${file}\n  Repeat the seed: npm run sim -- --seed ${seed}`)
}

function repeat(file: string, args: SimArguments): void {
  const spec: RunSpec = JSON.parse(readFileSync(file, 'utf8'))
  const outcome = runSpec(spec, args.checks ? judgeOf : null)
  console.log(describeSpec(spec))
  console.log(outcome.verdict ? `  ${describeVerdict(outcome.verdict)}` : '  nothing is wrong with it')
  console.log(`  ${describeServers(outcome)}\n  trace ${outcome.trace}`)
  process.exitCode = outcome.verdict ? 1 : 0
}

/** Five voters, the same seeds with and without checkers. */
function measureSpeed(): void {
  const checked = stepsPerSecond(true)
  const bare = stepsPerSecond(false)
  console.log(
    `speed, five voters, ${SPEED_RUNS} runs: ${checked} core steps/s with every checker, ${bare} without checkers`,
  )
}

function stepsPerSecond(checks: boolean): string {
  const totals: Totals = createTotals()
  const startedAt = performance.now()
  for (let seed = 1; seed <= SPEED_RUNS; seed += 1)
    addFacts(totals, runSpec(planRun(seed, { voters: 5, observers: 0 }), checks ? judgeOf : null))
  return Math.round(totals.steps / ((performance.now() - startedAt) / 1000)).toLocaleString('en')
}

main()
