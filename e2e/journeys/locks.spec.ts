// A lock directory: who holds, who waits, and the hand-over.

import { connectToAny, expect, expectShownSoon, test } from '../fixtures.ts'
import { findKazoo } from '../kazoo.ts'
import { lockRow, openView } from '../page-parts.ts'
import { FLAGS } from '../zk-client.ts'

test('holder and queue, and the hand-over when the holder lets go', async ({ app, client, base, ensemble }) => {
  const second = await connectToAny(ensemble)
  const held = await client.create(`${base}/lock-`, 'first', FLAGS.ephemeralSequential)
  await openView(app, 'Locks')
  await lockRow(app, base).click()
  const queue = app.getByRole('main')
  await expect(queue).toContainText('1 holds')

  let since = performance.now()
  const waiting = await second.create(`${base}/lock-`, 'second', FLAGS.ephemeralSequential)
  await expectShownSoon('contender', since, () => expect(queue).toContainText('1 waits'))
  await expect(queue).toContainText(client.session)
  await expect(queue).toContainText(second.session)

  since = performance.now()
  await client.delete(held)
  await expectShownSoon('hand-over', since, () => expect(queue).toContainText('nobody waits'))
  await expect(queue).toContainText('1 holds')
  await second.delete(waiting)
  await second.close()
})

test('a kazoo lock is recognised', async ({ app, client, base, ensemble }) => {
  const kazoo = findKazoo()
  test.skip(kazoo === null, 'needs python3-kazoo')
  if (kazoo === null) return
  const hosts = ensemble.members.map(({ address }) => address).join(',')
  const script = kazoo.run(
    `
import sys
from kazoo.client import KazooClient
zk = KazooClient(hosts=sys.argv[1]); zk.start()
with zk.Lock(sys.argv[2], 'kazoo-holder'):
    print('held', flush=True); sys.stdin.readline()
zk.stop(); print('released', flush=True)
`,
    [hosts, base],
  )
  await script.line('held')
  await openView(app, 'Locks')
  await lockRow(app, base).click()
  await expect(app.getByRole('main')).toContainText('1 holds')
  const since = performance.now()
  script.answer('go')
  await script.line('released')
  await expectShownSoon('release', since, () => expect(app.getByRole('main')).toContainText('nobody waits'))
  expect(await client.children(base)).toEqual([])
})

test('the ranking, the sentence, the lanes and the graph tell of one queue', async ({
  app,
  client,
  base,
  ensemble,
}) => {
  const second = await connectToAny(ensemble)
  await client.create(`${base}/lock-`, 'first', FLAGS.ephemeralSequential)
  await second.create(`${base}/lock-`, 'second', FLAGS.ephemeralSequential)
  await openView(app, 'Locks')
  const main = app.getByRole('main')
  await expect(lockRow(app, base)).toContainText(client.session)
  await expect(main).toContainText('1 session waits for 1 lock')

  await main.getByRole('button', { name: 'Blocked by', exact: true }).click()
  await expect(main.getByRole('list', { name: 'Who is blocked by whom' })).toContainText(second.session)
  await main.getByRole('button', { name: 'Wait graph', exact: true }).click()
  await expect(main.getByRole('list', { name: 'Who waits for whom' })).toContainText(
    `${second.session} → ${client.session}`,
  )
  await expect(main).toContainText('no cycle')

  await main.getByRole('button', { name: 'Ranking', exact: true }).click()
  await lockRow(app, base).click()
  await expect(main).toContainText(new RegExp(`${second.session}.*waits for session ${client.session}`))
  await main.getByRole('button', { name: 'Lanes', exact: true }).click()
  const lanes = main.getByRole('list', { name: 'Time in line and time held, a lane a session' })
  await expect(lanes.getByRole('listitem')).toHaveCount(2)
  await main.getByRole('button', { name: 'Figures', exact: true }).click()
  await expect(main).toContainText('2 children made, 0 deleted')
  await main.getByRole('button', { name: 'All locks' }).click()
  await expect(lockRow(app, base)).toBeVisible()
  await second.close()
})
