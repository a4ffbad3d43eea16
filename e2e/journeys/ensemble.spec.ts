// Seeing the members, killing one by clicking, writing on, restarting it.

import { waitFor } from '../ensemble.ts'
import { connectToAny, expect, expectShownSoon, test } from '../fixtures.ts'
import { actOnMember, memberRow, shownLeader } from '../page-parts.ts'
import { ZkClient } from '../zk-client.ts'

test('three members, one leading, with pid and epoch', async ({ app, ensemble }) => {
  for (const { sid, pid } of ensemble.members) await expect(memberRow(app, sid)).toContainText(String(pid))
  const table = app.getByRole('table', { name: 'Members' })
  await expect(table.getByText('Leading')).toHaveCount(1)
  await expect(table.getByText('Following')).toHaveCount(2)
  await expect(app.getByText('3 of 3 serving').first()).toBeVisible()
  await expect(app.getByText('can lose 1 more').first()).toBeVisible()
})

test('the leader is killed by a click; writes go on; restarted, it catches up', async ({ app, ensemble }) => {
  const leader = await shownLeader(app)
  const killedAt = performance.now()
  await actOnMember(app, 'Kill', leader)
  await expectShownSoon(`kill of member ${leader}`, killedAt, () =>
    expect(memberRow(app, leader)).toContainText('Down'),
  )
  await expect(app.getByText('2 of 3 serving').first()).toBeVisible()
  const successor = await shownLeader(app)
  expect(successor).not.toBe(leader)
  await expect(app.getByRole('region', { name: 'What happened' })).toContainText(`Member ${leader} ended`)
  const election = app.getByRole('region', { name: 'Elections' })
  await expect(election).toContainText(`Member ${successor} was elected`)
  await expect(election).toContainText(`member ${leader} ended`)
  await expect(election.getByRole('table', { name: 'Votes' })).toContainText('majority')

  const client = await connectToAny(ensemble)
  const path = await client.create('/written-without-', 'member', 2)
  await client.close()

  await actOnMember(app, 'Restart', leader)
  await expect(memberRow(app, leader)).toContainText('Following', { timeout: 20_000 })
  await expect(app.getByText('3 of 3 serving').first()).toBeVisible()
  const address = ensemble.members.find(({ sid }) => sid === leader)?.address ?? ''
  const back = await waitFor(
    () => ZkClient.connect(address).catch(() => null),
    10_000,
    () => `member ${leader} does not serve again`,
  )
  expect(await back.get(path)).toBe('member')
  await back.delete(path)
  await back.close()
})

test('a kill -9 from outside is shown as well', async ({ app, ensemble }) => {
  const leader = await shownLeader(app)
  const row = memberRow(app, leader)
  await expect(row).toContainText(String(ensemble.pidOf(leader)))
  const since = performance.now()
  ensemble.kill(leader)
  await expectShownSoon(`kill -9 of member ${leader}`, since, () => expect(row).toContainText('Down'))
  await actOnMember(app, 'Restart', leader)
  await expect(row).toContainText('Following', { timeout: 20_000 })
  expect(ensemble.output).not.toMatch(/AssertionFailed/)
})
