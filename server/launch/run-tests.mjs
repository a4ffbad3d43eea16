// The steps of `npm test`, and running them one after another. A failing step does not stop the others: one run
// tells all that is wrong.

import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureBrowser } from './browser.mjs'
import { ensureBuilt } from './build-if-needed.mjs'
import { ensureInstalled } from './install.mjs'
import { endWithUs, ROOT, StepFailed } from './steps.mjs'
import { emptyTally, formatTally, readPlaywrightTally, readVitestTally, sum, tallyOfExit } from './tally.mjs'

const bin = (path) => join(ROOT, 'node_modules', path)
const vitest = (project) => [
  ...[bin('vitest/vitest.mjs'), 'run', '--config', '.config/vitest.config.ts', '--project', project],
  ...['--reporter=default', '--reporter=./server/launch/tally-reporter.mjs'],
]
const playwright = [bin('@playwright/test/cli.js'), 'test', '--config', 'e2e/playwright.config.ts']
const tsc = bin('typescript/bin/tsc')

/** Name → the commands (arguments of node), what must be there first, and how to read the outcome. */
const STEPS = {
  types: { commands: ['shared', 'server', 'web', 'e2e'].map((part) => [tsc, '-p', part]), needs: [], read: oneTest },
  lint: { commands: [[bin('@biomejs/biome/bin/biome'), 'check', '.']], needs: [], read: oneTest },
  unit: { commands: [vitest('unit')], needs: [], read: readVitestTally },
  // Drawn runs under every checker; `npm run sim -- --runs 1000` for more.
  simulation: { commands: [['server/launch/simulate.mjs', '--runs', '400']], needs: [], read: oneTest },
  // All of them take three minutes: `npm run mutants`.
  mutants: { commands: [['server/launch/mutants.mjs', '--sample', '40']], needs: [], read: readVitestTally },
  integration: { commands: [vitest('integration')], needs: [ensureBuilt], read: readVitestTally },
  e2e: {
    commands: [[...playwright, '--project=journeys']],
    needs: [ensureBuilt, useBrowser],
    read: readPlaywrightTally,
  },
  screenshot: {
    commands: [[...playwright, '--project=screenshots']],
    needs: [ensureBuilt, useBrowser],
    read: readPlaywrightTally,
  },
  bars: {
    commands: [[...playwright, '--project=bars', '--project=shown']],
    needs: [ensureBuilt, useBrowser],
    read: readPlaywrightTally,
  },
}
/** What `npm test` runs. `bars` measures and `screenshot` draws; they have scripts of their own. */
const ALL = ['types', 'lint', 'unit', 'simulation', 'mutants', 'integration', 'e2e']

/** Runs the steps named in `args` (all when none is), prints the outcome and sets the exit code. */
export async function runTests(args) {
  const dashes = args.indexOf('--')
  const names = dashes === -1 ? args : args.slice(0, dashes)
  const extra = dashes === -1 ? [] : args.slice(dashes + 1)
  const unknown = names.find((name) => !(name in STEPS))
  if (unknown !== undefined) {
    console.error(`There is no test step "${unknown}". Steps: ${Object.keys(STEPS).join(', ')}.`)
    process.exit(2)
  }
  const chosen = names.length > 0 ? names : ALL
  const scratch = mkdtempSync(join(tmpdir(), 'zabscope-test-'))
  const outcomes = []
  try {
    await ensureInstalled()
    for (const name of chosen) {
      const startedAt = performance.now()
      const tally = await runStepOfTests(name, scratch, name === chosen.at(-1) ? extra : [])
      outcomes.push({ name, tally, seconds: (performance.now() - startedAt) / 1000 })
    }
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error
    console.error(error.message)
    outcomes.push({ name: 'install', tally: tallyOfExit(1), seconds: 0 })
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
  report(outcomes)
}

async function runStepOfTests(name, scratch, extra) {
  const { commands, needs, read } = STEPS[name]
  console.log(`\n── ${name}`)
  const file = join(scratch, `${name}.json`)
  const env = { ...process.env, ZABSCOPE_TALLY: file, PLAYWRIGHT_JSON_OUTPUT_NAME: file }
  try {
    for (const need of needs) Object.assign(env, await need())
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error
    console.error(error.message)
    return tallyOfExit(1)
  }
  let code = 0
  for (const command of commands) code ||= await runVisibly([...command, ...extra], env)
  return read(file, code)
}

/** Runs node with `args`, its output going where ours goes. Resolves with the exit code, 1 for a signal. */
function runVisibly(args, env) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: ROOT, env, stdio: ['ignore', 'inherit', 'inherit'] })
    const release = endWithUs(child)
    child.on('close', (code) => {
      release()
      resolve(code ?? 1)
    })
  })
}

function oneTest(_file, code) {
  return tallyOfExit(code)
}

async function useBrowser() {
  return { CHROME: await ensureBrowser() }
}

function report(outcomes) {
  const total = sum([emptyTally(), ...outcomes.map(({ tally }) => tally)])
  console.log('')
  for (const { name, tally, seconds } of outcomes) {
    console.log(`${name.padEnd(12)} ${formatTally(tally).padEnd(40)} ${seconds.toFixed(1).padStart(6)} s`)
  }
  for (const { name, reason } of total.skipped) console.log(`skipped: ${name}${reason === null ? '' : ` (${reason})`}`)
  console.log(formatTally(total))
  process.exitCode = total.failed > 0 ? 1 : 0
}
