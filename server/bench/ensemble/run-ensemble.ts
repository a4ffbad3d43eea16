// `npm run bench -- ensemble`: from arguments to contestants, a run, a table, files and an exit code.

import { writeFileSync } from 'node:fs'
import os from 'node:os'
import { join } from 'node:path'
import { Arena } from './arena.ts'
import { ENSEMBLE_USAGE, type EnsembleOptions, readEnsembleOptions } from './arguments.ts'
import { apacheContestant, apacheMissing, type Contestant, ourContestant } from './contestant.ts'
import { buildEarlier, type EarlierBuild } from './earlier-build.ts'
import { estimateSeconds } from './estimate.ts'
import { GeneratorProcess, generatorEntry } from './generator-process.ts'
import { markdownReport, roundLine, verdictLines } from './report.ts'
import { OURS, type Round, verdicts } from './results.ts'
import { runSuite } from './suite.ts'

const HELD = 0
const MISSED = 1
const WRONG_ARGUMENTS = 2

/**
 * Returns the exit code: 0, 1 when a bar was missed or a check failed, 2 for wrong arguments.
 * @param distServer dist/server of the build that runs
 */
export async function runEnsembleBenchmark(
  args: readonly string[],
  say: (line: string) => void,
  distServer: string,
): Promise<number> {
  const read = readEnsembleOptions(args)
  if (!read.ok) {
    say(`${read.error} The options are:\n${ENSEMBLE_USAGE}`)
    return WRONG_ARGUMENTS
  }
  try {
    return await run(read.value, say, distServer)
  } catch (error) {
    say(error instanceof Error ? error.message : String(error))
    return MISSED
  }
}

async function run(options: EnsembleOptions, say: (line: string) => void, distServer: string): Promise<number> {
  const arena = new Arena(options.dir, options.members)
  const generator = new GeneratorProcess(generatorEntry(distServer))
  const rounds: Round[] = []
  let earlier: EarlierBuild | null = null
  const release = onSignals(() => {
    earlier?.remove()
    arena.killNow()
  })
  let setting: string[] = []
  try {
    const contestants = choose(options, say, distServer)
    if (options.against !== null) {
      say(`Building ${options.against}.`)
      earlier = buildEarlier(join(distServer, '../..'), options.against, join(arena.dir, 'earlier'))
      contestants.push(earlier.contestant)
    }
    setting = settingLines(options, contestants)
    for (const line of setting) say(line)
    say(`This takes about ${minutes(estimateSeconds(options, contestants.length))}.`)
    await runSuite({ options, contestants, arena, generator, say }, (round) => {
      rounds.push(round)
      say(roundLine(round))
    })
  } catch (error) {
    for (const line of arena.lastWords()) say(line)
    throw error
  } finally {
    release()
    // Also after a failure: what was measured until then took its time.
    if (rounds.length > 0) publish(options, setting, rounds, say)
    generator.stop()
    earlier?.remove()
    await arena.close()
  }
  const failed = rounds.reduce((sum, round) => sum + round.failed, 0)
  if (failed > 0) say(`${failed} answers were not as they should be: the figures above are worth nothing.`)
  return failed > 0 || verdicts(rounds).some((verdict) => verdict.isMet === false) ? MISSED : HELD
}

function publish(
  options: EnsembleOptions,
  setting: readonly string[],
  rounds: readonly Round[],
  say: (line: string) => void,
): void {
  for (const line of verdictLines(rounds)) say(line)
  writeFileSync(options.reportFile, markdownReport(rounds, { lines: setting }))
  if (options.jsonFile) writeFileSync(options.jsonFile, jsonOf(options, setting, rounds))
  say(`The report is in ${options.reportFile}${options.jsonFile ? `, all figures are in ${options.jsonFile}` : ''}.`)
}

function choose(options: EnsembleOptions, say: (line: string) => void, distServer: string): Contestant[] {
  const contestants = [ourContestant(OURS, `this checkout, node ${process.version}`, `${distServer}/main.js`)]
  const missing = options.withApache ? apacheMissing() : null
  if (missing !== null) say(`Without Apache ZooKeeper: ${missing}.`)
  else if (options.withApache) contestants.push(apacheContestant(options.apacheJvm))
  return contestants
}

function settingLines(options: EnsembleOptions, contestants: readonly Contestant[]): string[] {
  const { members, repeats, warmUpSeconds, seed } = options
  const cpu = os.cpus()
  return [
    ...contestants.map(({ name, about }) => `${name}: ${about}`),
    `${members} server${members === 1 ? '' : 's'} each, on one machine: ${cpu.length} x ${cpu[0]?.model.trim() ?? 'processor'}`,
    'tickTime 2000, initLimit 10, syncLimit 5, snapCount 100000, forceSync and everything else at its default',
    `${repeats} round${repeats === 1 ? '' : 's'} in turns, ${warmUpSeconds} s to warm up; seed ${seed}`,
  ]
}

function jsonOf(options: EnsembleOptions, setting: readonly string[], rounds: readonly Round[]): string {
  return `${JSON.stringify({ options, setting, rounds, verdicts: verdicts(rounds) }, null, 2)}\n`
}

function minutes(seconds: number): string {
  return seconds < 90 ? `${Math.ceil(seconds)} seconds` : `${Math.ceil(seconds / 60)} minutes`
}

/** A signal ends the servers too. Returns how to stop caring. */
function onSignals(clean: () => void): () => void {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  const end = (): void => {
    clean()
    process.exit(MISSED)
  }
  for (const signal of signals) process.on(signal, end)
  return () => {
    for (const signal of signals) process.off(signal, end)
  }
}
