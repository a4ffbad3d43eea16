// What goes wrong while somebody looks: the gateway ends and comes back, the quorum is lost, the gateway's own session
// expires, something may not be read. In every view the page says what happened, and is right again without a reload.

import type { Page } from '@playwright/test'
import { Ensemble, freePort, makeDataDir, waitFor } from '../ensemble.ts'
import { connectToAny, expect, test, watchConsole } from '../fixtures.ts'
import { gatewayOf } from '../gateway.ts'
import { actOnMember, openView, shownLeader, type View, znodeRow } from '../page-parts.ts'
import { FLAGS } from '../zk-client.ts'

const VIEWS: readonly View[] = [
  ...(['Ensemble', 'Rounds', 'Tree', 'Watches', 'Locks', 'Sessions', 'Metrics', 'Playground'] as const),
]
const SLOW = { timeout: 30_000 }
/** The timeout of the gateway's session, and some. */
const SESSION_ENDS_AFTER_MS = 16_000
const TOKEN = 'a-token-of-the-tests-that-outlives-its-gateway'

/** Something that only a page which hears the ensemble shows, view by view. */
const ALIVE: Record<View, (page: Page) => Promise<void>> = {
  Ensemble: async (page) => {
    await shownLeader(page)
  },
  Rounds: async (page) => expect(page.getByRole('main').getByRole('option').first()).toBeVisible(),
  Tree: async (page) => expect(znodeRow(page, '/zookeeper')).toBeVisible(),
  Watches: async (page) => expect(page.getByRole('main')).toContainText('in this log'),
  Locks: async (page) => expect(page.getByRole('main')).toContainText(/\/queue/),
  Sessions: async (page) => expect(page.getByRole('main').getByRole('option').first()).toBeVisible(),
  Metrics: async (page) => expect(page.getByRole('figure', { name: 'Writes' })).toContainText(/\d/),
  Playground: async (page) => expect(page.getByRole('list', { name: 'Scenarios' })).toBeVisible(),
}

test('the gateway ends and starts again: every view says so, keeps what it had, and goes on by itself', async ({
  page,
}) => {
  test.setTimeout(180_000)
  const options = {
    dataDir: await makeDataDir(),
    port: await freePort(),
    clientPort: await freePort(),
    env: { ZABSCOPE_ACCESS_TOKEN: TOKEN },
  }
  let ensemble = await Ensemble.start(options)
  try {
    const client = await connectToAny(ensemble)
    await client.create('/queue')
    await client.create('/queue/lock-', 'held', FLAGS.ephemeralSequential)
    await page.addInitScript(() => localStorage.setItem('zabscope.layout', '{"tourSeen":true}'))
    await page.goto(ensemble.url)
    for (const view of VIEWS) {
      await openView(page, view)
      await ALIVE[view](page)
    }
    await ensemble.stop('SIGKILL')
    client.drop()
    for (const view of VIEWS) {
      await openView(page, view)
      const banner = page.getByRole('alert').filter({ hasText: 'Connection to the gateway lost' })
      await expect(banner).toContainText('What you see is from then.')
      await expect(page.getByText('STALE', { exact: true })).toBeVisible()
    }
    ensemble = await Ensemble.start(options)
    await page.getByRole('button', { name: 'Try now' }).click()
    await expect(page.getByText('LIVE', { exact: true })).toBeVisible(SLOW)
    const again = await connectToAny(ensemble)
    await again.create('/queue/lock-', 'held', FLAGS.ephemeralSequential)
    await again.create('/after-the-restart', 'x')
    for (const view of VIEWS) {
      await openView(page, view)
      await ALIVE[view](page)
    }
    await openView(page, 'Rounds')
    await expect(page.getByRole('main').getByRole('option').filter({ hasText: '/after-the-restart' })).toBeVisible()
    await openView(page, 'Tree')
    await expect(znodeRow(page, '/after-the-restart')).toBeVisible()
    await again.close()
  } finally {
    await ensemble.stopAndForget()
  }
})

test('without a quorum every view says so, and is right again when members are back', async ({ app, ensemble }) => {
  test.setTimeout(180_000)
  await openView(app, 'Ensemble')
  const leader = await shownLeader(app)
  // Paused, not killed: their ports stay theirs on a machine where others take ports, too.
  const gone = ensemble.members.map(({ sid }) => sid).filter((sid) => sid !== leader)
  for (const sid of gone) await actOnMember(app, 'Pause', sid)
  for (const view of VIEWS) {
    await openView(app, view)
    await expect(app.getByRole('banner')).toContainText('no leader', SLOW)
    await expect(app.getByRole('banner')).toContainText('needs 1 more running to serve')
    await expect(app.getByRole('status').filter({ hasText: 'No member serves clients since' })).toBeVisible()
  }
  await openView(app, 'Ensemble')
  for (const sid of gone) await actOnMember(app, 'Resume', sid)
  await expect(app.getByRole('banner')).toContainText('3 of 3 serving', SLOW)
  const client = await connectToAny(ensemble)
  await client.create('/back-again', 'x')
  await openView(app, 'Tree')
  await expect(znodeRow(app, '/back-again')).toBeVisible(SLOW)
  await openView(app, 'Rounds')
  await expect(app.getByRole('main').getByRole('option').filter({ hasText: '/back-again' })).toBeVisible()
  await client.delete('/back-again')
  await client.close()
})

test('the session of the gateway ends: the tree and its watches go on in the next one', async ({
  page,
  ensemble,
  client,
  base,
}) => {
  test.setTimeout(120_000)
  const errors = watchConsole(page)
  await page.addInitScript(() => localStorage.setItem('zabscope.layout', '{"tourSeen":true}'))
  await client.create(`${base}/first`)
  await page.goto(ensemble.url.replace('/#', `/?view=tree&znode=${base}/first#`))
  await expect(znodeRow(page, `${base}/first`)).toBeVisible()
  const gateway = gatewayOf(ensemble)
  const own = async (): Promise<string | null> => {
    const rows = (await gateway.ask('GET', '/sessions')) as readonly { session: string; own: boolean }[]
    return rows.find((row) => row.own)?.session ?? null
  }
  const before = await own()
  expect(before).not.toBeNull()
  // Nobody reaches a member for longer than the session may be silent.
  await gateway.ask('POST', '/faults', {
    fault: 'cut',
    target: { on: 'clients', at: 'all' },
    durationMs: SESSION_ENDS_AFTER_MS,
  })
  await waitFor(
    async () => ((await own()) ?? before) !== before || null,
    SESSION_ENDS_AFTER_MS + 30_000,
    () => 'the gateway has no other session yet',
  )
  const other = await connectToAny(ensemble)
  await other.create(`${base}/later`, 'x')
  await waitFor(
    async () => ((await znodeRow(page, `${base}/later`).count()) > 0 ? true : null),
    30_000,
    () => 'the tree does not show what was made after the session had ended',
  )
  await other.close()
  expect(errors).toEqual([])
})
