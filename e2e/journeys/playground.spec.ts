// The playground as a person uses it: clients put to work, a link cut and healed, a scenario predicted and played.

import AxeBuilder from '@axe-core/playwright'
import { expect, test } from '../fixtures.ts'
import { openView } from '../page-parts.ts'

const SLOW = { timeout: 30_000 }

test('a workload is started and tuned, a link is cut in the ring, seen, and healed', async ({ app }) => {
  test.slow() // three views, and clients that have to come up
  await openView(app, 'Playground')
  await app.getByRole('button', { name: 'Workloads' }).click()
  await app.getByRole('spinbutton', { name: 'Contenders' }).fill('3')
  await app.getByRole('spinbutton', { name: 'Hold for' }).fill('50')
  await app.getByRole('button', { name: 'Start Lock contention' }).click()
  const workload = app.getByRole('article', { name: /^Lock contention/ })
  const clients = workload.getByRole('table', { name: 'Clients, as they believe' })
  await expect(clients.getByRole('row')).toHaveCount(4, SLOW)
  await expect(workload.getByRole('row', { name: /^grants/ })).toContainText(/grants\s*[1-9]/, SLOW)
  await workload.getByText('Settings of Lock contention').click()
  await workload.getByRole('spinbutton', { name: 'Contenders' }).fill('5')
  await expect(clients.getByRole('row')).toHaveCount(6, SLOW)

  await openView(app, 'Ensemble')
  const link = app.getByRole('button', { name: /^Faults on the link between/ }).first()
  await link.focus()
  await link.press('Enter')
  const dialog = app.getByRole('dialog', { name: /^Link between member/ })
  await dialog.getByRole('button', { name: 'Delay', exact: true }).click()
  await expect(dialog).toBeHidden()

  await openView(app, 'Playground')
  await app.getByRole('button', { name: /^Faults/ }).click()
  const active = app.getByRole('region', { name: 'Active faults' })
  await expect(active.getByRole('listitem')).toHaveCount(1)
  await expect(active).toContainText(/Delay.*\d s left/)
  await active.getByRole('button', { name: /^Heal: Delay/ }).click()
  await expect(active).toContainText('Nothing is broken.')

  await app.getByRole('button', { name: /^Workloads/ }).click()
  await workload.getByRole('button', { name: /^Stop/ }).click()
  await expect(workload).toContainText('ended', SLOW)
})

test('a fault from the palette counts down, and heals with all others', async ({ app }) => {
  await openView(app, 'Playground')
  await app.getByRole('button', { name: /^Faults/ }).click()
  const form = app.getByRole('region', { name: 'Break something' })
  await form.getByRole('combobox', { name: 'Fault' }).selectOption('Slow flush')
  await form.getByRole('combobox', { name: 'Member' }).selectOption('member 1')
  await form.getByRole('spinbutton', { name: 'Added to each flush' }).fill('20')
  await form.getByRole('button', { name: 'Inject' }).click()
  const active = app.getByRole('region', { name: 'Active faults' })
  await expect(active).toContainText('Slow flush on the disk of member 1')
  await active.getByRole('button', { name: 'Heal all' }).click()
  await expect(active).toContainText('Nothing is broken.')
})

test('a write is taken message by message: held, let go one by one, then all, and healed', async ({
  app,
  client,
  base,
}) => {
  test.slow()
  await openView(app, 'Playground')
  await app.getByRole('button', { name: /^Faults/ }).click()
  const form = app.getByRole('region', { name: 'Break something' })
  await form.getByRole('combobox', { name: 'Fault' }).selectOption('Hold')
  await form.getByRole('combobox', { name: 'Between' }).selectOption('the leader')
  await expect(form.getByRole('spinbutton', { name: 'Lasts for' })).toHaveValue('300')
  await form.getByRole('button', { name: 'Inject' }).click()
  const held = app.getByRole('region', { name: 'Held messages' })
  await expect(held).toBeVisible()

  let written = false
  const write = client.create(`${base}/step`).then(() => {
    written = true
  })
  const proposals = held.getByRole('listitem').filter({ hasText: 'PROPOSAL' })
  // A client of a follower has its request held first.
  for (let i = 0; i < 10 && (await proposals.count()) === 0; i += 1) {
    const next = held.getByRole('button', { name: 'Let the next one go' })
    await expect(next).toBeEnabled(SLOW)
    if ((await proposals.count()) === 0) await next.click()
  }
  await expect(proposals).toHaveCount(2, SLOW)
  expect(written, 'nobody but the leader has it').toBe(false)
  await held
    .getByRole('button', { name: /^Deliver PROPOSAL 0x/ })
    .first()
    .click()
  await expect(held.getByRole('listitem').filter({ hasText: 'ACK' })).toHaveCount(1, SLOW)
  await openView(app, 'Ensemble')
  await expect(held, 'to be stepped beside the ring, too').toContainText('ACK')
  await held.getByRole('button', { name: /^Deliver ACK 0x/ }).click()
  await expect(held.getByRole('listitem').filter({ hasText: 'COMMIT' })).not.toHaveCount(0, SLOW)
  await held.getByRole('button', { name: 'Let all go' }).click()
  await openView(app, 'Playground')
  await app.getByRole('button', { name: /^Heal: Hold/ }).click()
  await expect(held).toBeHidden()
  await write
  expect(written).toBe(true)
})

test('a scenario is predicted, played on the real members, explained and judged', async ({ app }) => {
  await openView(app, 'Playground')
  await app.getByRole('button', { name: /^Start Anatomy of one round/ }).click()
  await app
    .getByRole('group', { name: 'Your prediction' })
    .getByRole('button', { name: /^About as before/ })
    .click(SLOW)
  await expect(app.getByRole('status').filter({ hasText: 'Passed' })).toBeVisible(SLOW)
  await expect(app.getByText('You predicted it.')).toBeVisible()
  const verdict = app.getByRole('region', { name: 'Verdict' })
  await expect(verdict.getByRole('listitem')).toHaveCount(2)
  await expect(verdict).toContainText(/disturbed = [\d.]+ \(< 400\)/)
  await app.getByRole('button', { name: 'All scenarios' }).click()
  await expect(app.getByRole('list', { name: 'Scenarios' })).toBeVisible()
})

test('a scenario ends when it is stopped, and says so', async ({ app }) => {
  await openView(app, 'Playground')
  await app.getByRole('button', { name: /^Start A minority/ }).click()
  await expect(app.getByRole('group', { name: 'Your prediction' })).toBeVisible(SLOW)
  await app.getByRole('button', { name: 'Stop', exact: true }).click()
  await expect(app.getByRole('status').filter({ hasText: 'Stopped' })).toBeVisible(SLOW)
})

for (const theme of ['light', 'dark'] as const)
  test(`axe finds nothing serious in any part, ${theme}`, async ({ app }) => {
    await app.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' })
    await openView(app, 'Playground')
    for (const part of ['Scenarios', 'Workloads', 'Faults', 'Connect']) {
      await app.getByRole('button', { name: new RegExp(`^${part}`) }).click()
      const { violations } = await new AxeBuilder({ page: app }).analyze()
      const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
      expect(serious.map(({ id, nodes }) => `${part} ${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([])
    }
  })
