// Work on data: registers, a counter raised by compare-and-set, money moved by multis, a queue, unique numbers.

import { chance, nextInt, pick } from '#shared/base/prng.ts'
import { utf8Decode } from '#shared/base/text.ts'
import { joinPath } from '#shared/zk/path.ts'
import { NoNodeError } from '../../client/errors.ts'
import { pause, type Work, type WorkingClient } from './client.ts'
import { CALLS_A_REGISTER, PATHS, REGISTERS } from './shared-work.ts'

/** Children of the queue and of the numbers beyond which clients rather take away. */
const CHILDREN_MAX = 60
/** Longer than a client waits for an answer that does not come. */
const READ_MS = 6000
const READ_EVERY_MS = 40

/** A register serves for so many calls; then another one takes its place, so that each history stays short. */
function registerOf({ prng, shared }: WorkingClient): string {
  const slot = nextInt(prng, REGISTERS)
  const calls = shared.registerCalls[slot] ?? 0
  shared.registerCalls[slot] = calls + 1
  return joinPath(PATHS.registers, `r${slot}-${Math.floor(calls / CALLS_A_REGISTER)}`)
}

export const writeRegister: Work = async (client) => {
  const { zk, prng } = client
  const path = registerOf(client)
  const version = chance(prng, 0.4) ? nextInt(prng, 30) : -1
  switch (nextInt(prng, 8)) {
    case 0:
      await zk.delete(path, version)
      return
    case 1:
    case 2:
      await zk.create(path, client.unique())
      return
    default:
      await zk.setData(path, client.unique(), version)
  }
}

/** The sync and the read leave together, so that nothing stands between them on the wire. */
export const readRegister: Work = async (client) => {
  const { zk, prng } = client
  const path = registerOf(client)
  const synced = chance(prng, 0.7) ? zk.sync(path) : null
  const read = chance(prng, 0.8) ? zk.getData(path) : zk.exists(path)
  await allOf([synced, read])
}

/** Only reads, each behind a sync: a client that waits for no write goes on at a leader that was deposed unawares. */
export const readForAWhile: Work = async (client) => {
  const { zk, stopping } = client
  for (const endMs = performance.now() + READ_MS; performance.now() < endMs && !stopping.aborted; ) {
    const path = registerOf(client)
    await allOf([zk.sync(path), zk.getData(path).catch(ignoreAbsence)])
    await pause(READ_EVERY_MS, stopping)
  }
}

function ignoreAbsence(error: unknown): void {
  if (!(error instanceof NoNodeError)) throw error
}

/** Several writes of one client on their way at once: their order is part of the promise. */
export const pipeline: Work = async (client) => {
  const path = registerOf(client)
  await allOf(
    Array.from({ length: 4 }, (_, i) => (i === 2 ? client.zk.getData(path) : client.zk.setData(path, client.unique()))),
  )
}

/** Waits for all, so that no rejection is left alone, then throws the first. */
async function allOf(calls: readonly (Promise<unknown> | null)[]): Promise<void> {
  const outcomes = await Promise.allSettled(calls)
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason
}

function numberIn(data: Uint8Array | null): number {
  return Number(utf8Decode(data ?? new Uint8Array(0)))
}

export const raiseCounter: Work = async ({ zk }) => {
  const { data, stat } = await zk.getData(PATHS.counter)
  await zk.setData(PATHS.counter, String(numberIn(data) + 1), stat.version)
}

export const moveMoney: Work = async ({ zk, prng }) => {
  const from = pick(prng, PATHS.accounts)
  const to = pick(
    prng,
    PATHS.accounts.filter((path) => path !== from),
  )
  const [a, b] = await Promise.all([zk.getData(from), zk.getData(to)])
  const amount = 1 + nextInt(prng, 50)
  await zk
    .transaction()
    .setData(from, String(numberIn(a.data) - amount), a.stat.version)
    .setData(to, String(numberIn(b.data) + amount), b.stat.version)
    .commit()
}

export const useQueue: Work = async (client) => {
  const { zk, prng } = client
  const { children } = await zk.getChildren(PATHS.queue)
  if (children.length === 0 || (children.length < CHILDREN_MAX && chance(prng, 0.5))) {
    await zk.create(joinPath(PATHS.queue, 'e-'), client.unique(), { mode: 'persistentSequential' })
    return
  }
  const [first = ''] = children.toSorted()
  await zk.delete(joinPath(PATHS.queue, first))
}

export const drawNumber: Work = async (client) => {
  const { zk } = client
  const { path } = await zk.create(joinPath(PATHS.ids, 'id-'), client.unique(), { mode: 'persistentSequential' })
  const { children } = await zk.getChildren(PATHS.ids)
  if (children.length > CHILDREN_MAX) await zk.delete(path)
}
