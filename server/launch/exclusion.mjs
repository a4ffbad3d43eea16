// `npm run exclusion -- …`: one lock, fifty contenders of three libraries, members killed. Bundles a member, our contender
// and the run afresh (about a second).

import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { requireNode } from './node-version.mjs'

requireNode()
const { orExplain } = await import('./bootstrap.mjs')
const { ensureInstalled } = await import('./install.mjs')
const { ROOT } = await import('./steps.mjs')
await orExplain(ensureInstalled)
const { bundle } = await import('./bundle.mjs')
const DIR = join(ROOT, 'dist/exclusion')
const [memberEntry, contenderEntry, main] = ['member.js', 'contender.js', 'main.js'].map((name) => join(DIR, name))
await bundle('server/launch/member-main.ts', memberEntry)
await bundle('server/exclusion/contender.ts', contenderEntry)
await bundle('server/exclusion/main.ts', main)
const { exclusionMain } = await import(pathToFileURL(main).href)
// What it started ends with it.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1))
const programs = join(ROOT, 'server/exclusion/programs')
process.exit(await exclusionMain(process.argv.slice(2), { memberEntry, contenderEntry, programs }))
