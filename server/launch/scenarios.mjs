// `npm run scenarios`: every guided scenario on real members, headless, each to its verdict (some minutes). Names behind
// `--` choose: `npm run scenarios -- herd-lock,stale-read`.

import { requireNode } from './node-version.mjs'

requireNode()
process.env.ZABSCOPE_SCENARIOS = process.argv[2] ?? 'all'
import('./run-tests.mjs').then(({ runTests }) =>
  runTests(['integration', '--', 'server/gateway/scenarios', '-t', 'played to the verdict']),
)
