// `npm run dev -- …`: the ensemble, restarted whenever the server's sources change, and the page from vite's
// development server, which reloads by itself and passes sockets and requests on to the gateway.

import { requireNode } from './node-version.mjs'

requireNode()
import('./bootstrap.mjs').then(async ({ orExplain, prepare }) => {
  await orExplain(prepare)
  const { develop } = await import('./develop.mjs')
  await develop(process.argv.slice(2))
})
