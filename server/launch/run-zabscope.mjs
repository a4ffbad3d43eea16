// Runs the built command line in this process.

import { existsSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'

const MAIN = fileURLToPath(new URL('../../dist/server/main.js', import.meta.url))

/** Hands `args` to dist/server/main.js, which reads them from process.argv as if it had been started itself. */
export async function runZabscope(args) {
  if (!existsSync(MAIN)) {
    console.error(
      'Zabscope is not built yet. Run `npm ci && npm run build` in the checkout, then the same command again.',
    )
    process.exit(1)
  }
  process.argv = [process.execPath, MAIN, ...args]
  await import(pathToFileURL(MAIN).href)
}
