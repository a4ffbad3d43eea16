// An ensemble of both kinds under kill -9 while clients write: seeded, counted, and judged at the end.

import { chance, createPrng, nextInt, pick } from '#shared/base/prng.ts'
import { Ensemble } from '../harness/ensemble.ts'
import type { MemberKind, MemberProcess } from '../harness/member-process.ts'
import { delay, waitFor } from '../harness/wait-for.ts'
import { forceSync, SYNC_CONFIG, SYNC_PROPERTIES, type SyncMode } from './forced-syncs.ts'
import { type Verdict, verify } from './verify.ts'
import { Writer } from './writer.ts'

const WRITERS = 4
const DOWN_MS_MAX = 2000
const BETWEEN_KILLS_MS_MAX = 1500
const PROGRESS_TIMEOUT_MS = 60_000

export interface MixedOptions {
  /** How many of the three servers are ours. */
  readonly ours: 1 | 2
  readonly kills: number
  readonly seed: number
  /** Syncs to bring about before the kills. */
  readonly syncs: readonly { readonly mode: SyncMode; readonly from: MemberKind }[]
  readonly memberEntry: string
  readonly say: (line: string) => void
}

export const ALL_SYNCS: MixedOptions['syncs'] = (['DIFF', 'TRUNC', 'SNAP'] as const).flatMap((mode) => [
  { mode, from: 'ours' as const },
  { mode, from: 'apache' as const },
])

export interface MixedReport extends Verdict {
  readonly kills: Readonly<Record<string, number>>
  readonly syncs: readonly string[]
  /** From a kill to the next acknowledged write, ms. */
  readonly gapsMs: readonly number[]
}

/** The server that is ours has the highest id of all when there is one, the two lowest when there are two. */
function kindsOf(ours: 1 | 2): MemberKind[] {
  return ours === 1 ? ['apache', 'apache', 'ours'] : ['ours', 'ours', 'apache']
}

/** Rejects when the ensemble stops answering; anything else that is wrong is in the report. */
export async function runMixed(options: MixedOptions): Promise<MixedReport> {
  const { say, memberEntry, ours, seed } = options
  const ensemble = await Ensemble.start({
    kinds: kindsOf(ours),
    memberEntry,
    config: SYNC_CONFIG,
    properties: SYNC_PROPERTIES,
  })
  const ports = ensemble.members.map(({ plan }) => plan.clientPort)
  const writers = Array.from({ length: WRITERS }, (_, index) => new Writer(`w${index}`, ports, seed * 100 + index))
  try {
    await ensemble.whenServing()
    const syncs: string[] = []
    for (const [index, { mode, from }] of options.syncs.entries()) {
      const done = await forceSync(ensemble, mode, from, `sync-${index}`)
      say(`  ${done}`)
      syncs.push(done)
    }
    await ensemble.whenServing()
    for (const writer of writers) writer.start()
    const killed = await killAtRandom(ensemble, writers, options)
    await Promise.all(writers.map((writer) => writer.stop()))
    return { ...(await verify(ensemble, writers)), ...killed, syncs }
  } catch (error) {
    for (const member of ensemble.members) say(`--- ${member.name}\n${member.output.slice(-6000)}`)
    throw error
  } finally {
    await Promise.all(writers.map((writer) => writer.stop()))
    await ensemble.close()
  }
}

async function killAtRandom(ensemble: Ensemble, writers: readonly Writer[], options: MixedOptions) {
  const prng = createPrng(options.seed)
  const kills: Record<string, number> = { ours: 0, apache: 0, leader: 0, both: 0 }
  const gapsMs: number[] = []
  const count = (member: MemberProcess) => {
    kills[member.kind] = (kills[member.kind] ?? 0) + 1
  }
  await progress(writers)
  for (let done = 0; done < options.kills; ) {
    await delay(nextInt(prng, BETWEEN_KILLS_MS_MAX))
    const leader = await ensemble.leader()
    const victim = chance(prng, 0.4) ? leader : pick(prng, ensemble.members)
    const victims = [victim]
    // At times two at once: then nobody can serve until one is back.
    if (done + 1 < options.kills && chance(prng, 0.2))
      victims.push(
        pick(
          prng,
          ensemble.members.filter((member) => member !== victim),
        ),
      )
    const at = performance.now()
    await Promise.all(victims.map((member) => member.kill()))
    for (const member of victims) count(member)
    if (victims.includes(leader)) kills.leader = (kills.leader ?? 0) + 1
    if (victims.length > 1) kills.both = (kills.both ?? 0) + 1
    done += victims.length
    const downMs = nextInt(prng, DOWN_MS_MAX)
    if (victims.length === 1) {
      await progress(writers)
      gapsMs.push(Math.round(performance.now() - at))
    }
    await delay(downMs)
    for (const member of victims) member.start()
    await ensemble.whenServing()
    await progress(writers)
    options.say(
      `  kill ${done}: ${victims.map(({ name }) => name).join(' and ')}${victims.includes(leader) ? ', leading' : ''}`,
    )
  }
  return { kills, gapsMs }
}

/** Until some writer has been promised something new. */
async function progress(writers: readonly Writer[]): Promise<void> {
  const total = () => writers.reduce((sum, writer) => sum + writer.acknowledged, 0)
  const before = total()
  await waitFor('an acknowledged write', PROGRESS_TIMEOUT_MS, () => total() > before)
}
