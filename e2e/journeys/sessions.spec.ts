// Sessions: a client appears with what it owns, and its time runs when its connection is gone.

import { connectToAny, expect, test } from '../fixtures.ts'
import { openView } from '../page-parts.ts'
import { FLAGS } from '../zk-client.ts'

test('a session is listed with its ephemerals, and is closed with its client', async ({
  app,
  ensemble,
  base,
  client,
}) => {
  await openView(app, 'Sessions')
  const list = app.getByRole('listbox', { name: 'Sessions' })
  await expect(list.getByRole('option').first()).toBeVisible()
  const other = await connectToAny(ensemble)
  const path = await other.create(`${base}/mine`, 'x', FLAGS.ephemeral)
  await openView(app, 'Rounds')
  await app.getByRole('option').filter({ hasText: path }).first().click()
  const inspector = app.getByRole('complementary', { name: 'Inspector' })
  const session = await inspector
    .getByRole('button', { name: /^0x[0-9a-f]{8,}$/ })
    .last()
    .textContent()
  await openView(app, 'Sessions')
  const row = list.getByRole('option').filter({ hasText: session ?? 'none' })
  await expect(row).toContainText('connected')
  await row.click()
  await expect(inspector).toContainText('Its ephemerals')
  await expect(inspector.getByRole('button', { name: path }).first()).toBeVisible()
  await other.close()
  await expect(row).toContainText('closed')
  expect(await client.create(`${base}/after`, 'x')).toBe(`${base}/after`)
})

test('somebody else’s session is closed, after saying what goes with it', async ({ app, ensemble, base, client }) => {
  const other = await connectToAny(ensemble)
  const path = await other.create(`${base}/theirs`, 'x', FLAGS.ephemeral)
  await openView(app, 'Rounds')
  await app.getByRole('option').filter({ hasText: path }).first().click()
  const inspector = app.getByRole('complementary', { name: 'Inspector' })
  await inspector
    .getByRole('button', { name: /^0x[0-9a-f]{8,}$/ })
    .last()
    .click()
  await inspector.getByRole('button', { name: 'Close session' }).click()
  const question = app.getByRole('dialog')
  await expect(question).toContainText('at least 1 ephemerals')
  await question.getByRole('button', { name: 'Close it' }).click()
  await expect(inspector).toContainText('It is over')
  await expect.poll(async () => await client.exists(path)).toBe(false)
  await other.close().catch(() => undefined)
})
