// Makes the pictures of the README: an ensemble at work that has just lost its leader and got it back, in both
// languages.

import { fileURLToPath } from 'node:url'
import { connectToAny, expect, test } from '../fixtures.ts'
import { actOnMember, memberRow, shownLeader } from '../page-parts.ts'

const BEFORE = 40

test('the Ensemble view', async ({ app, ensemble }) => {
  let client = await connectToAny(ensemble)
  const write = async () => {
    await client.create('/orders/order-', '{"item":"tea"}', 2).catch(async () => {
      client.drop()
      client = await connectToAny(ensemble)
    })
  }
  await client.create('/orders')
  for (let i = 0; i < BEFORE; i += 1) await write()

  const leader = await shownLeader(app)
  ensemble.kill(leader)
  await expect(memberRow(app, leader)).toContainText('Down')
  for (let i = 0; i < BEFORE; i += 1) await write()
  await actOnMember(app, 'Restart', leader)
  while ((await memberRow(app, leader).filter({ hasText: 'Following' }).count()) === 0) await write()
  for (let i = 0; i < BEFORE; i += 1) await write()

  // Without the motion of changing themes, of which a picture would catch the middle.
  await app.emulateMedia({ reducedMotion: 'reduce' })
  await app
    .getByRole('button', { name: 'Light' })
    .or(app.getByRole('radio', { name: 'Light' }))
    .first()
    .click()
  await app.screenshot({ path: here('ensemble.png') })
  await app.getByText('中文', { exact: true }).click()
  await expect(app.locator('html')).toHaveAttribute('lang', /^zh/)
  await app.screenshot({ path: here('ensemble-zh-cn.png') })
  await client.close()
})

function here(file: string): string {
  return fileURLToPath(new URL(file, import.meta.url))
}
