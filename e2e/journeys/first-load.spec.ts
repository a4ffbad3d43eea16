// What a first visit has to load before anything can be seen. How soon that is, `npm run bench -- page` measures.

import { gzipSync } from 'node:zlib'
import { expect, test } from '../fixtures.ts'

const SCRIPT_BYTES_MAX = 350 * 1024
/** Fewer would mean that this test no longer sees the page's script. */
const SCRIPT_BYTES_MIN = 50 * 1024

test('the script of the first load is small', async ({ page, ensemble }) => {
  const bodies: Promise<Buffer>[] = []
  page.on('response', (response) => {
    if (response.request().resourceType() === 'script') bodies.push(response.body())
  })
  await page.goto(ensemble.url)
  await expect(page.getByRole('table', { name: 'Members' })).toBeVisible()
  const sizes = (await Promise.all(bodies)).map((body) => gzipSync(body).length)
  const bytes = sizes.reduce((sum, each) => sum + each, 0)
  console.log(`      script of the first load: ${(bytes / 1024).toFixed(0)} KiB by gzip, ${sizes.length} file(s)`)
  expect(bytes).toBeGreaterThan(SCRIPT_BYTES_MIN)
  expect(bytes, 'split what no first visit needs into a chunk of its own').toBeLessThan(SCRIPT_BYTES_MAX)
})
