// Znodes appearing, changing and going while the tree is open.

import { connectToAny, expect, expectShownSoon, test } from '../fixtures.ts'
import { openView, znodeRow } from '../page-parts.ts'
import { FLAGS } from '../zk-client.ts'

test('a create, a change and a delete are on the page within a second', async ({ app, client, base }) => {
  await client.create(`${base}/basket`)
  await openView(app, 'Tree')
  await znodeRow(app, base).click()
  await expect(znodeRow(app, `${base}/basket`)).toBeVisible()

  let since = performance.now()
  await client.create(`${base}/fruit`, 'apple')
  const fruit = znodeRow(app, `${base}/fruit`)
  await expectShownSoon('create', since, () => expect(fruit).toBeVisible())

  await fruit.click()
  const inspector = app.getByRole('complementary', { name: 'Inspector' })
  await expect(inspector).toContainText('apple')
  since = performance.now()
  await client.set(`${base}/fruit`, 'pear')
  await expectShownSoon('setData', since, () => expect(inspector).toContainText('pear'))

  since = performance.now()
  await client.delete(`${base}/fruit`)
  await expectShownSoon('delete', since, () => expect(fruit).toHaveCount(0))
  await expect(inspector).toContainText('does not exist any more')
})

test('an ephemeral names its owner, and goes with its session', async ({ app, base, ensemble }) => {
  const owner = await connectToAny(ensemble)
  await owner.create(`${base}/mine`, '', FLAGS.ephemeral)
  await openView(app, 'Tree')
  await znodeRow(app, base).click()
  const mine = znodeRow(app, `${base}/mine`)
  await mine.click()
  await expect(app.getByRole('complementary', { name: 'Inspector' })).toContainText(owner.session)
  const since = performance.now()
  await owner.close()
  await expectShownSoon('end of the session', since, () => expect(mine).toHaveCount(0))
})
