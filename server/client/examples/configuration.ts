// Dynamic configuration: services read a znode, and go by what it says from the moment it changes. A persistent watch
// tells of every change; after a lost connection it tells of a gap, and the answer to both is to read again.

import { ensurePath, retryOnLoss, ZooKeeper } from '../index.ts' // in your program: from 'zabscope/client'

const PATH = '/examples/configuration'

/** Calls `apply` with the present configuration, and with each later one, until the signal aborts. */
async function follow(zk: ZooKeeper, signal: AbortSignal, apply: (text: string) => void): Promise<void> {
  let applied = -1
  const read = async () => {
    const { data, stat } = await retryOnLoss(zk, () => zk.getData(PATH))
    if (stat.version === applied) return
    applied = stat.version
    apply(data?.toString() ?? '')
  }
  const changes = await zk.addWatch(PATH) // before the first read: nothing falls in between
  signal.addEventListener('abort', () => void changes.remove())
  const events = changes[Symbol.asyncIterator]()
  await read()
  while (!(await events.next()).done) await read()
}

export async function configuration(servers: string, print: (line: string) => void): Promise<void> {
  const admin = await ZooKeeper.connect({ servers })
  await ensurePath(admin, PATH)
  await admin.setData(PATH, JSON.stringify({ logLevel: 'info' }))

  const stop = new AbortController()
  const seen = new Map<string, string>()
  let onSeen = () => {}
  const clients = await Promise.all(Array.from({ length: 3 }, () => ZooKeeper.connect({ servers })))
  const services = clients.map((zk, i) =>
    follow(zk, stop.signal, (text) => {
      seen.set(`service-${i + 1}`, text)
      print(`service-${i + 1} goes by ${text}`)
      onSeen()
    }),
  )
  /** All services go by this. */
  const everywhere = (text: string) =>
    new Promise<void>((resolve) => {
      onSeen = () => {
        if (seen.size === services.length && [...seen.values()].every((one) => one === text)) resolve()
      }
      onSeen()
    })

  for (const logLevel of ['info', 'debug', 'warn']) {
    const text = JSON.stringify({ logLevel })
    print(`set to ${text}`)
    await admin.setData(PATH, text)
    await everywhere(text)
  }
  stop.abort()
  await Promise.all(services)
  await Promise.all([admin, ...clients].map((zk) => zk.close()))
}
