// For tests of processes: the built scripts in dist/server. `npm test` and `npm run integration` build them first.

import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The path of dist/server/NAME.js. Throws what to do when it is not there. */
export function builtScript(name: 'main' | 'member' | 'workload'): string {
  const path = fileURLToPath(new URL(`../../dist/server/${name}.js`, import.meta.url))
  if (!existsSync(path)) throw new Error(`${path} is missing. Build it first: npm run build`)
  return path
}
