// Several clusters in one page: an ensemble that runs elsewhere is attached, looked at, turned away from, and let go. It goes
// on all the while.

import { Ensemble } from '../ensemble.ts'
import { connectToAny, expect, test } from '../fixtures.ts'
import { openView, znodeRow } from '../page-parts.ts'

test('attach another ensemble, look at its tree, turn back, let it go', async ({ app, client }) => {
  test.setTimeout(120_000)
  const other = await Ensemble.start({ members: 1 })
  const there = await connectToAny(other)
  try {
    await there.create('/of-the-other', 'x')
    await client.create('/of-the-first', 'x')

    await app.getByRole('button', { name: 'Attach a cluster…' }).click()
    const dialog = app.getByRole('dialog', { name: 'Attach a cluster' })
    await expect(dialog).toContainText('May be attached from here: localhost')
    const servers = dialog.getByLabel('Servers', { exact: true })
    await servers.fill('169.254.169.254:2181')
    await dialog.getByRole('button', { name: 'Attach', exact: true }).click()
    await expect(dialog.getByRole('alert')).toContainText('may not be attached from a page')
    await servers.fill(other.members.map(({ address }) => address).join(','))
    await dialog.getByLabel('Name', { exact: true }).fill('Elsewhere')
    await dialog.getByRole('button', { name: 'Attach', exact: true }).click()

    const list = app.getByRole('list', { name: 'Clusters' })
    await expect(list.getByRole('link', { name: /Elsewhere/ })).toHaveAttribute('aria-current', 'true')
    await expect(list.getByRole('link', { name: /Elsewhere/ })).toContainText('1 of 1 serving · read-only')
    await expect(app).toHaveURL(/cluster=elsewhere/)
    await expect(app.getByRole('status').filter({ hasText: '1 of 1 serving' })).toBeVisible()

    await openView(app, 'Tree')
    await expect(znodeRow(app, '/of-the-other')).toBeVisible()
    await expect(znodeRow(app, '/of-the-first')).toHaveCount(0)
    await there.create('/made-meanwhile', 'x')
    await expect(znodeRow(app, '/made-meanwhile')).toBeVisible()
    await znodeRow(app, '/of-the-other').click()
    const remove = app.getByRole('complementary', { name: 'Inspector' }).getByRole('button', { name: 'Delete' })
    await expect(remove).toHaveAttribute('title', /read-only/)

    // What it lacks is said, with the line that would bring it; a reload stays with it.
    await openView(app, 'Rounds')
    await expect(app.getByRole('region', { name: 'What cannot be seen here' })).toContainText('Rounds are not visible')
    await app.reload()
    await expect(list.getByRole('link', { name: /Elsewhere/ })).toHaveAttribute('aria-current', 'true')

    await openView(app, 'Tree')
    await list.getByRole('link', { name: /playground/ }).click()
    await expect(znodeRow(app, '/of-the-first')).toBeVisible()
    await expect(znodeRow(app, '/of-the-other')).toHaveCount(0)
    await app.goBack()
    await expect(znodeRow(app, '/of-the-other')).toBeVisible()

    await app.getByRole('button', { name: /attached · read-only/ }).click()
    const about = app.getByRole('dialog', { name: 'About Elsewhere' })
    await expect(about.getByRole('table')).toContainText(other.members[0]?.address ?? '')
    await about.getByRole('button', { name: 'Allow changes' }).click()
    await expect(about.getByRole('button', { name: 'Forbid changes' })).toBeVisible()
    await about.getByRole('button', { name: 'Detach…' }).click()
    const question = app.getByRole('dialog', { name: 'Detach Elsewhere?' })
    await expect(question).toContainText('The cluster goes on as it is')
    await question.getByRole('button', { name: 'Detach', exact: true }).click()
    await expect(list.getByRole('link')).toHaveCount(1)
    await expect(app.getByRole('alert').filter({ hasText: 'is not here any more' })).toBeVisible()
    await expect(znodeRow(app, '/of-the-first')).toBeVisible()
    await there.create('/still-there', 'x')
  } finally {
    await there.close()
    await other.stopAndForget()
  }
})
