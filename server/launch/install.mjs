// Installs the packages of the lock file when they are not there. npm leaves a record of what it put into
// node_modules (.package-lock.json, written last); comparing it with the lock file tells "installed" from
// "missing", "interrupted" and "of an older checkout", whoever ran npm.

import { lstatSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT, runStep } from './steps.mjs'

/** Why an installation is needed, as words for the person; null when all packages are in place. */
export function whatIsMissing(root = ROOT) {
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages
  let installed
  try {
    installed = JSON.parse(readFileSync(join(root, 'node_modules/.package-lock.json'), 'utf8')).packages
  } catch {
    return 'first run'
  }
  for (const [path, { version, optional }] of Object.entries(wanted)) {
    // '' is the project itself; an optional package may be for another platform.
    if (path === '' || optional) continue
    if (installed[path]?.version !== version) return `${path.replace(/^.*node_modules\//, '')} ${version} is missing`
  }
  return null
}

/** Runs `npm ci` when needed; resolves with packages in place. */
export async function ensureInstalled() {
  const reason = whatIsMissing()
  if (reason === null) return
  if (isLink(join(ROOT, 'node_modules'))) {
    // npm would empty the folder behind the link, which another checkout uses.
    console.error(`  ! node_modules is a link and ${reason}. Install where it points to, or remove the link.`)
    return
  }
  // On Windows npm is a script that only a shell can start; node runs npm's own entry point everywhere.
  const npm = process.env.npm_execpath
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error']
  const label = `installing packages (${reason})`
  await (npm?.endsWith('.js') ? runStep(label, process.execPath, [npm, ...args]) : runStep(label, 'npm', args))
}

function isLink(path) {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false
}
