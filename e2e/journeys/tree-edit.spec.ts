// What a person does to znodes: edit with a conflict, create, copy, search, delete; and names that would like to be markup.

import { expect, test } from '../fixtures.ts'
import { openView, znodeRow } from '../page-parts.ts'

test('an edit that somebody overtook is merged, and nothing is lost', async ({ app, client, base }) => {
  const path = `${base}/notes`
  await client.create(path, 'one\ntwo\nthree\nfour')
  await openView(app, 'Tree')
  await znodeRow(app, base).click()
  await znodeRow(app, path).click()
  await app.getByRole('button', { name: 'Edit data' }).click()
  const dialog = app.getByRole('dialog', { name: `Data of ${path}` })
  const field = dialog.getByRole('textbox', { name: 'Data' })
  await expect(field).toHaveValue('one\ntwo\nthree\nfour')
  await field.fill('one\nMINE\nthree\nfour')
  await client.set(path, 'one\nTHEIRS\nthree\nFOUR')
  await dialog.getByRole('button', { name: 'Save' }).click()

  await expect(dialog).toContainText('Nothing was written')
  await expect(dialog.getByRole('button', { name: 'Continue with the merged text' })).toBeDisabled()
  await dialog.getByRole('button', { name: 'Use yours' }).click()
  await dialog.getByRole('button', { name: 'Continue with the merged text' }).click()
  await expect(field).toHaveValue('one\nMINE\nthree\nFOUR')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(dialog).toHaveCount(0)
  expect(await client.get(path)).toBe('one\nMINE\nthree\nFOUR')
})

test('carriage returns survive an edit, as hex', async ({ app, client, base }) => {
  const path = `${base}/dos`
  await client.create(path, 'a\r\nb')
  await openView(app, 'Tree')
  await znodeRow(app, base).click()
  await znodeRow(app, path).click()
  await app.getByRole('button', { name: 'Edit data' }).click()
  const field = app.getByRole('dialog').getByRole('textbox', { name: 'Data' })
  await expect(field).toHaveValue('61 0d 0a 62')
  await field.fill('61 0d 0a 63')
  await app.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
  await expect(app.getByRole('dialog')).toHaveCount(0)
  expect(await client.get(path)).toBe('a\r\nc')
})

test('a znode of another type is made, with access and a number', async ({ app, client, base }) => {
  await openView(app, 'Tree')
  await znodeRow(app, base).click()
  await app.getByRole('button', { name: 'New child' }).click()
  const dialog = app.getByRole('dialog')
  await dialog.getByLabel('Type').selectOption('persistentSequential')
  await dialog.getByRole('textbox', { name: 'Name, before the number' }).fill('job-')
  await dialog.getByLabel('Access').selectOption({ label: 'Everybody may only read' })
  await dialog.getByRole('textbox', { name: 'Data' }).fill('work')
  await dialog.getByRole('button', { name: 'Create' }).click()
  await expect(znodeRow(app, `${base}/job-0000000000`)).toBeVisible()
  expect(await client.get(`${base}/job-0000000000`)).toBe('work')
  const inspector = app.getByRole('complementary', { name: 'Inspector' })
  await expect(inspector).toContainText('world:anyone')
  await expect(inspector).not.toContainText('create delete')
})

test('a subtree is copied after a dry run, found by its data, and deleted after its name was typed', async ({
  app,
  client,
  base,
}) => {
  await client.create(`${base}/from`, 'root')
  await client.create(`${base}/from/child`, 'a needle here')
  await openView(app, 'Tree')
  await znodeRow(app, base).click()
  await znodeRow(app, `${base}/from`).click()
  await app.getByRole('button', { name: 'Copy to…' }).click()
  const copy = app.getByRole('dialog')
  await copy.getByRole('textbox', { name: 'To this path' }).fill(`${base}/to`)
  await copy.getByRole('button', { name: 'See what would happen' }).click()
  await expect(copy).toContainText('Would create 2')
  expect(await client.exists(`${base}/to`)).toBe(false)
  await copy.getByRole('button', { name: 'Copy', exact: true }).click()
  await expect(copy).toContainText('Created 2')
  expect(await client.get(`${base}/to/child`)).toBe('a needle here')
  await copy.getByRole('button', { name: 'Close', exact: true }).click()

  await app.getByRole('combobox', { name: 'Path' }).fill(base)
  await app.getByRole('combobox', { name: 'Path' }).press('Enter')
  await app.getByRole('combobox', { name: 'Find in', exact: true }).selectOption({ label: 'All data' })
  await app.getByRole('searchbox').fill('NEEDLE')
  await app.getByRole('button', { name: 'Search', exact: true }).click()
  const matches = app.getByRole('listbox', { name: 'Matches' })
  await expect(matches.getByRole('option')).toHaveCount(2)
  await app.getByRole('button', { name: 'Back to the tree' }).click()

  await znodeRow(app, `${base}/to`).click()
  await app.getByRole('button', { name: 'Delete', exact: true }).click()
  const remove = app.getByRole('dialog')
  await expect(remove).toContainText('2 znodes')
  await expect(remove.getByRole('button', { name: 'Delete 2 znodes' })).toBeDisabled()
  await remove.getByRole('textbox').fill('to')
  await remove.getByRole('button', { name: 'Delete 2 znodes' }).click()
  await expect(znodeRow(app, `${base}/to`)).toHaveCount(0)
  expect(await client.exists(`${base}/to`)).toBe(false)
})

test('a file that Export made is imported again', async ({ app, client, base }) => {
  await client.create(`${base}/kept`, 'before')
  await openView(app, 'Tree')
  await znodeRow(app, base).click()
  await app.getByRole('button', { name: 'Export', exact: true }).click()
  const saved = app.waitForEvent('download')
  await app.getByRole('button', { name: 'Make the file' }).click()
  const file = await (await saved).path()
  await expect(app.getByRole('dialog')).toContainText('is in your downloads')
  await app.getByRole('dialog').getByRole('button', { name: 'Close', exact: true }).click()
  await client.set(`${base}/kept`, 'after')
  await app.getByRole('button', { name: 'Import', exact: true }).click()
  const dialog = app.getByRole('dialog')
  await dialog.getByLabel('File made by Export').setInputFiles(file)
  await dialog.getByRole('button', { name: 'Overwrite' }).click()
  await dialog.getByRole('button', { name: 'See what would happen' }).click()
  await expect(dialog).toContainText('overwrite 1')
  await dialog.getByRole('button', { name: 'Import', exact: true }).click()
  await expect(dialog).toContainText('overwrote 1')
  expect(await client.get(`${base}/kept`)).toBe('before')
})

test('names and data that would like to be something else are text everywhere', async ({ app, client, base }) => {
  const markup = `${base}/<img src=x onerror=alert(1)>`
  const bidi = `${base}/a‮gnp.exe`
  await client.create(markup, '<script>alert(1)</script>')
  await client.create(bidi, 'x')
  await client.create(`${base}/__proto__`, '{"__proto__":{"polluted":true}}')
  await client.create(
    `${base}/large`,
    JSON.stringify(Array.from({ length: 9000 }, (_, i) => ({ i, v: 'x'.repeat(80) }))),
  )
  let asked = false
  app.on('dialog', (question) => {
    asked = true
    void question.dismiss()
  })
  await openView(app, 'Tree')
  await znodeRow(app, base).click()
  const inspector = app.getByRole('complementary', { name: 'Inspector' })
  await znodeRow(app, markup).click()
  await expect(inspector).toContainText('<script>alert(1)</script>')
  await app.getByRole('button', { name: 'Delete', exact: true }).click()
  await expect(app.getByRole('dialog')).toContainText('<img src=x onerror=alert(1)>')
  await app.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click()
  await znodeRow(app, `${base}/a\\u202egnp.exe`).click()
  await app.getByRole('button', { name: 'Edit access' }).click()
  await expect(app.getByRole('dialog')).toContainText('a\\u202egnp.exe')
  await app.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click()
  await znodeRow(app, `${base}/__proto__`).click()
  await expect(inspector).toContainText('"polluted": true')
  await znodeRow(app, `${base}/large`).click()
  await expect(inspector).toContainText('The first 64 KiB of')
  expect(await app.evaluate(() => 'polluted' in {})).toBe(false)
  expect(await app.locator('img').count()).toBe(0)
  expect(asked).toBe(false)
})
