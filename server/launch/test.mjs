// `npm test`: everything that must hold, on a clean checkout: installs, finds a browser, builds, then runs types,
// lint, unit, integration and end-to-end tests, and ends with `N passed, N failed`. Named steps run only those:
// `node server/launch/test.mjs unit e2e`; what follows `--` goes to the last step's runner.

import { requireNode } from './node-version.mjs'

requireNode()
import('./run-tests.mjs').then(({ runTests }) => runTests(process.argv.slice(2)))
