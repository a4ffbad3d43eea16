// `npm run bench -- <name> [options]`: installs and builds first when needed, then runs the built benchmarks in
// this same process.

import { requireNode } from './node-version.mjs'

const BENCHMARKS = new URL('../../dist/server/bench.js', import.meta.url)

requireNode()
import('./bootstrap.mjs').then(async ({ orExplain, prepare }) => {
  await orExplain(prepare)
  await import(BENCHMARKS.href)
})
