// What the page says of itself, read off the screen as a person would read it.

import type { Page } from '@playwright/test'

/** Milliseconds from a commit to the frame that shows it, over the last seconds; null while the page has none. */
export interface Pixels {
  readonly p50Ms: number
  readonly p95Ms: number
}

/** Stands in every view, below the write rate of the timeline. */
export async function readPixels(page: Page): Promise<Pixels | null> {
  const values: string[] = await page.evaluate(
    "[...document.querySelectorAll('.timeline .pixels data')].map((each) => each.value)",
  )
  const [p50Ms, p95Ms] = values.map(Number)
  return p50Ms === undefined || p95Ms === undefined ? null : { p50Ms, p95Ms }
}

/** The exact count of commits in the Ensemble view, which must be open. */
export async function readCommitted(page: Page): Promise<number> {
  const figure = page.locator('.figures > div').filter({ has: page.getByText('Committed', { exact: true }) })
  return Number((await figure.locator('dd').innerText()).replaceAll(/\D/g, ''))
}
