// `npm run example -- <name> [options]`: installs and builds first when needed, then runs one of the client's examples.

import { requireNode } from './node-version.mjs'

const EXAMPLES = new URL('../../dist/server/example.js', import.meta.url)

requireNode()
import('./bootstrap.mjs').then(async ({ orExplain, prepare }) => {
  await orExplain(prepare)
  await import(EXAMPLES.href)
})
