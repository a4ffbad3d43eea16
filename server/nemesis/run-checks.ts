// What only a run on real processes can be asked: who believed that it held a lock, what is left of ephemerals and
// sessions, whether money was made, whether what was acknowledged is in the chosen log. The rest is shared/history's.

import { utf8Decode } from '#shared/base/text.ts'
import type { Operation } from '#shared/history/history.ts'
import type { DataTree } from '#shared/tree/data-tree.ts'
import { dataOf } from '#shared/tree/node-data.ts'
import { ERROR_CODES as E } from '#shared/zk/errors.ts'
import { NO_SESSION } from '#shared/zk/ids.ts'
import { formatEpochCounter, type Zxid } from '#shared/zk/zxid.ts'
import { BANK_SUM, type Belief, PATHS } from './work/shared-work.ts'

/** As a violation of shared/history, for what has no place there. */
export interface Finding {
  readonly id: string
  readonly what: string
}

const FINDINGS_MAX = 20

/**
 * Two clients never both take themselves for the holder of a lock while both their sessions are good for all they
 * know, and who comes later has the higher fencing token.
 */
export function checkBeliefs(beliefs: readonly Belief[]): Finding[] {
  const found: Finding[] = []
  const byLock = new Map<string, Belief[]>()
  for (const belief of beliefs) byLock.set(belief.lock, [...(byLock.get(belief.lock) ?? []), belief])
  for (const [lock, list] of byLock) {
    let last: Belief | null = null
    for (const belief of list.toSorted((a, b) => a.fromMs - b.fromMs)) {
      if (last && belief.fromMs < last.untilMs)
        found.push({
          id: 'LOCK',
          what: `client ${belief.client} takes itself for the holder of ${lock} from ${belief.fromMs.toFixed(1)} ms on, client ${last.client} until ${last.untilMs.toFixed(1)} ms`,
        })
      else if (last && belief.token <= last.token)
        found.push({ id: 'LOCK', what: `client ${belief.client} holds ${lock} with a fencing token that is not new` })
      if (!last || belief.untilMs > last.untilMs) last = belief
    }
  }
  return found.slice(0, FINDINGS_MAX)
}

/** Everybody has gone: no session is left, and no node of one. */
export function checkLeftovers(sid: number, tree: DataTree): Finding[] {
  const found: Finding[] = []
  for (const id of tree.sessions.keys())
    found.push({ id: 'V-5', what: `member ${sid} still has session 0x${id.toString(16)}` })
  for (const [path, node] of tree.nodes)
    if (node.ephemeralOwner !== NO_SESSION)
      found.push({
        id: 'S-7',
        what: `member ${sid} still has the ephemeral ${path} of 0x${node.ephemeralOwner.toString(16)}`,
      })
  return found.slice(0, FINDINGS_MAX)
}

export function checkBank(sid: number, tree: DataTree): Finding[] {
  const sum = PATHS.accounts.reduce((all, path) => {
    const node = tree.nodes.get(path)
    return all + Number(utf8Decode((node && dataOf(node)) ?? new Uint8Array(0)))
  }, 0)
  return sum === BANK_SUM
    ? []
    : [{ id: 'T-7', what: `the accounts of member ${sid} add up to ${sum}, not ${BANK_SUM}` }]
}

const WRITES: ReadonlySet<string> = new Set(['create', 'create2', 'delete', 'setData', 'setACL', 'multi'])

/** A write that a client was told of is in the log that was chosen. */
export function checkAcknowledged(operations: readonly Operation[], chosen: ReadonlySet<Zxid>): Finding[] {
  const found: Finding[] = []
  for (const { client, request, err, zxid } of operations) {
    if (err !== E.OK || zxid === null || !WRITES.has(request.type) || chosen.has(zxid)) continue
    found.push({
      id: 'HC-10',
      what: `${request.type} of client ${client}, acknowledged as ${formatEpochCounter(zxid)}, is in no log`,
    })
    if (found.length >= FINDINGS_MAX) break
  }
  return found
}

/** Zxids of the writes that clients were told of. */
export function acknowledgedZxids(operations: readonly Operation[]): ReadonlySet<Zxid> {
  const zxids = new Set<Zxid>()
  for (const { request, err, zxid } of operations)
    if (err === E.OK && zxid !== null && WRITES.has(request.type)) zxids.add(zxid)
  return zxids
}
