// The frame: finding anything by a few letters, one selection in every view and in the address, sizes that last,
// and the tour of whoever comes for the first time.

import { expect, test } from '../fixtures.ts'
import { openView, shownLeader } from '../page-parts.ts'

test('the palette goes to a view, a member and a path by the keyboard alone', async ({ app, client, base }) => {
  await app.keyboard.press('Control+k')
  const field = app.getByRole('combobox', { name: 'Find or do' })
  await expect(field).toBeFocused()
  await field.fill('metr')
  await field.press('Enter')
  await expect(app.getByRole('heading', { level: 1, name: 'Metrics' })).toBeVisible()

  const leader = await (async () => {
    await openView(app, 'Ensemble')
    return await shownLeader(app)
  })()
  await app.keyboard.press('Control+k')
  await field.fill('member leading')
  await field.press('Enter')
  await expect(app.getByRole('complementary', { name: 'Inspector' })).toContainText(`Member ${leader}`)

  await client.create(`${base}/named`, 'x')
  await app.keyboard.press('Control+k')
  await field.fill(`${base}/named`)
  await field.press('Enter')
  await expect(app.getByRole('heading', { level: 1, name: 'Tree' })).toBeVisible()
  await expect(app).toHaveURL(new RegExp(`znode=${base}/named`))
})

test('what is selected stays selected from view to view and in the address', async ({ app, client, base }) => {
  await openView(app, 'Rounds')
  await client.create(`${base}/one`, 'x')
  await app
    .getByRole('option')
    .filter({ hasText: `${base}/one` })
    .first()
    .click()
  await expect(app).toHaveURL(/round=0x/)
  const address = app.url()
  await openView(app, 'Sessions')
  await expect(app.getByRole('complementary', { name: 'Inspector' })).toContainText('Agreement')
  await app.goBack()
  expect(app.url()).toBe(address)
})

test('the inspector is made wider by keys, and the rail narrower; both outlive a reload', async ({ app }) => {
  await app.getByRole('table', { name: 'Members' }).getByRole('button', { name: 'Member 1', exact: true }).click()
  const separator = app.getByRole('separator', { name: 'Width of the inspector' })
  await separator.focus()
  await separator.press('ArrowLeft')
  await separator.press('ArrowLeft')
  await expect(separator).toHaveAttribute('aria-valuenow', '392')
  await app.getByRole('button', { name: 'Collapse the rail' }).click()
  await expect(app.getByRole('button', { name: 'Expand the rail' })).toBeVisible()
  const kept = await app.evaluate(() => localStorage.getItem('zabscope.layout'))
  expect(JSON.parse(kept ?? '{}')).toMatchObject({ inspectorPx: 392, railCollapsed: true })
})

test('the first visit is shown around once, and can skip it', async ({ page, ensemble }) => {
  await page.goto(ensemble.url)
  const tour = page.getByRole('region', { name: 'Tour' })
  await expect(tour).toBeVisible()
  await tour.getByRole('button', { name: 'Next' }).click()
  await expect(tour).toContainText('2 of 5')
  await tour.getByRole('button', { name: 'Skip' }).click()
  await expect(tour).toBeHidden()
  await page.reload()
  await expect(page.getByRole('table', { name: 'Members' })).toBeVisible()
  await expect(tour).toBeHidden()
})
