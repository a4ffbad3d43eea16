// Bundles one TypeScript entry and what it imports into one file that node runs: for tools that are not part of
// the server, and for mutants, whose source is patched on the way.

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './steps.mjs'

/**
 * Writes `outFile` from `entry` (a path in the checkout). `patch` {file, find, replace} changes one source file as it
 * is read. Throws when the patch's text does not occur exactly once.
 */
export async function bundle(entry, outFile, patch = null) {
  const { build } = await import('vite')
  let patched = patch === null
  const plugin = {
    name: 'patch',
    enforce: 'pre',
    transform(code, id) {
      if (patch === null || id !== join(ROOT, patch.file)) return null
      const parts = code.split(patch.find)
      if (parts.length !== 2)
        throw new Error(
          `${patch.file} holds the text to be patched ${parts.length - 1} times, not once:\n${patch.find}`,
        )
      patched = true
      return parts.join(patch.replace)
    },
  }
  const slash = outFile.lastIndexOf('/')
  mkdirSync(outFile.slice(0, slash), { recursive: true })
  await build({
    root: ROOT,
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    plugins: [plugin],
    build: {
      ssr: true,
      target: 'node20',
      outDir: outFile.slice(0, slash),
      emptyOutDir: false,
      minify: false,
      rolldownOptions: {
        input: { [outFile.slice(slash + 1).replace(/\.js$/, '')]: entry },
        output: { format: 'esm', entryFileNames: '[name].js', codeSplitting: false },
      },
    },
    ssr: { target: 'node', external: true },
  })
  if (!patched) throw new Error(`${patch.file} is not part of what ${entry} imports; the mutant cannot be built`)
}
