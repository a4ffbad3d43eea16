// What every journey starts from: an ensemble (one per worker, started once), the page opened on it with its
// token, a client connected to the first member, and a page that must not have logged an error.

import { test as base, expect, type Page } from '@playwright/test'
import { Ensemble, waitFor } from './ensemble.ts'
import { ZkClient } from './zk-client.ts'

interface WorkerFixtures {
  readonly ensemble: Ensemble
}

interface TestFixtures {
  /** The page, connected and showing members. Console errors and exceptions of the page fail the test. */
  readonly app: Page
  readonly client: ZkClient
  /** A znode path of this test's own. */
  readonly base: string
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  ensemble: [
    // biome-ignore lint/correctness/noEmptyPattern: playwright reads the parameter's form
    async ({}, use) => {
      const ensemble = await Ensemble.start()
      await use(ensemble)
      const malformed = await ensemble.malformedEvents()
      await ensemble.stopAndForget()
      expect(malformed, 'the gateway understood all that members said').toEqual([])
    },
    { scope: 'worker', timeout: 60_000 },
  ],

  app: async ({ page, ensemble }, use) => {
    const errors = watchConsole(page)
    // Not somebody's first visit: the tour has a journey of its own.
    await page.addInitScript(() => localStorage.setItem('zabscope.layout', '{"tourSeen":true}'))
    await page.goto(ensemble.url)
    await expect(page.getByRole('navigation').first()).toBeVisible()
    await use(page)
    expect(errors, 'the page logged errors').toEqual([])
  },

  client: async ({ ensemble }, use) => {
    const client = await connectToAny(ensemble)
    await use(client)
    await client.close()
  },

  base: async ({ client }, use, info) => {
    const path = `/e2e-${info.title.replace(/[^a-z0-9]+/gi, '-').slice(0, 40)}-${info.repeatEachIndex}`
    await client.create(path)
    await use(path)
  },
})

/** A session on the first member that serves; waits for an election to end. */
export async function connectToAny(ensemble: Ensemble): Promise<ZkClient> {
  let refusals: string[] = []
  return await waitFor(
    async () => {
      refusals = []
      for (const { address } of ensemble.members) {
        try {
          return await ZkClient.connect(address)
        } catch (error) {
          refusals.push(String(error))
        }
      }
      return null
    },
    SERVING_WITHIN_MS,
    () => `no member serves: ${refusals.join('; ')}`,
  )
}

const SERVING_WITHIN_MS = 15_000

/** Collects what the page logs as errors from now on, blocked resources (CSP) and exceptions included. */
export function watchConsole(page: Page): string[] {
  const errors: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text())
  })
  page.on('pageerror', (error) => errors.push(String(error)))
  return errors
}

/**
 * How long the page took from `since` (ms, performance.now) until `shown` resolved: printed, and in the project `shown`, which
 * is a measurement for a quiet machine, at most 1 s.
 */
export async function expectShownSoon(what: string, since: number, shown: () => Promise<void>): Promise<void> {
  await shown()
  const tookMs = performance.now() - since
  console.log(`      ${what}: on the page after ${tookMs.toFixed(0)} ms`)
  if (test.info().project.name === 'shown')
    expect(tookMs, `${what} should be on the page within 1 s`).toBeLessThan(SHOWN_WITHIN_MS)
}

const SHOWN_WITHIN_MS = 1_000

export { expect } from '@playwright/test'
