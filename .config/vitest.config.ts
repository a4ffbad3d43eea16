import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { patchPlugin } from '../server/launch/patch.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))

// `npm run mutants` runs scenarios on a source with one deliberate defect.
const mutant = process.env.ZABSCOPE_MUTANT
const plugins = mutant ? [patchPlugin(JSON.parse(readFileSync(mutant, 'utf8')))] : []

// unit: no processes, no ports. integration: real member processes; one file at a time.
export default defineConfig({
  root,
  test: {
    projects: [
      {
        root,
        plugins,
        test: {
          name: 'unit',
          include: ['shared/**/*.test.ts', 'server/**/*.test.{ts,mjs}', 'web/**/*.test.{ts,tsx}'],
          exclude: ['**/*.integration.test.ts', 'node_modules/**', 'dist/**'],
          // No test leaves anything behind that another could see; sharing the process halves the time.
          isolate: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        root,
        test: {
          name: 'integration',
          include: ['server/**/*.integration.test.ts'],
          exclude: ['node_modules/**', 'dist/**'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
})
