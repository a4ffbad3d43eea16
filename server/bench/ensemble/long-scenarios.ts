// The scenarios that take minutes and have groups of their own: a million znodes, and a soak of idle sessions.

import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Contestant } from './contestant.ts'
import type { Round } from './results.ts'
import type { RunningEnsemble } from './running-ensemble.ts'
import { asRound, memoryFigures, startUntilWritten } from './scenarios.ts'
import type { Suite } from './suite.ts'

export const MILLION = 1_000_000
const BYTES = 100
/** At 5000 writes a second more than snapCount: every server writes at least one snapshot meanwhile. */
export const PROBE_SECONDS = 25
export const SOAK_SECONDS = 600
const SOAK_SESSIONS = 2000
const SOAK_WATCHES_EACH = 5

/** Creates a million, looks for pauses while snapshots are written, then kills all and starts all again. */
export async function measureMillion(
  { arena, generator, options, say }: Suite,
  contestant: Contestant,
): Promise<Round> {
  const ensemble = await arena.make(contestant)
  ensemble.start()
  await ensemble.ready()
  const fill = await generator.run({ type: 'fill', target: ensemble.target, count: MILLION, bytes: BYTES })
  const filled = memoryFigures(ensemble)
  say(`  million: ${contestant.name} is filled, ${Math.round(filled.residentMb)} MB resident`)
  await generator.run({ type: 'prepare', target: ensemble.target, sizes: [BYTES] })
  const before = snapshotsOf(ensemble)
  const measureMs = PROBE_SECONDS * 1000
  const probe = await generator.run({ type: 'probe', target: ensemble.target, measureMs, seed: options.seed })
  const snapshots = snapshotsOf(ensemble) - before
  await ensemble.kill()
  const restartMs = await startUntilWritten(generator, ensemble)
  await ensemble.ready()
  const restarted = memoryFigures(ensemble)
  await arena.remove(ensemble)
  const checks = {
    failed: fill.checks.failed + probe.checks.failed,
    examples: [...fill.checks.examples, ...probe.checks.examples],
    sampled: fill.checks.sampled,
  }
  return asRound('million', contestant.name, {
    opsPerSecond: fill.opsPerSecond,
    cpuMicroseconds: fill.cpuMicroseconds,
    residentMb: Math.max(filled.residentMb, restarted.residentMb),
    peakMb: filled.peakMb,
    restartMs,
    pauseMs: probe.pauseMs,
    p99Ms: probe.p99Ms,
    snapshots,
    unsent: probe.unsent,
    checks,
  })
}

/** 2000 idle sessions with 10,000 watches on every member. */
export async function measureSoak({ arena, generator, options }: Suite, contestant: Contestant): Promise<Round> {
  const ensemble = await arena.make(contestant)
  ensemble.start()
  await ensemble.ready()
  await generator.run({ type: 'prepare', target: ensemble.target, sizes: [BYTES] })
  const measureMs = (options.seconds ?? SOAK_SECONDS) * 1000
  const before = memoryFigures(ensemble)
  const soak = await generator.run({
    type: 'soak',
    target: ensemble.target,
    sessions: SOAK_SESSIONS,
    watchesEach: SOAK_WATCHES_EACH,
    measureMs,
  })
  const after = memoryFigures(ensemble)
  await arena.remove(ensemble)
  const memory = { startMb: before.residentMb, residentMb: after.residentMb, peakMb: after.peakMb }
  return asRound('idle', contestant.name, { ...soak, ...memory })
}

/** Snapshot files of all members. */
function snapshotsOf(ensemble: RunningEnsemble): number {
  const files = ensemble.places.flatMap(({ dir }) => readdirSync(join(dir, 'data/version-2')))
  return files.filter((name) => name.startsWith('snapshot.')).length
}
