// Metrics: every chart says in a sentence what it shows, from real writes, and one crosshair reads all of them.

import { expect, test } from '../fixtures.ts'
import { openView } from '../page-parts.ts'

test('writes show in the charts and their captions', async ({ app, client, base }) => {
  await openView(app, 'Metrics')
  await client.create(`${base}/written`, 'x')
  await expect(app.getByRole('figure', { name: 'Writes' })).toContainText(/Highest \d/, { timeout: 15_000 })
  await expect(app.getByRole('figure', { name: 'Commit latency' })).toContainText(/p99\s*\d.* ms/, { timeout: 15_000 })
  await expect(app.getByRole('figure', { name: 'Connections' })).toContainText('Member 1')
  const charts = app.getByRole('region', { name: 'Charts' })
  await charts.focus()
  await charts.press('ArrowLeft')
  await expect(app.getByRole('main')).toContainText(/at \d\d:\d\d:\d\d/)
})
