// `npm run build`: everything that `npm start` and `npx zabscope` run, made afresh into dist/.

import { requireNode } from './node-version.mjs'

requireNode()
import('./bootstrap.mjs').then(({ orExplain, prepare }) => orExplain(() => prepare({ always: true })))
