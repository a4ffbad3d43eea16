// Makes the pictures of the README: a small, lively ensemble, in both languages.

import { fileURLToPath } from 'node:url'
import { connectToAny, expect, test } from '../fixtures.ts'

const WRITES = 60

for (const [language, file] of [
  ['en', 'ensemble.png'],
  ['zh-CN', 'ensemble-zh-cn.png'],
] as const) {
  test(`${file}`, async ({ page, ensemble }) => {
    const client = await connectToAny(ensemble)
    await page.goto(ensemble.url.replace('/#', `/?lang=${language}&theme=light#`))
    await expect(page.getByRole('table').getByRole('row')).toHaveCount(4)
    const parent = await client.create('/orders-', '', 2)
    for (let i = 0; i < WRITES; i += 1) await client.create(`${parent}/order-`, `{"id":${i}}`, 2)
    await expect(page.getByRole('table').getByText(/^0x/).first()).toBeVisible()
    await page.screenshot({ path: fileURLToPath(new URL(file, import.meta.url)) })
    await client.close()
  })
}
