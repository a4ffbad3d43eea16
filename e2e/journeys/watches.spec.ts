// A watch being set, triggered and delivered.

import { connectToAny, expect, expectShownSoon, test } from '../fixtures.ts'
import { openView } from '../page-parts.ts'

test('a watch is set, triggered and delivered', async ({ app, client, base, ensemble }) => {
  await openView(app, 'Watches')
  const watcher = await connectToAny(ensemble)
  const path = `${base}/watched`
  const entries = app.getByRole('main').getByText(path)
  let since = performance.now()
  expect(await watcher.exists(path, true)).toBe(false)
  await expectShownSoon('watch set', since, () => expect(entries.first()).toBeVisible())

  since = performance.now()
  await client.create(path)
  const delivered = app.getByRole('main').getByText(/fired 1 watch/)
  await expectShownSoon('watch triggered', since, () => expect(delivered.first()).toBeVisible())
  await watcher.close()
})
