// `npm run mutants`: builds the core with one deliberate defect after the other and lets the simulator find each.
// With --update it writes the table shared/sim/mutants/MUTANTS.md and the seeds that found them; without, it begins
// with those seeds. Named ones only: `npm run mutants -- ack-before-persist`; so many, chosen at random: `--sample 40`,
// and the same again with `--seed N`. The last line reads `N passed, N failed`.

import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { requireNode } from './node-version.mjs'

requireNode()
const { orExplain } = await import('./bootstrap.mjs')
const { ensureInstalled } = await import('./install.mjs')
const { capture, ROOT } = await import('./steps.mjs')
const { bundle } = await import('./bundle.mjs')

/** Seeds until a mutant counts as alive. */
const SEEDS_MAX = 300
const AT_ONCE = 2
const RECORD = join(ROOT, 'shared/sim/mutants/killed.json')
const VITEST = join(ROOT, 'node_modules/vitest/vitest.mjs')
const TABLE = join(ROOT, 'shared/sim/mutants/MUTANTS.md')

await orExplain(ensureInstalled)
const { values, positionals: names } = parseArgs({
  options: { update: { type: 'boolean', default: false }, sample: { type: 'string' }, seed: { type: 'string' } },
  allowPositionals: true,
})
const { update } = values
const scratch = mkdtempSync(join(tmpdir(), 'zabscope-mutants-'))
try {
  process.exitCode = await main()
} finally {
  rmSync(scratch, { recursive: true, force: true })
}

async function main() {
  const all = await listMutants()
  const unknown = names.find((name) => !all.some(({ id }) => id === name))
  if (unknown !== undefined) {
    console.error(`There is no mutant ${unknown}. Mutants: ${all.map(({ id }) => id).join(', ')}.`)
    return 2
  }
  const record = JSON.parse(readFileSync(RECORD, 'utf8'))
  const named = names.length > 0 ? all.filter(({ id }) => names.includes(id)) : all
  const chosen = values.sample === undefined ? named : sampleOf(named, Number(values.sample))
  const waiting = [...chosen]
  const results = new Map()
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      results.set(next.id, await tryMutant(next, update ? null : record[next.id]))
      console.log(sentence(next, results.get(next.id)))
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  if (update) writeRecord(all, record, results)
  const failed = [...results.values()].filter((result) => !result.killed).length
  console.log(`${results.size - failed} passed, ${failed} failed`)
  // Within `npm test` the counts go where every step's go.
  const tally = { passed: results.size - failed, failed, skipped: [] }
  if (process.env.ZABSCOPE_TALLY) writeFileSync(process.env.ZABSCOPE_TALLY, JSON.stringify(tally))
  return failed > 0 ? 1 : 0
}

/** So many of them at random; which ones follows from the seed, which is printed. */
function sampleOf(mutants, count) {
  const seed = Number(values.seed ?? Date.now() % 1_000_000)
  if (!Number.isInteger(count) || count < 1 || !Number.isInteger(seed))
    throw new Error('--sample and --seed take a whole number: npm run mutants -- --sample 40 --seed 7')
  console.log(
    `${Math.min(count, mutants.length)} of ${mutants.length} mutants; again with --sample ${count} --seed ${seed}`,
  )
  const rank = ({ id }) => createHash('sha256').update(`${seed} ${id}`).digest('hex')
  return mutants.toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1)).slice(0, count)
}

async function listMutants() {
  const file = join(scratch, 'list.js')
  await bundle('server/simulate/mutant-list.ts', file)
  const { code, output } = await capture(process.execPath, [file])
  if (code !== 0) throw new Error(`the list of mutants could not be read:\n${output}`)
  return JSON.parse(output)
}

/** {killed, by, what, seed, seeds, steps} or {killed: false, why}. */
async function tryMutant(mutant, known) {
  const file = join(scratch, `${mutant.id}.js`)
  try {
    if (readFileSync(join(ROOT, mutant.file), 'utf8').split(mutant.find).length !== 2)
      return { killed: false, why: `${mutant.file} does not hold the text to be patched once` }
    if (known?.scenario) return await playScenarios(mutant)
    await bundle('server/simulate/mutant-main.ts', file, mutant)
  } catch (error) {
    return { killed: false, why: error.message }
  }
  const { code, output } = await capture(process.execPath, [file, '1', String(SEEDS_MAX), String(known?.seed ?? 0)])
  if (code !== 0) return { killed: false, why: `ended with ${code}\n${output.slice(-2000)}` }
  const found = JSON.parse(output.trim().split('\n').at(-1))
  return found ? { killed: true, ...found } : playScenarios(mutant)
}

/** What chance does not find, a story told for it must: the scenarios that the mutant names, run on the patched source. */
async function playScenarios(mutant) {
  if (mutant.scenarios.length === 0) return { killed: false, why: `alive after ${SEEDS_MAX} seeds` }
  const patch = join(scratch, `${mutant.id}.json`)
  writeFileSync(patch, JSON.stringify(mutant))
  const { code, output } = await capture(
    process.execPath,
    [
      ...[
        VITEST,
        'run',
        '--config',
        '.config/vitest.config.ts',
        '--project',
        'unit',
        'shared/sim/scenarios',
        'shared/zab',
      ],
      ...['-t', `\\b(?:${mutant.scenarios.join('|')})\\b`, '--reporter=json'],
    ],
    { ...process.env, ZABSCOPE_MUTANT: patch, ZABSCOPE_TALLY: '' },
  )
  const failed = /"name":"[^"]*","status":"failed"/.test(output) || /"status":"failed"/.test(output)
  if (code !== 0 && failed)
    return { killed: true, by: 'scenario', scenario: mutant.scenarios.join(', '), what: 'its scenario fails' }
  return { killed: false, why: `alive after ${SEEDS_MAX} seeds and its scenarios ${mutant.scenarios.join(', ')}` }
}

function sentence(mutant, result) {
  if (!result.killed) return `✗ ${mutant.id}: ${result.why}`
  const where = result.scenario ?? `seed ${result.seed} (${result.seeds})`
  return `✓ ${mutant.id}: ${result.by} in ${where}: ${result.what}`
}

function writeRecord(all, record, results) {
  const next = {}
  for (const { id } of all) {
    const result = results.get(id) ?? record[id]
    if (!result || result.killed === false) continue
    const { by, scenario, seed, seeds, steps } = result
    next[id] = scenario === undefined ? { by, seed, seeds, steps } : { by, scenario }
  }
  writeFileSync(RECORD, `${JSON.stringify(next, null, 2)}\n`)
  const rows = all.map((mutant) => {
    const found = next[mutant.id]
    const by = found ? (found.scenario ? `story ${found.scenario}` : found.by) : 'alive'
    return `| ${mutant.id} | ${mutant.what} | ${mutant.guards.join(', ')} | ${by} | ${found?.seeds ?? ''} | ${found?.steps?.toLocaleString('en') ?? ''} |`
  })
  writeFileSync(
    TABLE,
    `${[
      '# Mutants',
      '',
      `Each is the core with one deliberate defect; the simulator, from seed 1 on, has to find it within ${SEEDS_MAX} seeds. What`,
      'chance does not find, a story told for it does: a scenario, or a test of the core. Written by',
      '`npm run mutants -- --update`.',
      '',
      '| mutant | what it does | expected | found by | seeds | core steps |',
      '| --- | --- | --- | --- | --- | --- |',
      ...rows,
    ].join('\n')}\n`,
  )
}
