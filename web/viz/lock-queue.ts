// A lock's contenders as a queue: places, bars of time in line, and who waits for whom. Pure.

import { scaleLinear } from 'd3'
import type { LockContender, LockView } from '#shared/events/socket-protocol.ts'
import { baseName } from '#shared/zk/path.ts'

export interface QueueRow {
  readonly contender: LockContender
  /** 0 for holders, then 1, 2 … */
  readonly place: number
  readonly inLineMs: number
  /** Of the width: where its bar begins; all end at now. */
  readonly barFrom: number
  /** Of the width: from where on it has held; null when it waits, or when that was not seen. */
  readonly heldFrom: number | null
  readonly heldMs: number | null
  /** Row it waits for, when that is shown. */
  readonly waitsForRow: number | null
}

/** Holders first, then as they will come to their turn. `now` by the servers' clock. */
export function layoutQueue(lock: LockView, now: number): QueueRow[] {
  const ordered = [...lock.contenders].sort(
    (a, b) => Number(b.role === 'holder') - Number(a.role === 'holder') || a.sequence - b.sequence,
  )
  const oldest = Math.min(now - 1000, ...ordered.map((contender) => contender.sinceMs))
  const x = scaleLinear([oldest, now], [0, 1]).clamp(true)
  const rowOf = new Map(ordered.flatMap((c, i) => [[c.path, i] as const, [c.name, i] as const]))
  let place = 0
  return ordered.map((contender) => {
    if (contender.role === 'waiting') place += 1
    const awaited = contender.waitsFor
    const held = contender.heldSinceMs
    return {
      contender,
      place: contender.role === 'holder' ? 0 : place,
      inLineMs: Math.max(0, now - contender.sinceMs),
      barFrom: x(contender.sinceMs),
      heldFrom: held === null ? null : x(held),
      heldMs: held === null ? null : Math.max(0, now - held),
      waitsForRow: awaited === null ? null : (rowOf.get(awaited) ?? rowOf.get(baseName(awaited)) ?? null),
    }
  })
}

/** From `path` to whoever is not waiting for anybody: names in order, at most `max`, never round in circles. */
export function waitsForChain(lock: LockView, path: string, max: number): LockContender[] {
  const byName = new Map(lock.contenders.flatMap((c) => [[c.path, c] as const, [c.name, c] as const]))
  const chain: LockContender[] = []
  let at = byName.get(path)
  while (at && chain.length < max && !chain.includes(at)) {
    chain.push(at)
    at = at.waitsFor === null ? undefined : (byName.get(at.waitsFor) ?? byName.get(baseName(at.waitsFor)))
  }
  return chain
}
