// Znodes appearing, changing and going while the tree is open.

import { expect, expectShownSoon, test } from '../fixtures.ts'
import { openView, znodeRow } from '../page-parts.ts'
import { FLAGS } from '../zk-client.ts'

test('a create, a change and a delete are on the page within a second', async ({ app, client, base }) => {
  const name = base.slice(1)
  await openView(app, 'Tree')
  const parent = znodeRow(app, name)
  await parent.click()
  await app.keyboard.press('ArrowRight')

  let since = performance.now()
  await client.create(`${base}/fruit`, 'apple')
  await expectShownSoon('create', since, () => expect(znodeRow(app, 'fruit')).toBeVisible())

  await znodeRow(app, 'fruit').click()
  const inspector = app.getByRole('complementary', { name: 'Inspector' })
  await expect(inspector).toContainText('apple')
  since = performance.now()
  await client.set(`${base}/fruit`, 'pear')
  await expectShownSoon('setData', since, () => expect(inspector).toContainText('pear'))

  since = performance.now()
  await client.delete(`${base}/fruit`)
  await expectShownSoon('delete', since, () => expect(znodeRow(app, 'fruit')).toHaveCount(0))
  await expect(inspector).toContainText('does not exist any more')
})

test('an ephemeral names its owner, and goes with its session', async ({ app, client, base }) => {
  await openView(app, 'Tree')
  await client.create(`${base}/mine`, '', FLAGS.ephemeral)
  await znodeRow(app, base.slice(1)).click()
  await app.keyboard.press('ArrowRight')
  await znodeRow(app, 'mine').click()
  await expect(app.getByRole('complementary', { name: 'Inspector' })).toContainText(client.session)
  const since = performance.now()
  await client.close()
  await expectShownSoon('end of the session', since, () => expect(znodeRow(app, 'mine')).toHaveCount(0))
})
