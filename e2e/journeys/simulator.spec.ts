// The simulator gives the same run for the same seed, step by step, in node and in a browser: what the playground
// shows is what the tests have checked.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { expect, test } from '@playwright/test'
import { build } from 'vite'

interface Traced {
  readonly trace: string
  readonly steps: number
}
interface Simulator {
  traceOf(seed: number): Traced
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const SEEDS = [1, 2, 3, 17, 42, 1001]

let dir = ''
let bundle = ''

test.beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'zabscope-trace-'))
  bundle = join(dir, 'trace.mjs')
  await build({
    root: ROOT,
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    build: {
      target: 'es2022',
      outDir: dir,
      emptyOutDir: false,
      minify: false,
      lib: { entry: 'server/simulate/trace-entry.ts', formats: ['es'], fileName: () => 'trace.mjs' },
    },
  })
})

test.afterAll(() => rmSync(dir, { recursive: true, force: true }))

test('the same seed gives the same steps in node and in a browser', async ({ page }) => {
  const simulator: Simulator = await import(pathToFileURL(bundle).href)
  const inNode = SEEDS.map((seed) => simulator.traceOf(seed))
  expect(new Set(inNode.map(({ trace }) => trace)).size, 'different seeds are different runs').toBe(SEEDS.length)
  await page.route('http://simulator.test/**', (route) =>
    route.request().url().endsWith('/trace.mjs')
      ? route.fulfill({ path: bundle, contentType: 'text/javascript' })
      : route.fulfill({ body: '<!doctype html><title>simulator</title>', contentType: 'text/html' }),
  )
  await page.goto('http://simulator.test/')
  const inPage = await page.evaluate(async (seeds): Promise<Traced[]> => {
    const url = 'http://simulator.test/trace.mjs'
    const loaded: Simulator = await import(url)
    return seeds.map((seed) => loaded.traceOf(seed))
  }, SEEDS)
  expect(inPage).toEqual(inNode)
})
