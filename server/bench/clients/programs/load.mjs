// One client library under load, in a process of its own: keeps so many requests in flight for so long, as often as the
// parent process asks. Which library is named on the command line; npm's are found in the folder this file is copied to.

const [library, servers, ours] = process.argv.slice(2)
const PATH = '/bench-clients'
const DATA = Buffer.alloc(100, 'x')
const SESSION_TIMEOUT_MS = 30_000

/** Each gives get(done) and set(done); `done` takes an error, or nothing. As a user of the library would call it. */
const LIBRARIES = {
  async ours() {
    const { ZooKeeper } = await import(ours)
    const zk = await ZooKeeper.connect({ servers, sessionTimeoutMs: SESSION_TIMEOUT_MS })
    await zk.create(PATH, DATA).catch(() => undefined)
    return {
      get: (done) => zk.getData(PATH).then(({ data }) => done(data.length === DATA.length ? undefined : data), done),
      set: (done) => zk.setData(PATH, DATA).then(() => done(), done),
    }
  },

  async 'node-zookeeper-client'() {
    const { default: zookeeper } = await import('node-zookeeper-client')
    const client = zookeeper.createClient(servers, { sessionTimeout: SESSION_TIMEOUT_MS })
    await new Promise((resolve) => {
      client.once('connected', resolve)
      client.connect()
    })
    await new Promise((resolve) => client.create(PATH, DATA, resolve))
    return {
      get: (done) =>
        client.getData(PATH, (error, data) => done(error ?? (data.length === DATA.length ? undefined : data))),
      set: (done) => client.setData(PATH, DATA, -1, (error) => done(error ?? undefined)),
    }
  },

  async zookeeper() {
    const { default: ZooKeeper } = await import('zookeeper')
    const options = { connect: servers, timeout: SESSION_TIMEOUT_MS, debug_level: 1, host_order_deterministic: false }
    const client = new ZooKeeper(options)
    await new Promise((resolve, reject) => client.connect(options, (error) => (error ? reject(error) : resolve())))
    await new Promise((resolve) => client.a_create(PATH, DATA, 0, resolve))
    return {
      get: (done) =>
        client.a_get(PATH, false, (rc, error, _stat, data) => {
          done(rc === 0 && data.length === DATA.length ? undefined : (error ?? data))
        }),
      set: (done) => client.a_set(PATH, DATA, -1, (rc, error) => done(rc === 0 ? undefined : error)),
    }
  },
}

/** Resolves with the operations done and the milliseconds that they took, and ends at `count` or after `ms`. */
function load(operation, outstanding, count, ms) {
  return new Promise((resolve, reject) => {
    const startedAt = performance.now()
    let started = 0
    let finished = 0
    let now = startedAt
    const lane = (error) => {
      if (error !== undefined) return reject(error instanceof Error ? error : new Error(String(error)))
      finished += 1
      // The clock is asked rarely: it is not what is measured.
      if (finished % 64 === 0 || outstanding === 1) now = performance.now()
      if (started < count && now - startedAt < ms) {
        started += 1
        operation(lane)
      } else if (finished === started) {
        resolve({ operations: finished, ms: performance.now() - startedAt })
      }
    }
    for (let i = 0; i < outstanding; i += 1) {
      started += 1
      operation(lane)
    }
  })
}

function heapMib() {
  globalThis.gc?.()
  const { heapUsed, external } = process.memoryUsage()
  return (heapUsed + external) / 2 ** 20
}

const client = await LIBRARIES[library]()
process.on('message', async ({ operation, outstanding, count, ms }) => {
  try {
    const before = process.cpuUsage()
    const done = await load(client[operation], outstanding, count, ms)
    const { user, system } = process.cpuUsage(before)
    process.send({ ...done, cpuMs: (user + system) / 1000, heapMib: heapMib() })
  } catch (error) {
    process.send({ error: String(error?.stack ?? error) })
  }
})
process.on('disconnect', () => process.exit(0))
process.send({ ready: true })
