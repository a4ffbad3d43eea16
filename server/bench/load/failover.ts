// A client writes, one request at a time; the leader is killed; how long until the next write is acknowledged, the
// client coming back with its session. No acknowledged write may be lost, nor the session.

import { OPEN_ACL } from '#shared/zk/acl.ts'
import type { Caller } from './caller.ts'
import { Complaints } from './complaints.ts'
import type { Failover, FailoverPlan } from './jobs.ts'
import { openRetrying } from './retrying.ts'

const PATH = '/failover'
const NO_DATA = new Uint8Array(0)
const GIVE_UP_MS = 60_000

export async function runFailover({ ports, leaderPid, clientIndex, steadyMs }: FailoverPlan): Promise<Failover> {
  const complaints = new Complaints()
  let caller = await openRetrying(ports, clientIndex, performance.now() + GIVE_UP_MS)
  await caller.ask({ type: 'create', path: PATH, data: NO_DATA, acl: OPEN_ACL, flags: 0 })
  const session = caller.session
  let acknowledged = await versionOf(caller)
  /** Sent, and the connection ended before an answer: such a write may have happened or not. */
  let unknown = 0
  const write = async (): Promise<void> => {
    const { err, body } = await caller.ask({ type: 'setData', path: PATH, data: NO_DATA, version: -1 })
    if (body.type !== 'stat') throw new Error(`a write failed with error ${err}`)
    const { version } = body.stat
    if (version <= acknowledged || version > acknowledged + 1 + unknown)
      complaints.add(`version ${version} after ${acknowledged} acknowledged and ${unknown} open writes`)
    acknowledged = version
    unknown = 0
  }
  const steadyEnd = performance.now() + steadyMs
  let longestMs = 0
  while (performance.now() < steadyEnd) {
    const startMs = performance.now()
    await write()
    longestMs = Math.max(longestMs, performance.now() - startMs)
  }
  const killedAtMs = performance.now()
  process.kill(leaderPid, 'SIGKILL')
  let attachedAtMs = killedAtMs
  let tries = clientIndex
  // A write may still get through with a follower that has not noticed; it counts only when made after the kill by
  // a leader, which the killed one cannot be any more.
  for (;;) {
    try {
      await write()
      break
    } catch (error) {
      unknown += 1
      if (performance.now() > killedAtMs + GIVE_UP_MS) throw error
      caller.drop()
      tries += 1
      caller = await openRetrying(ports, tries, killedAtMs + GIVE_UP_MS, () => session)
      attachedAtMs = performance.now()
      if (caller.session?.sessionId !== session?.sessionId) complaints.add('the session was not kept')
    }
  }
  const writtenAtMs = performance.now()
  await caller.ask({ type: 'sync', path: PATH })
  const version = await versionOf(caller)
  if (version < acknowledged) complaints.add(`version ${version} after an acknowledged ${acknowledged}`)
  await caller.close()
  return {
    failoverMs: writtenAtMs - killedAtMs,
    attachedMs: attachedAtMs - killedAtMs,
    longestBeforeMs: longestMs,
    checks: { failed: complaints.count, examples: complaints.examples, sampled: 1 },
  }
}

async function versionOf(caller: Caller): Promise<number> {
  const { err, body } = await caller.ask({ type: 'exists', path: PATH, watch: false })
  if (body.type !== 'stat') throw new Error(`${PATH} is not there (error ${err})`)
  return body.stat.version
}
