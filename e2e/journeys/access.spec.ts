// The door: with a wrong token, with none; and the page for people who do not see it, or read Chinese.

import { expect, test, watchConsole } from '../fixtures.ts'
import { openView, type View } from '../page-parts.ts'

const VIEWS: readonly View[] = ['Ensemble', 'Tree', 'Rounds', 'Watches', 'Locks']

test('a wrong token is told what to do next, and sees nothing', async ({ page, ensemble }) => {
  await page.goto(ensemble.url.replace(/token=.*$/, 'token=wrong-wrong-wrong-wrong'))
  await expect(page.getByText('does not accept this token')).toBeVisible()
  await expect(page.getByText(/Copy the whole URL/)).toBeVisible()
  await expect(page.getByRole('table', { name: 'Members' })).toHaveCount(0)
  await page.getByRole('textbox', { name: 'URL or token' }).fill(ensemble.url)
  await page.getByRole('button', { name: 'Open' }).click()
  await expect(page.getByRole('table', { name: 'Members' })).toBeVisible()
})

test('without a token the page asks for one', async ({ page, ensemble }) => {
  await page.goto(ensemble.url.replace(/#.*$/, ''))
  await expect(page.getByRole('textbox', { name: 'URL or token' })).toBeVisible()
})

test('the token leaves the address bar and survives a reload', async ({ app }) => {
  expect(app.url()).not.toContain('token')
  await app.reload()
  await expect(app.getByRole('table', { name: 'Members' })).toBeVisible()
})

test('every control has a name, in every view', async ({ app }) => {
  for (const view of VIEWS) {
    await openView(app, view)
    const nameless = await app.evaluate(() => {
      const controls = [
        ...document.querySelectorAll('button, a[href], input, select, textarea, [role=button], [role=treeitem]'),
      ]
      const named = (element: Element) =>
        element.getAttribute('aria-label') ||
        element.getAttribute('aria-labelledby') ||
        element.textContent?.trim() ||
        (element instanceof HTMLInputElement && (element.labels?.length || element.title))
      return controls.filter((element) => !named(element)).map((element) => element.outerHTML.slice(0, 120))
    })
    expect(nameless, `in ${view}`).toEqual([])
    await expect(app.getByRole('main')).toHaveCount(1)
  }
})

test('every view is usable by its link and by its keys', async ({ app }) => {
  await app.keyboard.press('g')
  await app.keyboard.press('t')
  await expect(app.getByRole('heading', { level: 1, name: 'Tree' })).toBeVisible()
  expect(new URL(app.url()).searchParams.get('view')).toBe('tree')
  await app.goBack()
  await expect(app.getByRole('heading', { level: 1, name: 'Ensemble' })).toBeVisible()
})

test('简体中文', async ({ page, ensemble }) => {
  const errors = watchConsole(page)
  await page.goto(ensemble.url.replace('/#', '/?lang=zh-CN#'))
  await expect(page.locator('html')).toHaveAttribute('lang', /^zh/)
  await expect(page.getByRole('navigation').first()).toContainText('锁')
  expect(errors).toEqual([])
})
