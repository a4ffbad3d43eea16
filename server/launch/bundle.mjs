// Bundles one TypeScript entry and what it imports into one file that node runs: for tools that are not part of
// the server, and for mutants, whose source is patched on the way.

import { mkdirSync } from 'node:fs'
import { patchPlugin } from './patch.mjs'
import { ROOT } from './steps.mjs'

/**
 * Writes `outFile` from `entry` (a path in the checkout). `patch` {file, find, replace} changes one source file as it
 * is read.
 */
export async function bundle(entry, outFile, patch = null) {
  const { build } = await import('vite')
  const slash = outFile.lastIndexOf('/')
  mkdirSync(outFile.slice(0, slash), { recursive: true })
  await build({
    root: ROOT,
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    plugins: patch === null ? [] : [patchPlugin(patch)],
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
}
