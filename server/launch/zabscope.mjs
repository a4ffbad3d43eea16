#!/usr/bin/env node
// `npx zabscope …` from the checkout: the built command line, with its arguments unchanged.

import { requireNode } from './node-version.mjs'

requireNode()
import('./run-zabscope.mjs').then(({ runZabscope }) => runZabscope(process.argv.slice(2)))
