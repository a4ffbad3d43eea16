// People with names: a viewer sees all and is told why nothing can be changed, an operator and an admin may, everybody can
// leave; and what is dangerous asks for the password again.

import { join } from 'node:path'
import type { Locator, Page } from '@playwright/test'
import { addUser, Ensemble, makeDataDir } from '../ensemble.ts'
import { test as base, connectToAny, expect as expectSoon, watchConsole } from '../fixtures.ts'
import { memberRow, openView, znodeRow } from '../page-parts.ts'

// A password costs most of a second of a core, on a busy machine many.
const expect = expectSoon.configure({ timeout: 30_000 })
const PASSWORD = 'correct horse battery'
const PEOPLE = { vera: 'viewer', otto: 'operator', anna: 'admin' } as const
type Name = keyof typeof PEOPLE

interface WorkerFixtures {
  /** With users; one for all tests of this file. */
  readonly guarded: Ensemble
}

const test = base.extend<object, WorkerFixtures>({
  guarded: [
    // biome-ignore lint/correctness/noEmptyPattern: playwright reads the parameter's form
    async ({}, use) => {
      const dataDir = await makeDataDir()
      const users = join(dataDir, 'users.json')
      for (const [name, role] of Object.entries(PEOPLE)) await addUser(users, name, role, PASSWORD)
      const ensemble = await Ensemble.start({ dataDir, args: ['--users', users] })
      const client = await connectToAny(ensemble)
      await client.create('/doomed', 'data')
      await client.create('/doomed/child', 'data')
      await client.close()
      await use(ensemble)
      await ensemble.stopAndForget()
    },
    { scope: 'worker', timeout: 120_000 },
  ],
})

test.describe.configure({ timeout: 180_000 })

async function logIn(page: Page, ensemble: Ensemble, name: Name, password = PASSWORD): Promise<void> {
  await page.addInitScript(() => localStorage.setItem('zabscope.layout', '{"tourSeen":true}'))
  await page.goto(ensemble.url.replace(/#.*$/, ''))
  await page.getByText('Log in with a name and a password instead').click()
  await page.getByRole('textbox', { name: 'Name' }).fill(name)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Log in' }).click()
}

const members = (page: Page): Locator => page.getByRole('table', { name: 'Members' })

test('a wrong password says no more than that, and the right one lets in; nothing secret stays in the browser', async ({
  page,
  guarded,
}) => {
  await logIn(page, guarded, 'vera', 'not her password')
  await expect(page.getByRole('alert')).toContainText('This name and password do not fit together.')
  await expect(members(page)).toHaveCount(0)
  await page.getByLabel('Password').fill(PASSWORD)
  await page.getByRole('button', { name: 'Log in' }).click()
  await expect(members(page)).toBeVisible()
  await expect(page.getByText('vera, viewer')).toBeVisible()
  const kept = await page.evaluate(() =>
    JSON.stringify([{ ...localStorage }, { ...sessionStorage }, location.href, document.cookie]),
  )
  expect(kept).not.toMatch(/csrf_|correct horse/)
  await page.reload()
  await expect(members(page)).toBeVisible()
})

test('a viewer sees everything; each control that changes something is off, and says why', async ({
  page,
  guarded,
}) => {
  const errors = watchConsole(page)
  await logIn(page, guarded, 'vera')
  const off = async (control: Locator): Promise<void> => {
    await expect(control).toHaveAttribute('aria-disabled', 'true')
    await expect(control).toHaveAttribute('aria-description', 'Needs the role “operator”; you have a lesser one.')
    await control.click({ force: true })
    await expect(page.getByRole('dialog')).toHaveCount(0)
  }
  for (const sid of [1, 2, 3])
    for (const action of ['Kill', 'Pause'])
      await off(memberRow(page, sid).getByRole('button', { name: `${action} member ${sid}` }))

  await openView(page, 'Tree')
  await znodeRow(page, '/doomed').click()
  await expect(page.getByRole('complementary', { name: 'Inspector' })).toContainText('/doomed')
  for (const name of ['New child', 'Edit data', 'Delete', 'Import'])
    await off(page.getByRole('button', { name, exact: true }).first())

  await openView(page, 'Playground')
  await expect(page.getByRole('main').locator('[aria-disabled]').first()).toBeVisible()
  const armed = page.getByRole('main').getByRole('button', { name: /^(Start|Do it|Inject|Heal)/ })
  for (const control of await armed.all()) await off(control)
  expect(errors, 'the page logged errors').toEqual([])
})

test('an operator acts; logging out ends this page and every other one of the login', async ({
  context,
  page,
  guarded,
}) => {
  await logIn(page, guarded, 'otto')
  await memberRow(page, 3).getByRole('button', { name: 'Pause member 3' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Send SIGSTOP' }).click()
  await expect(memberRow(page, 3)).toContainText('Paused')
  await memberRow(page, 3).getByRole('button', { name: 'Resume member 3' }).click()
  await expect(memberRow(page, 3).getByRole('button', { name: 'Pause member 3' })).toBeVisible()

  // Another tab that was opened from this one has its history entry, and with it the login.
  const token = await page.evaluate(() => history.state.accessToken as string)
  const other = await context.newPage()
  await other.goto(guarded.url.replace(/#.*$/, `#token=${token}`))
  await expect(members(other)).toBeVisible()
  await page.getByRole('button', { name: 'Log out' }).click()
  await expect(page.getByRole('heading', { name: 'Open the page with its token' })).toBeVisible()
  await expect(other.getByText('does not accept this token')).toBeVisible()
  await page.goBack().catch(() => undefined)
  await expect(members(page)).toHaveCount(0)
})

test('what cannot be taken back asks for the password again, once', async ({ page, guarded }) => {
  // Five minutes in no time: the gateway's answer to the first attempt is the one it gives later.
  let late = true
  await page.routeWebSocket(/socket\.io/, (socket) => {
    const gateway = socket.connectToServer()
    socket.onMessage((message) => {
      const id = /^42(\d+)\["tree:delete",.*"dryRun":false/.exec(String(message))?.[1]
      if (id === undefined || !late) return gateway.send(message)
      late = false
      socket.send(`43${id}[{"ok":false,"code":"REAUTH","message":"Enter your password again for this."}]`)
    })
  })
  await logIn(page, guarded, 'anna')
  await openView(page, 'Tree')
  await znodeRow(page, '/doomed').click()
  await page.getByRole('button', { name: 'Delete', exact: true }).first().click()
  const question = page.getByRole('dialog', { name: 'Delete /doomed?' })
  await question.getByRole('textbox').fill('doomed')
  await question.getByRole('button', { name: 'Delete 2 znodes' }).click()
  const again = page.getByRole('dialog', { name: 'Your password again' })
  await again.getByLabel('Password').fill('not her password')
  await again.getByRole('button', { name: 'Go on' }).click()
  await expect(again.getByRole('alert')).toContainText('do not fit together')
  await expect(znodeRow(page, '/doomed')).toBeVisible()
  await again.getByLabel('Password').fill(PASSWORD)
  await again.getByRole('button', { name: 'Go on' }).click()
  await expect(znodeRow(page, '/doomed')).toHaveCount(0)
})
