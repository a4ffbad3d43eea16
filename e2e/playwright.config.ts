// How playwright runs: which browser (CHROME names it), which folders are which project.

import { fileURLToPath } from 'node:url'
import { defineConfig } from '@playwright/test'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const chrome = process.env.CHROME

// One worker: the journeys measure how soon the page shows a change, and share the machine with three members.
export default defineConfig({
  workers: 1,
  fullyParallel: false,
  retries: 0,
  forbidOnly: true,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  outputDir: here('../test-results'),
  reporter: [['list'], ['json']],
  use: {
    browserName: 'chromium',
    headless: true,
    viewport: { width: 1440, height: 900 },
    colorScheme: 'dark',
    locale: 'en-GB',
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
    launchOptions: {
      // No sandbox: containers and root have none to offer. No GPU: the same pixels everywhere.
      args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
      ...(chrome ? { executablePath: chrome } : {}),
    },
  },
  projects: [
    { name: 'journeys', testDir: here('journeys') },
    { name: 'bars', testDir: here('bars'), timeout: 300_000 },
    // The journeys that measure, once more, and held to their bound: see expectShownSoon.
    { name: 'shown', testDir: here('journeys'), testMatch: /(ensemble|locks|rounds|tree|watches)\.spec\.ts$/ },
    { name: 'screenshots', testDir: here('screenshots'), testMatch: '*.spec.ts', timeout: 600_000 },
  ],
})
