// Stops a process of contenders at the worst moment: while one of them is inside. It believes that it holds the lock, and
// goes on believing when it runs again; meanwhile its session has expired.

import { setTimeout as delay } from 'node:timers/promises'
import { tryUtf8Decode } from '#shared/base/text.ts'
import { NoNodeError } from '../client/errors.ts'
import { retryOnLoss } from '../client/recipes/reconnect.ts'
import type { ZooKeeper } from '../client/zookeeper.ts'
import type { Contenders } from './contenders.ts'
import { INSIDE } from './layout.ts'

/** Holders stay for milliseconds; that one is caught takes some tries. */
const TRY_MS = 5000

/** Resolves after `forMs` stopped. False: nobody of it could be caught inside; it was stopped all the same. */
export async function stopHolder(zk: ZooKeeper, { names, child }: Contenders, forMs: number): Promise<boolean> {
  const deadline = performance.now() + TRY_MS
  let caught = false
  while (!caught && performance.now() < deadline) {
    if (!names.includes(await whoIsInside(zk))) continue
    child.kill('SIGSTOP')
    await zk.sync(INSIDE).catch(() => undefined) // what it had sent before is done then
    caught = names.includes(await whoIsInside(zk))
    if (!caught) child.kill('SIGCONT')
  }
  child.kill('SIGSTOP')
  await delay(forMs)
  child.kill('SIGCONT')
  return caught
}

/** Empty: nobody. */
async function whoIsInside(zk: ZooKeeper): Promise<string> {
  try {
    const { data } = await retryOnLoss(zk, () => zk.getData(INSIDE))
    return data === null ? '' : (tryUtf8Decode(data) ?? '')
  } catch (error) {
    if (error instanceof NoNodeError) return ''
    throw error
  }
}
