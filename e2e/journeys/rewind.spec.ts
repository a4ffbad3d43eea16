// Going back: a moment of the past is shown in every view, stepped event by event, and left again for the present.

import { expect, test } from '../fixtures.ts'
import { openView } from '../page-parts.ts'

const SLOW = { timeout: 30_000 }

test('a write is gone back to and stepped through; the present goes on meanwhile', async ({ app, client, base }) => {
  test.slow()
  await client.create(`${base}/before`)
  await client.create(`${base}/after`)
  await openView(app, 'Rounds')
  const rounds = app.getByText(`${base}/after`)
  await expect(rounds.first()).toBeVisible(SLOW)
  await app.getByRole('button', { name: 'Rewind' }).click()
  const bar = app.getByRole('region', { name: 'A moment of the past' })
  await expect(bar).toBeVisible(SLOW)
  await expect(app.getByTitle('Real members, as they were')).toHaveText('REPLAY')
  // To just before the last round was proposed: nobody knows of it.
  await bar.getByRole('button', { name: 'Round back' }).click()
  await expect(bar).toContainText('proposed', SLOW)
  for (let i = 0; i < 3 && (await rounds.count()) > 0; i += 1)
    await bar.getByRole('button', { name: 'Round back' }).click()
  await expect(rounds).toHaveCount(0, SLOW)
  await client.create(`${base}/meanwhile`)
  await bar.getByRole('button', { name: 'Next round' }).click()
  await expect(bar).toContainText('proposed', SLOW)
  await bar.getByRole('button', { name: 'Back to now' }).click()
  await expect(bar).toBeHidden()
  await expect(app.getByText(`${base}/meanwhile`).first()).toBeVisible(SLOW)
})
