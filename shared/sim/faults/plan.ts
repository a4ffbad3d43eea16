// Draws a whole run from a seed: how large the ensemble is, how fast the world, what its clients do, and which
// faults come when. "Swarm": each class of faults may also be missing, so that others get room.
// Source: invariants.md §6.1 and §6.2.

import { chance, createPrng, nextInt, type Prng, pick } from '../../base/prng.ts'
import { asSid, type Sid } from '../../zk/ids.ts'
import type { ClientPlan, RunSpec } from '../run-spec.ts'
import type { Action, Endpoint, Target, Timed, WorldOptions } from '../world/contract.ts'
import { clientEnd, serverEnd } from '../world/links.ts'

export interface PlanLimits {
  /** Left out: drawn. */
  readonly voters?: number
  readonly observers?: number
  /** How long faults last, microseconds; left out: drawn. */
  readonly faultsEndUs?: number
}

/** Reconfigures now and then. */
const ADMIN: Partial<ClientPlan> = { identities: [{ scheme: 'super', id: '' }], reconfigs: 0.1, isImpostor: false }

const OWNERS = [[], [], [{ scheme: 'digest', id: 'ann:x' }], [{ scheme: 'digest', id: 'bob:y' }]] as const

export function planRun(seed: number, limits: PlanLimits = {}): RunSpec {
  const prng = createPrng(seed + 0x5eed)
  const voters = limits.voters ?? pick(prng, [1, 2, 3, 3, 3, 3, 3, 4, 5, 5, 5, 7])
  const observers = limits.observers ?? pick(prng, [0, 0, 0, 1, 2])
  const options = drawOptions(seed, voters, observers, prng)
  const clients: ClientPlan[] = []
  for (let n = 1 + nextInt(prng, 6); n > 0; n -= 1) clients.push(drawClient(prng))
  if (options.reconfigEnabled) clients.push({ ...drawClient(prng), ...ADMIN })
  const faultsEndUs = limits.faultsEndUs ?? 4_000_000 + nextInt(prng, 8_000_000)
  const sids = Array.from({ length: voters + observers }, (_, i) => asSid(i + 1))
  const faults = drawFaults(prng, sids, clients.length, faultsEndUs)
  return { options, clients, faults, faultsEndUs, core: options.reconfigEnabled ? sids : drawCore(prng, sids, voters) }
}

function drawOptions(seed: number, voters: number, observers: number, prng: Prng): WorldOptions {
  const delayMinUs = pick(prng, [50, 200, 1000, 5000])
  const flushMinUs = pick(prng, [50, 500, 3000])
  return {
    seed,
    voters,
    observers,
    delayMinUs,
    delayMaxUs: delayMinUs + pick(prng, [100, 2000, 10_000, 30_000]),
    flushMinUs,
    flushMaxUs: flushMinUs + pick(prng, [100, 2000, 20_000]),
    tickTimeMs: 200,
    initLimit: 10,
    syncLimit: 5,
    commitLogCount: 2 + nextInt(prng, 60),
    snapCount: 10 + nextInt(prng, 200),
    snapRetainCount: 1 + nextInt(prng, 3),
    reconfigEnabled: voters > 1 && chance(prng, 0.3),
    minSessionTimeoutMs: 400,
    maxSessionTimeoutMs: 4000,
  }
}

function drawClient(prng: Prng): ClientPlan {
  return {
    timeoutMs: 600 + nextInt(prng, 3000),
    pipeline: pick(prng, [1, 1, 3, 10]),
    thinkMaxUs: pick(prng, [1000, 20_000, 100_000]),
    operationsMax: 400,
    writes: pick(prng, [0.2, 0.5, 0.9]),
    registers: pick(prng, [2, 5, 10]),
    closes: chance(prng, 0.3),
    identities: pick(prng, OWNERS),
    roams: pick(prng, [0, 0, 0.02, 0.2]),
    isImpostor: chance(prng, 0.05),
    reconfigs: 0,
  }
}

/** The servers that must work again in the end: a random set that holds a quorum, more often all. */
function drawCore(prng: Prng, sids: readonly Sid[], voters: number): readonly Sid[] {
  if (chance(prng, 0.6)) return sids
  const shuffled = shuffle(prng, sids.slice(0, voters))
  const majority = Math.floor(voters / 2) + 1
  const extra = nextInt(prng, voters - majority + 1)
  return [...shuffled.slice(0, majority + extra), ...sids.slice(voters)].sort((a, b) => a - b)
}

function shuffle<T>(prng: Prng, items: readonly T[]): T[] {
  const result = [...items]
  for (let i = result.length - 1; i > 0; i -= 1) {
    const j = nextInt(prng, i + 1)
    const [a, b] = [result[i], result[j]]
    if (a !== undefined && b !== undefined) [result[i], result[j]] = [b, a]
  }
  return result
}

/** Each draws one fault and, where it must not last for ever, its end. */
type Draw = (prng: Prng, sids: readonly Sid[], clients: number, atUs: number) => Timed[]

function timed(atUs: number, action: Action): Timed {
  return { atUs, action }
}

function targetOf(prng: Prng, sids: readonly Sid[]): Target {
  return chance(prng, 0.35) ? 'leader' : pick(prng, sids)
}

/** Mostly short, sometimes long. */
function lasting(prng: Prng): number {
  return chance(prng, 0.7) ? nextInt(prng, 1_500_000) : nextInt(prng, 5_000_000)
}

const FAULTS: Readonly<Record<string, Draw>> = {
  crash: (prng, sids, _clients, atUs) => {
    const at = targetOf(prng, sids)
    const kept = pick(prng, [0, 1, nextInt(prng, 101) / 100])
    const middle = chance(prng, 0.5) ? { afterEffects: nextInt(prng, 6) } : {}
    const again = typeof at === 'number' ? [at] : sids
    return [
      timed(atUs, { type: 'crash', at, kept, ...middle }),
      ...again.map((sid) => timed(atUs + lasting(prng), { type: 'start', at: sid })),
    ]
  },
  crashAll: (prng, sids, _clients, atUs) => [
    ...sids.map((sid) => timed(atUs + nextInt(prng, 2000), { type: 'crash', at: sid, kept: nextInt(prng, 101) / 100 })),
    ...sids.map((sid) => timed(atUs + lasting(prng), { type: 'start', at: sid })),
  ],
  pause: (prng, sids, _clients, atUs) => [
    timed(atUs, { type: 'pause', at: targetOf(prng, sids), forUs: lasting(prng) }),
  ],
  partition: (prng, sids, _clients, atUs) => {
    const ends = shuffle(prng, sids).map(serverEnd)
    const bridge = ends.length > 2 && chance(prng, 0.2) ? 1 : 0
    const cutAt = 1 + nextInt(prng, Math.max(1, ends.length - bridge - 1))
    const [left, right] = [ends.slice(0, cutAt), ends.slice(cutAt + bridge)]
    return [timed(atUs, { type: 'partition', left, right }), ...healOneByOne(prng, left, right, atUs + lasting(prng))]
  },
  oneWay: (prng, sids, _clients, atUs) => {
    const [from, to] = [serverEnd(pick(prng, sids)), serverEnd(pick(prng, sids))]
    return [
      timed(atUs, { type: 'cut', from, to }),
      timed(atUs + lasting(prng), { type: 'heal', from, to, reset: chance(prng, 0.5) }),
    ]
  },
  reset: (prng, sids, _clients, atUs) => [
    timed(atUs, { type: 'reset', between: serverEnd(pick(prng, sids)), and: serverEnd(pick(prng, sids)) }),
  ],
  delay: (prng, sids, _clients, atUs) => {
    const [from, to] = [serverEnd(pick(prng, sids)), serverEnd(pick(prng, sids))]
    return [
      timed(atUs, { type: 'delay', from, to, extraUs: nextInt(prng, 400_000) }),
      timed(atUs + lasting(prng), { type: 'delay', from, to, extraUs: 0 }),
    ]
  },
  disk: (prng, sids, _clients, atUs) => {
    const at = targetOf(prng, sids)
    const mode = pick(prng, ['slow', 'slow', 'stuck', 'failing', 'full'] as const)
    const endUs = atUs + lasting(prng)
    const again = typeof at === 'number' ? [at] : sids
    return [
      timed(atUs, { type: 'disk', at, mode, extraUs: nextInt(prng, 300_000) }),
      ...again.map((sid) => timed(endUs, { type: 'disk', at: sid, mode: 'ok' as const, extraUs: 0 })),
      ...again.map((sid) => timed(endUs + nextInt(prng, 500_000), { type: 'start', at: sid })),
    ]
  },
  clock: (prng, sids, _clients, atUs) => {
    const at = targetOf(prng, sids)
    return chance(prng, 0.5)
      ? [timed(atUs, { type: 'jump', at, byMs: nextInt(prng, 20_000) - 10_000 })]
      : [timed(atUs, { type: 'drift', at, ppm: nextInt(prng, 100_000) - 50_000 })]
  },
  clientCut: (prng, sids, clients, atUs) => {
    const [from, to] = shuffle(prng, [clientEnd(nextInt(prng, clients)), serverEnd(pick(prng, sids))])
    if (!from || !to) return []
    return [
      timed(atUs, { type: 'cut', from, to }),
      timed(atUs + lasting(prng), { type: 'heal', from, to, reset: chance(prng, 0.5) }),
    ]
  },
  clientReset: (prng, sids, clients, atUs) => [
    timed(atUs, { type: 'reset', between: clientEnd(nextInt(prng, clients)), and: serverEnd(pick(prng, sids)) }),
  ],
  move: (prng, sids, clients, atUs) => [
    timed(atUs, { type: 'move', client: nextInt(prng, clients), to: pick(prng, sids) }),
  ],
}

/** "Swizzle": links come back in another order than they went. */
function healOneByOne(prng: Prng, left: readonly Endpoint[], right: readonly Endpoint[], fromUs: number): Timed[] {
  const pairs = left.flatMap((a) => right.flatMap((b) => [[a, b] as const, [b, a] as const]))
  const spreadUs = chance(prng, 0.5) ? 1 : 1_000_000
  return pairs.map(([from, to]) =>
    timed(fromUs + nextInt(prng, spreadUs), { type: 'heal', from, to, reset: chance(prng, 0.5) }),
  )
}

function drawFaults(prng: Prng, sids: readonly Sid[], clients: number, endUs: number): Timed[] {
  const classes = Object.values(FAULTS).filter(() => chance(prng, 0.5))
  const faults: Timed[] = []
  if (classes.length === 0) return faults
  const everyUs = pick(prng, [100_000, 300_000, 1_000_000])
  for (let atUs = 500_000; atUs < endUs; atUs += 1 + nextInt(prng, 2 * everyUs))
    faults.push(...pick(prng, classes)(prng, sids, clients, atUs))
  return faults.filter((fault) => fault.atUs < endUs).sort((a, b) => a.atUs - b.atUs)
}
