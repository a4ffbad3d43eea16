// Starting and ending: data that outlives a stop, processes that do not outlive the program.

import { Ensemble, isAlive, makeDataDir, runZabscope, waitFor } from '../ensemble.ts'
import { connectToAny, expect, test } from '../fixtures.ts'
import { ZkClient } from '../zk-client.ts'

const GONE_WITHIN_MS = 10_000

test('what was written is there after a stop and a start, on every member', async () => {
  const dataDir = await makeDataDir()
  const first = await Ensemble.start({ dataDir })
  const client = await connectToAny(first)
  await client.create('/kept', 'still here')
  await client.close()
  await first.stop()

  const second = await Ensemble.start({ dataDir })
  for (const { sid, address } of second.members) {
    const reader = await waitFor(
      () => ZkClient.connect(address).catch(() => null),
      GONE_WITHIN_MS,
      () => `member ${sid} does not serve`,
    )
    await reader.sync()
    expect(await reader.get('/kept'), `on member ${sid}`).toBe('still here')
    await reader.close()
  }
  await second.stopAndForget()
})

for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
  test(`after ${signal} no member process is left`, async () => {
    const ensemble = await Ensemble.start()
    expect(ensemble.members.every(({ pid }) => isAlive(pid))).toBe(true)
    await ensemble.stopAndForget(signal)
  })
}

test('a second start on the same data directory says who uses it', async ({ ensemble }) => {
  const { child, output } = runZabscope(['up', '--data', ensemble.dataDir])
  await waitFor(() => (child.exitCode !== null ? true : null), GONE_WITHIN_MS, output)
  expect(child.exitCode).not.toBe(0)
  expect(output()).toContain(ensemble.dataDir)
})

test('a mistake on the command line is answered with a sentence', async () => {
  for (const args of [['up', '--members', '0'], ['up', '--nonsense'], ['nonsense'], ['up', '--port', 'x']]) {
    const { child, output } = runZabscope(args)
    await waitFor(() => (child.exitCode !== null ? true : null), GONE_WITHIN_MS, output)
    expect(child.exitCode, args.join(' ')).not.toBe(0)
    expect(output(), args.join(' ')).not.toMatch(/\n\s+at .*\(.*:\d+:\d+\)/)
    expect(output().trim(), args.join(' ')).not.toBe('')
  }
})
