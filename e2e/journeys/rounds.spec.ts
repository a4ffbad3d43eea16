// A write as a round: who proposed it, who logged and acked it, whose ack made the quorum.

import { expect, expectShownSoon, test } from '../fixtures.ts'
import { openView } from '../page-parts.ts'

test('a write becomes a round with its quorum marked', async ({ app, client, base }) => {
  await openView(app, 'Rounds')
  const path = `${base}/round`
  const row = app.getByRole('option').filter({ hasText: path })
  const since = performance.now()
  await client.create(path, 'x')
  await expectShownSoon('round', since, () => expect(row.first()).toBeVisible())
  await expect(row.first()).toContainText('create')

  await row.first().getByText('create', { exact: true }).click()
  const inspector = app.getByRole('complementary', { name: 'Inspector' })
  await expect(inspector).toContainText(/made the quorum/)
  await expect(app.getByRole('main')).toContainText('All 3 members have applied it')
})

test('rounds are searched, drawn together, and compared log by log', async ({ app, client, base }) => {
  await openView(app, 'Rounds')
  const path = `${base}/searched`
  await client.create(path, 'x')
  await app.getByRole('searchbox').fill(`create ${path}`)
  await expect(app.getByRole('option')).toHaveCount(1)
  await expect(app).toHaveURL(/find=create/)
  await app.getByRole('option').first().click()
  const inspector = app.getByRole('complementary', { name: 'Inspector' })
  await expect(inspector).toContainText(/With the ack of member \d after .*, 2 of 3 had it: more than half/)
  await expect(inspector).toContainText('Where the time went')
  await inspector.getByText('In the words of the textbooks').click()
  await expect(inspector).toContainText('PROPOSAL and ACK')
  await app.getByRole('searchbox').fill('')

  await app.getByRole('button', { name: 'Space–time' }).click()
  await expect(app).toHaveURL(/as=time/)
  const diagram = app.getByRole('application', { name: 'Space–time diagram of all rounds' })
  await diagram.focus()
  await diagram.press('-')
  await expect(app.getByText('90.0 ms shown')).toBeVisible()

  await app.getByRole('button', { name: 'Logs' }).click()
  await expect(app.getByText(/\d+ txns from 0x\w+ to 0x\w+/)).toBeVisible()
  const logs = app.getByRole('application', { name: 'Logs of the members' })
  await logs.focus()
  await logs.press('ArrowLeft')
  await expect(app.getByRole('status').filter({ hasText: /member 1: applied/ })).toBeVisible()
})
