// From the arguments of `npm run bench` to a benchmark that runs. What one measures is in its own file.

import { type Benchmark, type Report, reportLine } from './benchmark.ts'
import { clientsBenchmark } from './clients/clients-benchmark.ts'
import { coreBenchmark } from './core.ts'
import { databaseBenchmark } from './database.ts'
import { runEnsembleBenchmark } from './ensemble/run-ensemble.ts'
import { pageBenchmark } from './page/page-benchmark.ts'
import { treeBenchmark } from './tree.ts'
import { treePageBenchmark } from './tree-page/tree-page-benchmark.ts'
import { gatewayBenchmark } from './watched/gateway.ts'
import { observeBenchmark } from './watched/observe.ts'

const BENCHMARKS: Readonly<Record<string, Benchmark>> = {
  tree: treeBenchmark,
  core: coreBenchmark,
  database: databaseBenchmark,
  observe: observeBenchmark,
  gateway: gatewayBenchmark,
  page: pageBenchmark,
  'tree-page': treePageBenchmark,
  clients: clientsBenchmark,
}

const HELD = 0
const MISSED = 1
const WRONG_ARGUMENTS = 2

/** What runs when nothing is named; it has options of another kind than the rest. */
const ENSEMBLE = 'ensemble'

/**
 * Prints to `say`, a line at a time. Returns the exit code: 0, 1 when a bar was missed, 2 for wrong arguments.
 * @param distServer dist/server of the build that runs
 */
export async function runBenchmark(
  args: readonly string[],
  say: (line: string) => void,
  distServer: string,
): Promise<number> {
  const [name = ENSEMBLE, ...rest] = args
  if (name === ENSEMBLE) return runEnsembleBenchmark(rest, say, distServer)
  const benchmark = Object.hasOwn(BENCHMARKS, name) ? BENCHMARKS[name] : undefined
  if (!benchmark) {
    say(`There is no benchmark ${JSON.stringify(name)}.`)
    say('  npm run bench -- ensemble [options]   whole ensembles of ours and of Apache; the default')
    for (const [known, { about, options }] of Object.entries(BENCHMARKS))
      say(`  npm run bench -- ${known}${usage(options)}   ${about}`)
    return WRONG_ARGUMENTS
  }
  const options = readOptions(benchmark.options, rest)
  if (typeof options === 'string') {
    say(`${options} The options are:${usage(benchmark.options)}`)
    return WRONG_ARGUMENTS
  }
  let held = true
  const report: Report = (what, figure, bar) => {
    if (bar && !bar.held) held = false
    say(reportLine(what, figure, bar))
  }
  say(`${name}: ${benchmark.about}`)
  await benchmark.run(options, report, distServer)
  return held ? HELD : MISSED
}

function usage(options: Readonly<Record<string, number>>): string {
  return Object.entries(options)
    .map(([name, value]) => ` [--${name} ${value}]`)
    .join('')
}

/** The options, or what is wrong with them. */
function readOptions(
  defaults: Readonly<Record<string, number>>,
  args: readonly string[],
): Record<string, number> | string {
  const options: Record<string, number> = { ...defaults }
  for (let i = 0; i < args.length; i += 2) {
    const name = (args[i] ?? '').replace(/^--/, '')
    const value = Number(args[i + 1])
    if (!args[i]?.startsWith('--') || !Object.hasOwn(defaults, name)) return `There is no option ${args[i]}.`
    if (!Number.isSafeInteger(value) || value < 1) return `--${name} takes a whole number from 1.`
    options[name] = value
  }
  return options
}
