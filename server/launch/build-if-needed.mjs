// Builds dist/server, dist/client and dist/web when the sources are not those of the last build. A hash over the sources,
// not their dates, decides: switching branches back and forth builds once each time and never too little.

import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT, runStep } from './steps.mjs'

const STAMP = join(ROOT, 'dist/.built-from')
const SOURCE_FOLDERS = ['server', 'shared', 'web', '.config']
const SOURCE_FILES = ['package.json', 'package-lock.json', 'tsconfig.json']
/** Tests, documents and this bootstrap are not part of what is built. */
const NOT_BUILT = /\.test\.tsx?$|\.md$|\.mjs$/

/** Hash over names and contents of all that the build reads. */
export function hashSources() {
  const hash = createHash('sha256')
  const files = SOURCE_FOLDERS.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !NOT_BUILT.test(entry.name))
      .map((entry) => join(entry.parentPath ?? entry.path, entry.name)),
  ).sort()
  for (const file of [...files, ...SOURCE_FILES.map((name) => join(ROOT, name))]) {
    hash.update(`\0${file.slice(ROOT.length)}\0`).update(readFileSync(file))
  }
  return hash.digest('hex')
}

/** Builds server, client library and page unless dist/ already holds this very state; `always` builds in any case. */
export async function ensureBuilt({ always = false } = {}) {
  const sources = hashSources()
  if (!always && readStamp() === sources) return
  rmSync(STAMP, { force: true })
  const vite = join(ROOT, 'node_modules/vite/bin/vite.js')
  const build = (label, config) =>
    runStep(label, process.execPath, [vite, 'build', '--config', config, '--logLevel', 'warn'])
  await build('building the server', '.config/vite.server.config.ts')
  const { buildClient } = await import('./build-client.mjs')
  await buildClient()
  await build('building the page', 'web/vite.config.ts')
  writeFileSync(STAMP, sources)
}

function readStamp() {
  try {
    return readFileSync(STAMP, 'utf8')
  } catch {
    return null
  }
}
