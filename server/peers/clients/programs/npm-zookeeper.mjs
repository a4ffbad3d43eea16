// The npm client `zookeeper` (the C client behind Node) against an ensemble: reads, writes, watches, ephemerals and
// the leader's death. Run in a folder where the package is installed.

import { createInterface } from 'node:readline'
import zookeeperPackage from 'zookeeper'

const ZooKeeper = zookeeperPackage.Promise ?? zookeeperPackage.default?.Promise ?? zookeeperPackage
const constants = zookeeperPackage.constants ?? zookeeperPackage.default?.constants ?? zookeeperPackage
const [hosts] = process.argv.slice(2)
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
const WAIT_MS = 40_000
const root = `/npmc-${process.pid}-${Date.now()}`

function expect(actual, wanted) {
  if (actual !== wanted) throw new Error(`got ${actual} instead of ${wanted}`)
}

async function until(what, ask) {
  const deadline = Date.now() + WAIT_MS
  while (!(await ask())) {
    if (Date.now() > deadline) throw new Error(`waited for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

function connected() {
  const client = new ZooKeeper({ connect: hosts, timeout: 8000, debug_level: 1, host_order_deterministic: false })
  return new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error('not connected')), WAIT_MS).unref()
    client.once('connect', () => resolve(client))
    client.init({})
  })
}

async function basics(client) {
  expect(await client.create(root, 'one', 0), root)
  const [stat, data] = await client.get(root, false)
  expect(data.toString(), 'one')
  expect(stat.version, 0)
  expect((await client.set(root, 'two', 0)).version, 1)
  expect(
    await client.create(`${root}/s-`, '', constants.ZOO_EPHEMERAL | constants.ZOO_SEQUENCE),
    `${root}/s-0000000000`,
  )
  expect((await client.get_children(root, false)).join(), 's-0000000000')
  const error = await client.set(root, 'x', 7).then(
    () => 'no error',
    () => 'an error',
  )
  expect(error, 'an error')
}

async function watches(client) {
  let fired = 0
  await client.w_get(root, () => {
    fired += 1
  })
  await client.set(root, 'changed', -1)
  await until('the event', () => fired === 1)
}

async function leaderKilled(client) {
  await client.create(`${root}/mine`, '', constants.ZOO_EPHEMERAL)
  const session = client.client_id
  console.log('KILL')
  expect((await lines.next()).value, 'killed')
  await until('a write after the leader died', async () => {
    return await client.set(`${root}/mine`, 'after', -1).then(
      () => true,
      () => false,
    )
  })
  expect(client.client_id, session)
  expect((await client.get(`${root}/mine`, false))[1].toString(), 'after')
}

const client = await connected()
for (const [name, test] of Object.entries({ basics, watches, leaderKilled })) {
  try {
    await test(client)
    console.log(`RESULT ${name} ok`)
  } catch (error) {
    console.log(`RESULT ${name} FAILED ${error}`)
  }
}
console.log('DONE')
process.exit(0)
