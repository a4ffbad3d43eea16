// The npm client `node-zookeeper-client` (pure JavaScript) against an ensemble: reads, writes, watches, ephemerals,
// a transaction, and the leader's death. Run in a folder where the package is installed.

import { createInterface } from 'node:readline'
import zookeeper from 'node-zookeeper-client'

const [hosts] = process.argv.slice(2)
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
const WAIT_MS = 40_000
const root = `/npm-${process.pid}-${Date.now()}`

function expect(actual, wanted) {
  if (actual !== wanted) throw new Error(`got ${actual} instead of ${wanted}`)
}

function connected(sessionTimeout = 8000) {
  const client = zookeeper.createClient(hosts, { sessionTimeout, retries: 20, spinDelay: 200 })
  return new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error('not connected')), WAIT_MS).unref()
    client.once('connected', () => resolve(client))
    client.connect()
  })
}

/** Calls a method whose last parameter is a callback. */
function call(client, method, ...args) {
  return new Promise((resolve, reject) => {
    client[method](...args, (error, ...results) => (error ? reject(error) : resolve(results)))
  })
}

async function killLeader() {
  console.log('KILL')
  expect((await lines.next()).value, 'killed')
}

async function until(what, ask) {
  const deadline = Date.now() + WAIT_MS
  while (!(await ask())) {
    if (Date.now() > deadline) throw new Error(`waited for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

async function basics(client) {
  const { EPHEMERAL_SEQUENTIAL } = zookeeper.CreateMode
  expect((await call(client, 'create', root, Buffer.from('one')))[0], root)
  const [data, stat] = await call(client, 'getData', root)
  expect(data.toString(), 'one')
  expect(stat.version, 0)
  expect((await call(client, 'setData', root, Buffer.from('two'), 0))[0].version, 1)
  await call(client, 'mkdirp', `${root}/a/b`)
  expect((await call(client, 'create', `${root}/s-`, EPHEMERAL_SEQUENTIAL))[0], `${root}/s-0000000001`)
  expect((await call(client, 'getChildren', root))[0].sort().join(), 'a,s-0000000001')
  const error = await call(client, 'setData', root, Buffer.from('x'), 7).catch((reason) => reason)
  expect(error.getCode(), zookeeper.Exception.BAD_VERSION)
}

async function watches(client) {
  const events = []
  await call(client, 'exists', `${root}/later`, (event) => events.push(event.toString()))
  await call(client, 'create', `${root}/later`)
  await until('the event', () => events.length === 1)
  expect(/NODE_CREATED/.test(events[0]), true)
}

async function transaction(client) {
  const commit = () =>
    new Promise((resolve, reject) => {
      client
        .transaction()
        .create(`${root}/t`, Buffer.from('1'))
        .setData(`${root}/t`, Buffer.from('2'), -1)
        .check(`${root}/t`)
        .commit((error, results) => (error ? reject(error) : resolve(results)))
    })
  expect((await commit()).length, 3)
  expect((await call(client, 'getData', `${root}/t`))[0].toString(), '2')
}

async function leaderKilled(client) {
  const { EPHEMERAL } = zookeeper.CreateMode
  await call(client, 'create', `${root}/mine`, EPHEMERAL)
  const session = client.getSessionId().toString('hex')
  await killLeader()
  let data = null
  await until('a write after the leader died', async () => {
    data = await call(client, 'setData', `${root}/mine`, Buffer.from('after'), -1).catch(() => null)
    return data !== null
  })
  expect(client.getSessionId().toString('hex'), session)
  expect((await call(client, 'getData', `${root}/mine`))[0].toString(), 'after')
}

const client = await connected()
for (const [name, test] of Object.entries({ basics, watches, transaction, leaderKilled })) {
  try {
    await test(client)
    console.log(`RESULT ${name} ok`)
  } catch (error) {
    console.log(`RESULT ${name} FAILED ${error}`)
  }
}
console.log('DONE')
process.exit(0)
