// `npm run sim -- …`: the seeded world from a shell. Bundles it afresh (under a second) and runs it.

import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { requireNode } from './node-version.mjs'

requireNode()
const { orExplain } = await import('./bootstrap.mjs')
const { ensureInstalled } = await import('./install.mjs')
const { ROOT } = await import('./steps.mjs')
await orExplain(ensureInstalled)
const { bundle } = await import('./bundle.mjs')
const OUT = join(ROOT, 'dist/simulate/simulate.js')
await bundle('server/simulate/main.ts', OUT)
await import(pathToFileURL(OUT).href)
