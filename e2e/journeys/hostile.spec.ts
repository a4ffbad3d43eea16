// Names and data that want to be something else than text: markup, right-to-left overrides, invisible characters, the names of
// object fields, a megabyte of JSON. Every view shows them as what they are.

import type { Page } from '@playwright/test'
import { connectToAny, expect, test } from '../fixtures.ts'
import { lockRow, openView, type View, znodeRow } from '../page-parts.ts'
import { FLAGS } from '../zk-client.ts'

const MARKUP = '<img src=x onerror=alert(1)>'
const NAMES = [MARKUP, 'a\u202egnp.exe', 'zero\u200bwidth', '__proto__', 'constructor', '"><script>alert(1)']
/** As names are shown: what hides in them is written out. */
const SHOWN = [MARKUP, 'a\\u202egnp.exe', 'zero\\u200bwidth', '__proto__']
const HUGE_JSON = JSON.stringify({
  ['__proto__']: MARKUP,
  rows: Array.from({ length: 60_000 }, (_, i) => `row-${i}`),
}).slice(0, 900_000)

/** What must never be in a page: an element made of a name, a character that turns text around, a changed prototype. */
async function expectHarmless(page: Page, where: string): Promise<void> {
  const found = await page.evaluate(() => {
    const hidden = /[\u202a-\u202e\u2066-\u2069\u200b]/
    const texts = [...document.querySelectorAll('*')].flatMap((element) => [
      ...[...element.childNodes]
        .filter((node) => node.nodeType === Node.TEXT_NODE)
        .map((node) => node.textContent ?? ''),
      ...[...element.attributes].filter(({ name }) => name !== 'href').map(({ value }) => value),
    ])
    return {
      images: document.querySelectorAll('img[src="x"]').length,
      scripts: [...document.querySelectorAll('script')].filter((script) => script.text.includes('alert(1)')).length,
      hidden: texts.filter((text) => hidden.test(text)).slice(0, 3),
      polluted: Object.keys(Object.prototype),
    }
  })
  expect(found, where).toEqual({ images: 0, scripts: 0, hidden: [], polluted: [] })
}

test('hostile names and data are text in every view', async ({ app, client, base, ensemble }) => {
  test.setTimeout(180_000)
  const alerts: string[] = []
  app.on('dialog', (dialog) => {
    alerts.push(dialog.message())
    void dialog.dismiss()
  })
  const other = await connectToAny(ensemble)
  for (const name of NAMES) {
    const path = `${base}/${name}`
    await client.create(path, MARKUP)
    await other.exists(path, true)
    await client.set(path, '{"__proto__":{"polluted":true}}')
    await client.create(`${path}/lock-`, MARKUP, FLAGS.ephemeralSequential)
    await other.create(`${path}/lock-`, MARKUP, FLAGS.ephemeralSequential)
  }
  await client.create(`${base}/huge`, HUGE_JSON)

  const views: readonly View[] = ['Ensemble', 'Rounds', 'Watches', 'Locks', 'Sessions', 'Metrics', 'Playground', 'Tree']
  for (const view of views) {
    await openView(app, view)
    const main = app.getByRole('main')
    if (view === 'Rounds' || view === 'Locks') await expect(main).toContainText(MARKUP)
    await expectHarmless(app, view)
  }

  await openView(app, 'Watches')
  await expect(app.getByRole('main')).toContainText(MARKUP)
  await openView(app, 'Locks')
  await lockRow(app, MARKUP).first().click()
  await expect(app.getByRole('main')).toContainText(client.session)
  await expectHarmless(app, 'an open lock')
  await openView(app, 'Rounds')
  await app.getByRole('main').getByRole('option').filter({ hasText: '__proto__' }).first().click()
  await expect(app.getByRole('complementary', { name: 'Inspector' })).toContainText('__proto__')
  await expectHarmless(app, 'an inspected round')
  await openView(app, 'Sessions')
  await app.getByRole('main').getByText(other.session).first().click()
  await expectHarmless(app, 'an inspected session')

  await openView(app, 'Tree')
  await znodeRow(app, base).click()
  for (const shown of SHOWN) {
    await znodeRow(app, `${base}/${shown}`).click()
    await expect(app.getByRole('complementary', { name: 'Inspector' })).toContainText('polluted')
  }
  await expectHarmless(app, 'the inspected znodes')
  await znodeRow(app, `${base}/huge`).click()
  await expect(app.getByRole('complementary', { name: 'Inspector' })).toContainText('row-17')
  await app.getByRole('group', { name: 'Shown as' }).getByRole('button', { name: 'Map' }).click()
  await app.getByText('The same as a table').click()
  await expect(app.getByRole('table', { name: 'Map of the tree' })).toContainText(MARKUP)
  await expectHarmless(app, 'the map')

  await app.keyboard.press('Control+k')
  await app.getByRole('dialog').getByRole('combobox').fill('onerror')
  await expect(app.getByRole('dialog')).toContainText(MARKUP)
  await expectHarmless(app, 'the palette')
  expect(alerts).toEqual([])
  await other.close()
})
