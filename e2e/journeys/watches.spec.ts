// Watches: set, triggered and delivered; by session; a herd; the gap until one is set again.

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

test('by session: what a session watches, and on which member', async ({ app, base, ensemble }) => {
  const watcher = await connectToAny(ensemble)
  const paths = ['one', 'two'].map((name) => `${base}/${name}`)
  for (const path of paths) await watcher.exists(path, true)
  await openView(app, 'Watches')
  const main = app.getByRole('main')
  await main.getByRole('button', { name: 'By session', exact: true }).click()
  await main.getByRole('searchbox').fill(watcher.session)
  const list = main.getByRole('listbox')
  await expect(list.getByRole('option').filter({ hasText: watcher.session }).first()).toContainText('2 waiting')
  for (const path of paths) await expect(list).toContainText(path)
  await list.getByRole('option').filter({ hasText: watcher.session }).first().click()
  await expect(app.getByRole('complementary')).toContainText(watcher.session)
  await watcher.close()
  await expect(list.getByRole('option').filter({ hasText: '2 waiting' })).toHaveCount(0)
})

test('a herd: one change wakes all, each with its time of delivery', async ({ app, client, base, ensemble }) => {
  const watchers = await Promise.all([1, 2, 3, 4, 5].map(() => connectToAny(ensemble)))
  const path = `${base}/herd`
  for (const watcher of watchers) await watcher.exists(path, true)
  await openView(app, 'Watches')
  const main = app.getByRole('main')
  await main.getByRole('searchbox').fill(path)
  await expect(main).toContainText('5 waiting')
  await client.create(path)
  await expect(main).toContainText('NodeCreated fired 5 watches')
  await expect(main.getByText('herd', { exact: true })).toBeVisible()
  await expect(main).toContainText(/slowest delivered in [\d.]+ m?s/)
  const rows = main.getByRole('option').filter({ hasText: 'NodeCreated' })
  for (const watcher of watchers) {
    await expect(rows.filter({ hasText: watcher.session })).toContainText(/[\d.]+ m?s/)
    await expect(rows.filter({ hasText: watcher.session })).toContainText('not again')
  }
  await Promise.all(watchers.map((watcher) => watcher.close()))
})

test('a watch fires once: the time until it is set again is a gap', async ({ app, client, base, ensemble }) => {
  const watcher = await connectToAny(ensemble)
  const path = `${base}/again`
  await watcher.exists(path, true)
  await openView(app, 'Watches')
  const main = app.getByRole('main')
  await main.getByRole('searchbox').fill(path)
  await client.create(path)
  await expect(main).toContainText('fired 1 watch')
  await expect(main).toContainText('not again')
  await client.set(path, 'unseen')
  await watcher.exists(path, true)
  await expect(main).toContainText(/set again after about [\d.]+ (ms|s)/)
  await expect(main).toContainText('1 waiting')
  await watcher.close()
})
