// What a scenario of the conformance suite is, and how it says what it expects. A scenario whose connection breaks is
// begun again in another directory; everything else that it does not expect is wrong.

import { isDeepStrictEqual } from 'node:util'
import type { ZooKeeper } from '../../client/zookeeper.ts'

export interface Context {
  /** The client under test, whose server is killed again and again. */
  readonly zk: ZooKeeper
  /** Another client of the same ensemble, which breaks as often. */
  readonly other: ZooKeeper
  /** Exists, is empty, and is nobody else's. */
  readonly dir: string
  /** The connect string. */
  readonly servers: string
}

export type Scenario = (context: Context) => Promise<void>

/** The answer is not what ZooKeeper's is. */
export class Wrong extends Error {
  override readonly name = 'Wrong'
}

/** The connection broke at a place where nothing can be said of what follows. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted'
}

export function expectEqual(actual: unknown, wanted: unknown, what: string): void {
  if (!isDeepStrictEqual(actual, wanted)) throw new Wrong(`${what}: got ${show(actual)} instead of ${show(wanted)}`)
}

type ErrorClass = abstract new (...args: never[]) => Error

/** Resolves with the error. One of a broken connection is thrown on. */
export async function expectError<E extends ErrorClass>(
  call: Promise<unknown>,
  wanted: E,
  what: string,
): Promise<InstanceType<E>> {
  let outcome: unknown
  try {
    await call
  } catch (error) {
    // The class was asked for: its instances are what it makes.
    if (error instanceof wanted) return error as InstanceType<E>
    outcome = error
  }
  if (outcome === undefined) throw new Wrong(`${what}: it did not fail, but ${wanted.name} was to be thrown`)
  if (outcome instanceof Error && outcome.name === 'ConnectionLossError') throw outcome
  throw new Wrong(`${what}: ${String(outcome)} instead of ${wanted.name}`)
}

const EVENT_TIMEOUT_MS = 20_000
const POLL_MS = 3

/** Waits for a condition that must come true; as long as a dead server and an election take. */
export async function eventually(holds: () => boolean, what: string): Promise<void> {
  const deadline = performance.now() + EVENT_TIMEOUT_MS
  while (!holds()) {
    if (performance.now() > deadline) throw new Wrong(`${what} did not come within ${EVENT_TIMEOUT_MS} ms`)
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
}

export function show(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) => (typeof item === 'bigint' ? `0x${item.toString(16)}` : item))
}
