// What `npm start`, `npm test` and `npm run build` do before anything else: packages, then dist/.

import { ensureBuilt } from './build-if-needed.mjs'
import { ensureInstalled } from './install.mjs'
import { StepFailed } from './steps.mjs'

/** Packages installed and dist/ up to date. `always` builds also when nothing changed. */
export async function prepare({ always = false } = {}) {
  await ensureInstalled()
  await ensureBuilt({ always })
}

/** Runs `work`; when a step of it fails, prints the step's output instead of a stack and exits with 1. */
export async function orExplain(work) {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error
    console.error(
      `\n${error.message.trimEnd()}\n\nNothing was started. Mend the cause above and run the same command again.`,
    )
    process.exit(1)
  }
}
