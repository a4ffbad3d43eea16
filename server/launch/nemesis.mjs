// `npm run nemesis -- …`: breaks a real ensemble. Builds the members when needed, bundles the nemesis afresh, runs it.

import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { requireNode } from './node-version.mjs'

requireNode()
const { orExplain, prepare } = await import('./bootstrap.mjs')
const { ROOT } = await import('./steps.mjs')
await orExplain(prepare)
const { bundle } = await import('./bundle.mjs')
const OUT = join(ROOT, 'dist/nemesis/nemesis.js')
await bundle('server/nemesis/main.ts', OUT)
process.env.ZABSCOPE_MEMBER_ENTRY = join(ROOT, 'dist/server/member.js')
await import(pathToFileURL(OUT).href)
