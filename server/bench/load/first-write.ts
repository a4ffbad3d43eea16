// When an ensemble that is just starting acknowledges its first write.

import { OPEN_ACL } from '#shared/zk/acl.ts'
import { ERROR_CODES } from '#shared/zk/errors.ts'
import type { FirstWrite } from './jobs.ts'
import { openRetrying, wallMs } from './retrying.ts'

const GIVE_UP_MS = 300_000
const PATH = '/first-write'
const NO_DATA = new Uint8Array(0)

/** Begins before the servers do. */
export async function firstWrite(ports: readonly number[]): Promise<FirstWrite> {
  const deadlineMs = performance.now() + GIVE_UP_MS
  for (;;) {
    try {
      const caller = await openRetrying(ports, 0, deadlineMs)
      const { err } = await caller.ask({ type: 'create', path: PATH, data: NO_DATA, acl: OPEN_ACL, flags: 0 })
      const atWallMs = wallMs()
      // One that is there from an earlier start was looked at by the leader all the same: an error is logged, too.
      if (err !== ERROR_CODES.OK && err !== ERROR_CODES.NODEEXISTS) throw new Error(`create failed with error ${err}`)
      await caller.close()
      return { atWallMs }
    } catch (error) {
      // The server may have gone back to an election with the write in its hands.
      if (performance.now() > deadlineMs) throw error
    }
  }
}
