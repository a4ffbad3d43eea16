// A lock directory: who holds, who waits, and the hand-over.

import { hasCurator, runCurator } from '../curator.ts'
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

/** Two sessions that want one mutex; the first lets go when it is told to. */
const TWO_CONTENDERS = `
import java.util.Scanner;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.recipes.locks.InterProcessMutex;
import org.apache.curator.retry.RetryForever;

class Program {
    static CuratorFramework connect(String servers) throws Exception {
        CuratorFramework zk = CuratorFrameworkFactory.newClient(servers, 10000, 10000, new RetryForever(50));
        zk.start();
        zk.blockUntilConnected();
        return zk;
    }

    public static void main(String[] args) throws Exception {
        InterProcessMutex first = new InterProcessMutex(connect(args[0]), args[1]);
        InterProcessMutex second = new InterProcessMutex(connect(args[0]), args[1]);
        first.acquire();
        Thread other = new Thread(() -> {
            try {
                second.acquire();
                System.out.println("handed over");
                second.release();
                System.out.println("released");
            } catch (Exception e) {
                e.printStackTrace();
            }
        });
        other.start();
        System.out.println("held");
        new Scanner(System.in).nextLine();
        first.release();
        other.join();
        System.exit(0);
    }
}
`

test('Curator’s contenders are recognised, and the watch of who waits is seen', async ({ app, base, ensemble }) => {
  test.skip(!hasCurator(), 'needs libcurator-recipes-java and a JDK')
  test.setTimeout(180_000)
  const hosts = ensemble.members.map(({ address }) => address).join(',')
  const program = await runCurator(TWO_CONTENDERS, [hosts, base])
  try {
    await program.line('held')
    await openView(app, 'Locks')
    await lockRow(app, base).click()
    const main = app.getByRole('main')
    await expect(main).toContainText('1 holds · 1 waits', { timeout: 30_000 })
    await expect(main).toContainText('watch seen', { timeout: 30_000 })
    await main.getByText('curator, likely').click()
    await expect(main).toContainText('ephemeral and sequential')
    const since = performance.now()
    program.answer('go')
    await program.line('released')
    await expectShownSoon('release', since, () => expect(main).toContainText('nobody waits'))
    await expect(main).toContainText('curator, likely')
  } finally {
    await program.end()
  }
})

test('a naive lock is found by its herd', async ({ app, client, base, ensemble }) => {
  const others = await Promise.all([1, 2, 3, 4, 5].map(() => connectToAny(ensemble)))
  const path = `${base}/holder`
  await client.create(path, '', FLAGS.ephemeral)
  for (const other of others) await other.exists(path, true)
  await client.delete(path)
  const [next, ...losers] = others
  if (!next) throw new Error('five clients')
  await next.create(path, '', FLAGS.ephemeral)
  for (const loser of losers) await loser.exists(path, true)

  await openView(app, 'Locks')
  const row = lockRow(app, path)
  await expect(row).toContainText('Single node')
  await row.click()
  const main = app.getByRole('main')
  await expect(main).toContainText('4 sessions watch the node')
  await expect(main).toContainText('4 sessions wake at once')
  for (const loser of losers) await expect(main).toContainText(loser.session)

  await openView(app, 'Watches')
  const find = app.getByRole('searchbox', { name: 'Find a path or session' })
  await find.fill(path)
  await expect(app.getByRole('main').getByText('herd', { exact: true }).first()).toBeVisible()
  await expect(app.getByRole('main')).toContainText('fired 5 watches')
  await Promise.all(others.map((other) => other.close()))
})

test('what somebody says of a path wins, and can be taken back', async ({ app, client, base }) => {
  await client.create(`${base}/lock-`, '', FLAGS.ephemeralSequential)
  await openView(app, 'Locks')
  const main = app.getByRole('main')
  await lockRow(app, base).click()
  await main.getByText('documented, likely').click()
  await main.getByRole('button', { name: 'Say what this is' }).click()
  const dialog = app.getByRole('dialog')
  await expect(dialog.getByLabel('Paths')).toHaveValue(base)
  await dialog.getByLabel('What is there').selectOption('Not a lock')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(dialog).toHaveCount(0)
  await main.getByRole('button', { name: 'All locks' }).click()
  await expect(lockRow(app, base)).toHaveCount(0)

  await main.getByRole('button', { name: 'Patterns', exact: true }).click()
  const row = main.getByRole('row').filter({ hasText: base })
  await expect(row).toContainText('Not a lock')
  await row.getByRole('button', { name: 'Take back' }).click()
  await expect(row).toHaveCount(0)
  await main.getByRole('button', { name: 'Ranking', exact: true }).click()
  await expect(lockRow(app, base)).toBeVisible()
})

test('a stopped holder believes what is no longer so, and its token is judged', async ({ app }) => {
  test.setTimeout(120_000)
  await openView(app, 'Playground')
  const main = app.getByRole('main')
  await app.getByRole('button', { name: 'Workloads' }).click()
  await main.getByRole('combobox', { name: 'Workload', exact: true }).selectOption('Paused holder')
  await main.getByRole('spinbutton', { name: 'Pause for' }).fill('20000')
  await main.getByRole('button', { name: 'Start Paused holder' }).click()
  const workload = app.getByRole('article', { name: /^Paused holder/ })
  await expect(workload).toContainText('rounds', { timeout: 30_000 })
  await openView(app, 'Locks')
  await lockRow(app, '/workloads/paused-holder/lock').click()
  const beliefs = app.getByRole('region', { name: 'What its clients believe' })
  await expect(beliefs).toContainText('stale belief', { timeout: 60_000 })
  await expect(beliefs).toContainText('its session has expired')
  await expect(beliefs).toContainText(/a resource that checks tokens refuses it|still the newest/)
  await expect(beliefs).toContainText('The resource of this workload checks tokens.')
  await openView(app, 'Playground')
  await app.getByRole('button', { name: /^Workloads/ }).click()
  await workload.getByRole('button', { name: /^Stop/ }).click()
  await expect(workload).toContainText('ended', { timeout: 30_000 })
})
