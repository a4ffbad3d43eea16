// `npm run nemesis -- …`: breaks a real ensemble. Builds the members when needed, bundles the nemesis afresh, runs it.
// With --mutant ID the members have one of the simulator's deliberate defects: then it ought to find something.

import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { requireNode } from './node-version.mjs'

requireNode()
const { orExplain, prepare } = await import('./bootstrap.mjs')
const { ROOT } = await import('./steps.mjs')
await orExplain(prepare)
const { bundle } = await import('./bundle.mjs')
const DIR = join(ROOT, 'dist/nemesis')

const at = process.argv.indexOf('--mutant')
if (at === -1) process.env.ZABSCOPE_MEMBER_ENTRY = join(ROOT, 'dist/server/member.js')
else process.env.ZABSCOPE_MEMBER_ENTRY = await buildMutant(process.argv.splice(at, 2)[1])
await bundle('server/nemesis/main.ts', join(DIR, 'nemesis.js'))
await import(pathToFileURL(join(DIR, 'nemesis.js')).href)

async function buildMutant(id) {
  const list = join(DIR, 'mutants.js')
  await bundle('server/simulate/mutant-list.ts', list)
  const mutants = JSON.parse(execFileSync(process.execPath, [list], { encoding: 'utf8' }))
  const mutant = mutants.find((one) => one.id === id)
  if (!mutant) {
    console.error(`There is no mutant ${id}. Mutants: ${mutants.map((one) => one.id).join(', ')}.`)
    process.exit(2)
  }
  console.log(`members with a deliberate defect, ${mutant.id}: ${mutant.what}`)
  const entry = join(DIR, `member-${mutant.id}.js`)
  await bundle('server/launch/member-main.ts', entry, mutant)
  return entry
}
