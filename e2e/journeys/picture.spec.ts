// A drawing of the view as a file: what it is of, when, what its marks mean, and the drawing itself.

import { readFile } from 'node:fs/promises'
import type { Download, Page } from '@playwright/test'
import { expect, test } from '../fixtures.ts'
import { openView } from '../page-parts.ts'

async function save(page: Page, title: RegExp, form: 'SVG' | 'PNG'): Promise<{ download: Download; bytes: Buffer }> {
  await page.getByRole('button', { name: 'Save picture' }).click()
  const dialog = page.getByRole('dialog', { name: 'Save picture' })
  const coming = page.waitForEvent('download')
  await dialog.getByRole('button', { name: new RegExp(`${title.source} as ${form}`) }).click()
  const download = await coming
  await expect(dialog.getByRole('status')).toContainText(`Saved as ${download.suggestedFilename()}`)
  const bytes = await readFile(await download.path())
  await dialog.getByRole('button', { name: 'Close' }).click()
  return { download, bytes }
}

/** Width and height, from its header. */
function pngSize(bytes: Buffer): { width: number; height: number } {
  expect(bytes.subarray(1, 4).toString()).toBe('PNG')
  return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) }
}

test('the ring as SVG and as PNG, with title, time and legend', async ({ app }) => {
  test.slow() // pictures are made by a browser without a GPU
  const { download, bytes } = await save(app, /Ring of members/, 'SVG')
  expect(download.suggestedFilename()).toMatch(/^ring-of-members-\d{4}-\d\d-\d\dT.*\.svg$/)
  const svg = bytes.toString()
  expect(svg).toContain('Ring of members')
  expect(svg).toMatch(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC · Zabscope/)
  expect(svg).toContain('Disc with a ring: leads.')
  for (const sid of [1, 2, 3]) expect(svg).toContain(`Member ${sid}`)
  // It is well-formed, and needs no stylesheet of the page.
  const elsewhere = await app.context().newPage()
  const problem = await elsewhere.evaluate((text) => {
    const parsed = new DOMParser().parseFromString(text, 'image/svg+xml')
    return parsed.querySelector('parsererror')?.textContent ?? null
  }, svg)
  await elsewhere.close()
  expect(problem).toBeNull()
  const saved = await save(app, /Ring of members/, 'PNG')
  const png = pngSize(saved.bytes)
  await test.info().attach('ring.png', { body: saved.bytes, contentType: 'image/png' })
  expect(png.width).toBeGreaterThan(800)
  expect(png.height).toBeGreaterThan(600)
})

test('charts and diagrams of canvases are in the file, too', async ({ app, client, base }) => {
  test.slow()
  for (let i = 0; i < 5; i += 1) await client.create(`${base}/n${i}`, 'x')
  await openView(app, 'Metrics')
  const charts = (await save(app, /Charts/, 'SVG')).bytes.toString()
  expect(charts.match(/<image /g)?.length).toBeGreaterThan(8)
  expect(charts).toContain('Commit latency')
  await openView(app, 'Rounds')
  await app.getByRole('button', { name: 'Space–time', exact: true }).click()
  const flow = (await save(app, /Space–time diagram of all rounds/, 'SVG')).bytes.toString()
  expect(flow).toContain('data:image/png;base64,')
  expect(flow).toContain('Solid arrow: proposal.')
})
