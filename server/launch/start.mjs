// `npm start -- …`: on a clean checkout installs and builds first, then runs `zabscope up …` in this same
// process, so that there is one process to stop and nothing to forward signals to.

import { requireNode } from './node-version.mjs'

requireNode()
import('./bootstrap.mjs').then(async ({ orExplain, prepare }) => {
  await orExplain(prepare)
  const { runZabscope } = await import('./run-zabscope.mjs')
  await runZabscope(['up', ...process.argv.slice(2)])
})
