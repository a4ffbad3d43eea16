// The browser that the page is opened in, as the end-to-end tests start it, and what it knows of the page: how soon
// it could be used, how much script it loaded, what is on its heap.

import { accessSync, constants } from 'node:fs'
import { gzipSync } from 'node:zlib'
import type { Browser, CDPSession, Page } from '@playwright/test'

const INSTALLED = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const READY_TIMEOUT_MS = 60_000

/** Members are drawn, and the thread has come to what was queued behind the drawing. */
const MARK_READY = `
  localStorage.setItem('zabscope.layout', '{"tourSeen":true}')
  window.benchReady = new Promise((resolve) => {
    new MutationObserver((_, observer) => {
      if (!document.querySelector('.ring-node')) return
      observer.disconnect()
      requestAnimationFrame(() => setTimeout(() => resolve(performance.now())))
    }).observe(document, { childList: true, subtree: true })
  })
`

export interface FirstLoad {
  /** From the navigation to a page that shows the members and would answer a click. */
  readonly readyMs: number
  /** All script of the first load, each file by gzip. */
  readonly scriptGzipBytes: number
  readonly scriptBytes: number
}

export interface OpenPage {
  readonly page: Page
  /** Of the whole browser, for traces. */
  readonly browser: CDPSession
  readonly firstLoad: FirstLoad
  /** Exceptions, and what the page logged as errors. */
  readonly errors: readonly string[]
  /** Bytes on the heap of the page after a full collection. */
  heapBytes(): Promise<number>
  domNodes(): Promise<number>
  close(): Promise<void>
}

/** Opens `url`, which carries the token, in a browser of its own. */
export async function openPage(url: string): Promise<OpenPage> {
  // Loaded here: no other benchmark needs a browser, and the built package has none.
  const { chromium } = await import('@playwright/test')
  const executablePath = chromePath()
  const browser = await chromium.launch({
    ...(executablePath === undefined ? {} : { executablePath }),
    // As e2e/playwright.config.ts says.
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
  })
  try {
    return await openIn(browser, url)
  } catch (error) {
    await browser.close()
    throw error
  }
}

/** CHROME in the environment, else where systems have it; undefined: playwright's own download. */
function chromePath(): string | undefined {
  return process.env.CHROME ?? INSTALLED.find(canRun)
}

function canRun(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

async function openIn(browser: Browser, url: string): Promise<OpenPage> {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    colorScheme: 'dark',
    locale: 'en-GB',
  })
  const page = await context.newPage()
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text())
  })
  const scripts: Promise<Buffer>[] = []
  page.on('response', (response) => {
    if (response.request().resourceType() === 'script') scripts.push(response.body())
  })
  await page.addInitScript(MARK_READY)
  await page.goto(url)
  await page.locator('.ring-node').first().waitFor({ timeout: READY_TIMEOUT_MS })
  const readyMs: number = await page.evaluate('window.benchReady')
  const bodies = await Promise.all(scripts)
  const cdp = await context.newCDPSession(page)
  await cdp.send('Performance.enable')
  return {
    page,
    browser: await browser.newBrowserCDPSession(),
    firstLoad: {
      readyMs,
      scriptGzipBytes: bodies.reduce((sum, body) => sum + gzipSync(body).length, 0),
      scriptBytes: bodies.reduce((sum, body) => sum + body.length, 0),
    },
    errors,
    async heapBytes() {
      await cdp.send('HeapProfiler.collectGarbage')
      return (await cdp.send('Runtime.getHeapUsage')).usedSize
    },
    async domNodes() {
      const { metrics } = await cdp.send('Performance.getMetrics')
      return metrics.find(({ name }) => name === 'Nodes')?.value ?? 0
    },
    close: () => browser.close(),
  }
}
