// `npm run bar:snapshot [-- <znodes>]`: bundles server/tools/snapshot-bar.ts afresh and runs it. BAR_DIR in the environment
// says on which disk.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { requireNode } from './node-version.mjs'

requireNode()
const { orExplain } = await import('./bootstrap.mjs')
const { ensureInstalled } = await import('./install.mjs')
const { bundle } = await import('./bundle.mjs')

await orExplain(ensureInstalled)
const scratch = mkdtempSync(join(tmpdir(), 'zabscope-bar-'))
try {
  const built = join(scratch, 'snapshot-bar.js')
  await bundle('server/tools/snapshot-bar.ts', built)
  process.exitCode = spawnSync(process.execPath, [built, ...process.argv.slice(2)], { stdio: 'inherit' }).status ?? 1
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
