// Sessions that do nothing but ping, each with some watches, for a long time. At the end every watch must still be
// there: each watched znode is set once, and every watcher must hear of it exactly once.

import { Caller } from './caller.ts'
import { Complaints } from './complaints.ts'
import { stampedData } from './frames.ts'
import type { Soak, Target } from './jobs.ts'
import { KEYS, keyPath, keyRoot } from './layout.ts'
import { startMeter } from './meter.ts'
import { portAt } from './prepare.ts'
import { Sitter } from './sitter.ts'

const BYTES = 100
const OPEN_AT_ONCE = 50
const PING_EVERY_MS = 10_000
const EVENTS_TIMEOUT_MS = 60_000
const POLL_MS = 50

export async function runSoak(target: Target, sessions: number, watchesEach: number, ms: number): Promise<Soak> {
  const complaints = new Complaints()
  const sitters: Sitter[] = []
  const total = sessions * target.ports.length
  try {
    for (let first = 0; first < total; first += OPEN_AT_ONCE) {
      const opening: Promise<void>[] = []
      for (let index = first; index < Math.min(first + OPEN_AT_ONCE, total); index += 1) {
        const paths = Array.from({ length: watchesEach }, (_, watch) => {
          const key = (index * watchesEach + watch) % KEYS
          return keyPath(keyRoot(BYTES), key)
        })
        const sitter = new Sitter(portAt(target.ports, index), paths, complaints)
        sitters.push(sitter)
        opening.push(sitter.ready)
      }
      await Promise.all(opening)
    }
    const meter = startMeter(target.pids)
    await pingUntil(sitters, performance.now() + ms)
    const usage = meter()
    const lost = sitters.filter(({ isOpen }) => !isOpen).length
    const writer = await Caller.open(portAt(target.ports, 0))
    await writer.askAll(
      KEYS,
      (key) => ({
        type: 'setData',
        path: keyPath(keyRoot(BYTES), key),
        data: stampedData(BYTES, key, 0),
        version: -1,
      }),
      ({ err }) => {
        if (err !== 0) complaints.add(`a write failed with error ${err}`)
      },
    )
    const due = total * watchesEach
    const events = (): number => sitters.reduce((sum, sitter) => sum + sitter.events, 0)
    const deadline = performance.now() + EVENTS_TIMEOUT_MS
    while (events() < due && performance.now() < deadline) await pause(POLL_MS)
    if (events() !== due) complaints.add(`${events()} events came for ${due} watches`)
    await writer.close()
    const pings = sitters.map((sitter) => sitter.slowestPingMs)
    return {
      sessions: total,
      lost,
      slowestPingMs: Math.max(...pings),
      cpuShare: usage.servers.reduce((sum, value) => sum + value, 0) / usage.seconds,
      generatorShare: usage.generatorShare,
      othersShare: usage.othersShare,
      checks: { failed: complaints.count, examples: complaints.examples, sampled: due },
    }
  } finally {
    for (const sitter of sitters) sitter.close()
  }
}

/** Spread evenly, so that the servers see a steady trickle as from clients that know nothing of each other. */
async function pingUntil(sitters: readonly Sitter[], endMs: number): Promise<void> {
  const startMs = performance.now()
  let sent = 0
  while (performance.now() < endMs) {
    const due = ((performance.now() - startMs) / PING_EVERY_MS) * sitters.length
    for (; sent < due; sent += 1) sitters[sent % sitters.length]?.ping()
    await pause(POLL_MS / 5)
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
