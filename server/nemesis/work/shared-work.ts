// What all clients of a run share: the znodes that they work on, which register is in use, who believed when that it
// held which lock.

import type { Recipe } from '#shared/history/history.ts'
import type { ZooKeeper } from '../../client/zookeeper.ts'

export const ROOT = '/n'
export const PATHS = {
  registers: `${ROOT}/registers`,
  counter: `${ROOT}/counter`,
  queue: `${ROOT}/queue`,
  ids: `${ROOT}/ids`,
  latch: `${ROOT}/latch`,
  locks: [`${ROOT}/lock-a`, `${ROOT}/lock-b`],
  ephemerals: `${ROOT}/ephemerals`,
  accounts: [0, 1, 2, 3].map((i) => `${ROOT}/account-${i}`),
  watched: `${ROOT}/watched`,
} as const

export const ACCOUNT_START = 1000
export const BANK_SUM = PATHS.accounts.length * ACCOUNT_START

export const RECIPES: readonly Recipe[] = [
  { type: 'counter', path: PATHS.counter },
  { type: 'queue', path: PATHS.queue },
  { type: 'ids', path: PATHS.ids },
  { type: 'latch', path: PATHS.latch },
  ...PATHS.locks.map((path): Recipe => ({ type: 'lock', path })),
]

/** A client took itself for the holder of a lock, its session being good for all it knew, from then until then. */
export interface Belief {
  readonly lock: string
  readonly client: number
  /** The fencing token: the zxid that made the node. */
  readonly token: number
  readonly fromMs: number
  readonly untilMs: number
}

/** Registers in use at one time, and how many calls each gets: what a search for an order of them can bear. */
export const REGISTERS = 4
export const CALLS_A_REGISTER = 250

export interface Shared {
  readonly beliefs: Belief[]
  /** Calls on each register so far, all its successors together. */
  readonly registerCalls: number[]
}

export function createShared(): Shared {
  return { beliefs: [], registerCalls: Array.from({ length: REGISTERS }, () => 0) }
}

/** What is there before anything breaks. */
export async function createGround(zk: ZooKeeper): Promise<void> {
  for (const path of [ROOT, PATHS.registers, PATHS.queue, PATHS.ids, PATHS.ephemerals, PATHS.watched, ...PATHS.locks])
    await zk.create(path)
  await zk.create(PATHS.counter, '0')
  for (const path of PATHS.accounts) await zk.create(path, String(ACCOUNT_START))
}
