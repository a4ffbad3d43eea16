// What is going to be broken, when, and for how long: drawn from a seed before anything runs. Members are named by what
// they are at that moment (the leader, another one), so the same plan hits different processes in different runs.

import { chance, createPrng, nextInt, type Prng, pick } from '#shared/base/prng.ts'
import type { LinkRule } from '../faults/link-rule.ts'
import type { DiskRule } from '../storage/faulty-disk.ts'

export const FAULT_KINDS = ['kill', 'pause', 'link', 'disk', 'restart', 'clock'] as const
export type FaultKind = (typeof FAULT_KINDS)[number]

/** `pick` chooses among those whom the word fits. */
export interface Target {
  readonly who: 'leader' | 'other' | 'any'
  readonly pick: number
}

export type Action =
  /** SIGKILL, and started again after the fault's time; to several at once as a power cut does it. */
  | { readonly type: 'kill'; readonly at: Target }
  | { readonly type: 'killAll' }
  /** SIGTERM, then started again. */
  | { readonly type: 'restart'; readonly at: Target }
  /** One after the other, each once the one before serves again. */
  | { readonly type: 'rollingRestart' }
  | { readonly type: 'pause'; readonly at: Target }
  /** Between a member and all its peers. */
  | { readonly type: 'isolate'; readonly at: Target; readonly direction: Direction; readonly rule: LinkRule }
  /** Between two members, at the first one's end. */
  | {
      readonly type: 'link'
      readonly at: Target
      readonly peer: Target
      readonly direction: Direction
      readonly rule: LinkRule
    }
  | { readonly type: 'reset'; readonly at: Target }
  /** Between all clients and a member. */
  | { readonly type: 'clientLink'; readonly at: Target; readonly direction: Direction; readonly rule: LinkRule }
  | { readonly type: 'clientReset'; readonly at: Target }
  | { readonly type: 'disk'; readonly at: Target; readonly rule: DiskRule }
  | { readonly type: 'clock'; readonly at: Target; readonly offsetMs: number }
  | { readonly type: 'clockFreeze'; readonly at: Target }
  | { readonly type: 'clockJump'; readonly at: Target; readonly ms: number }
  /** Cut off from its peers while its clock stands still: a leader does not notice that it is none any more. */
  | { readonly type: 'unawares'; readonly at: Target }

export type Direction = 'in' | 'out' | 'both'

export interface PlannedFault {
  /** From the start of the faults. */
  readonly atMs: number
  readonly forMs: number
  readonly action: Action
}

const GAP_MS = { min: 300, max: 3500 }
const LENGTH_MS = { min: 400, max: 7000 }
/** Others must have elected, and clients that wait for the old leader in vain must have gone to the new one. */
const UNAWARES_MS_MIN = 5500
/** So often the next fault begins while this one still lasts. */
const OVERLAP = 0.35
/** More would be no plan. */
const FAULTS_MAX = 10_000

export function planFaults(seed: number, lengthMs: number, kinds: readonly FaultKind[]): PlannedFault[] {
  const prng = createPrng(seed)
  const plan: PlannedFault[] = []
  let atMs = GAP_MS.min
  while (plan.length < FAULTS_MAX) {
    const drawnMs = between(prng, LENGTH_MS)
    const action = drawAction(prng, pick(prng, kinds))
    const forMs = action.type === 'unawares' ? Math.max(drawnMs, UNAWARES_MS_MIN) : drawnMs
    if (atMs + forMs > lengthMs) return plan
    plan.push({ atMs, forMs, action })
    atMs += between(prng, GAP_MS) + (chance(prng, OVERLAP) ? 0 : forMs)
  }
  return plan
}

function between(prng: Prng, { min, max }: { readonly min: number; readonly max: number }): number {
  return min + nextInt(prng, max - min + 1)
}

function drawTarget(prng: Prng): Target {
  return { who: pick(prng, ['leader', 'other', 'any'] as const), pick: nextInt(prng, 1000) }
}

function drawAction(prng: Prng, kind: FaultKind): Action {
  const at = drawTarget(prng)
  switch (kind) {
    case 'kill':
      return chance(prng, 0.15) ? { type: 'killAll' } : { type: 'kill', at }
    case 'restart':
      return chance(prng, 0.2) ? { type: 'rollingRestart' } : { type: 'restart', at }
    case 'pause':
      return { type: 'pause', at }
    case 'link':
      return drawLink(prng, at)
    case 'disk':
      return { type: 'disk', at, rule: drawDisk(prng) }
    case 'clock':
      return drawClock(prng, at)
  }
}

function drawLink(prng: Prng, at: Target): Action {
  const direction = pick(prng, ['in', 'out', 'both', 'both'] as const)
  switch (nextInt(prng, 10)) {
    case 0:
      return { type: 'reset', at }
    case 1:
      return { type: 'clientReset', at }
    case 2:
    case 3:
    case 4:
      return { type: 'clientLink', at, direction, rule: drawRule(prng) }
    case 5:
      return { type: 'link', at, peer: drawTarget(prng), direction, rule: drawRule(prng) }
    default:
      return { type: 'isolate', at, direction, rule: drawRule(prng) }
  }
}

function drawRule(prng: Prng): LinkRule {
  switch (nextInt(prng, 5)) {
    case 0:
      return { type: 'delay', ms: nextInt(prng, 300), jitterMs: nextInt(prng, 400) }
    case 1:
      return { type: 'loss', percent: 5 + nextInt(prng, 40) }
    case 2:
      return { type: 'throttle', bytesPerSecond: 2_000 + nextInt(prng, 60_000) }
    default:
      return { type: 'cut' }
  }
}

function drawDisk(prng: Prng): DiskRule {
  switch (nextInt(prng, 6)) {
    case 0:
      return { type: 'failWrite' }
    case 1:
      return { type: 'failFlush' }
    case 2:
      return { type: 'full', freeBytes: nextInt(prng, 20_000) }
    case 3:
      return { type: 'stuck' }
    default:
      return { type: 'slow', delayMs: 5 + nextInt(prng, 400) }
  }
}

function drawClock(prng: Prng, at: Target): Action {
  switch (nextInt(prng, 6)) {
    case 0:
      return { type: 'clockFreeze', at }
    case 1:
      return { type: 'clockJump', at, ms: 100 + nextInt(prng, 10_000) }
    case 2:
    case 3:
      return { type: 'unawares', at: { ...at, who: 'leader' } }
    default:
      return { type: 'clock', at, offsetMs: nextInt(prng, 7_200_000) - 3_600_000 }
  }
}
