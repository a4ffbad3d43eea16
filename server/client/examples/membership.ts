// Cluster membership: a member is an ephemeral znode, so the list of members is the list of children. Who leaves is gone
// at once; who crashes is gone when its session has expired, which is what the session timeout means.

import { ensurePath, ZooKeeper } from '../index.ts' // in your program: from 'zabscope/client'

const DIR = '/examples/members'
const SESSION_TIMEOUT_MS = 2000

/** Joins as `address`. The member stays as long as the session does; close the client to leave. */
async function join(servers: string, address: string): Promise<ZooKeeper> {
  const zk = await ZooKeeper.connect({ servers, sessionTimeoutMs: SESSION_TIMEOUT_MS })
  await zk.create(`${DIR}/${address}`, JSON.stringify({ since: new Date().toISOString() }), { mode: 'ephemeral' })
  return zk
}

/** Calls `onMembers` with the members, and again whenever one has come or gone. */
async function watchMembers(zk: ZooKeeper, onMembers: (members: readonly string[]) => void): Promise<void> {
  const changes = await zk.addWatch(DIR)
  const events = changes[Symbol.asyncIterator]()
  do onMembers([...(await zk.getChildren(DIR)).children].sort())
  while (!(await events.next()).done)
}

export async function membership(servers: string, print: (line: string) => void): Promise<void> {
  const observer = await ZooKeeper.connect({ servers })
  await ensurePath(observer, DIR)
  let members: readonly string[] = []
  let onChange = () => {}
  const watching = watchMembers(observer, (now) => {
    members = now
    print(`members: ${now.join(', ') || 'none'}`)
    onChange()
  })
  const until = (count: number) =>
    new Promise<void>((resolve) => {
      onChange = () => {
        if (members.length === count) resolve()
      }
      onChange()
    })

  const a = await join(servers, 'a.example:8080')
  const b = await join(servers, 'b.example:8080')
  await join(servers, 'c.example:8080').then((c) => c.close())
  await until(2)

  print('a leaves')
  await a.close()
  await until(1)

  print('b crashes')
  const crashedAt = performance.now()
  b.dropConnection() // and then, without a word, it is closed: to the servers it is as if its machine had died
  await b.close()
  await until(0)
  print(
    `b was gone after ${Math.round(performance.now() - crashedAt)} ms; its session timeout was ${b.sessionTimeoutMs} ms`,
  )

  await observer.close()
  await watching
}
