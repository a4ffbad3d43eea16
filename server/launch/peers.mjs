// `npm run peers | mixed | fuzz-ports | differential | conformance`: members against real clients, real servers and garbage. Bundles
// one member and the scripts afresh (about a second) and runs the one that is named first.

import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { requireNode } from './node-version.mjs'

requireNode()
const { orExplain } = await import('./bootstrap.mjs')
const { ensureInstalled } = await import('./install.mjs')
const { ROOT } = await import('./steps.mjs')
await orExplain(ensureInstalled)
const { bundle } = await import('./bundle.mjs')
const MEMBER = join(ROOT, 'dist/peers/member.js')
const SCRIPTS = join(ROOT, 'dist/peers/scripts.js')
await bundle('server/launch/member-main.ts', MEMBER)
await bundle('server/peers/main.ts', SCRIPTS)
const { runScript } = await import(pathToFileURL(SCRIPTS).href)
const [name = '', ...args] = process.argv.slice(2)
process.exit(await runScript(name, args, MEMBER, join(ROOT, 'server/peers/clients/programs')))
