// A write as a round: who proposed it, who logged and acked it, whose ack made the quorum.

import { expect, expectShownSoon, test } from '../fixtures.ts'
import { openView } from '../page-parts.ts'

test('a write becomes a round with its quorum marked', async ({ app, client, base }) => {
  await openView(app, 'Rounds')
  const path = `${base}/round`
  const row = app.getByRole('row').filter({ hasText: path })
  const since = performance.now()
  await client.create(path, 'x')
  await expectShownSoon('round', since, () => expect(row.first()).toBeVisible())
  await expect(row.first()).toContainText('create')

  await row.first().getByText('create', { exact: true }).click()
  const inspector = app.getByRole('complementary', { name: 'Inspector' })
  await expect(inspector).toContainText(/made the quorum/)
  await expect(app.getByRole('main')).toContainText('All 3 members have applied it')
})
