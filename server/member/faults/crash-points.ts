// Armed crash points: the process ends at one exact moment of the protocol, as if it had been killed there. Until one is
// armed the peer's step is only passed on. Moments between bytes and the disk are the disk's (storage/faulty-disk.ts).

import { err, ok, type Result } from '#shared/base/result.ts'
import type { PeerEffect, PeerInput } from '#shared/peer/contract.ts'
import type { Peer } from '#shared/peer/peer.ts'

/**
 * beforeProposal: a leader has decided on a txn, and no PROPOSAL has left. beforeFlush: of the next records nothing is on
 * disk. tornWrite: half of them is. afterFlush: they are on disk, and nobody has been told. beforeCommit: a leader has the
 * acks of a quorum, and no COMMIT has left. afterAck: a learner has acknowledged, and the COMMIT comes in vain.
 */
export const CRASH_POINTS = [
  'beforeProposal',
  'beforeFlush',
  'tornWrite',
  'afterFlush',
  'beforeCommit',
  'afterAck',
] as const
export type CrashPoint = (typeof CRASH_POINTS)[number]

/** The error is a sentence. */
export function parseCrashPoint(value: unknown): Result<CrashPoint, string> {
  const found = CRASH_POINTS.find((point) => point === value)
  return found === undefined ? err(`at is one of ${CRASH_POINTS.join(', ')}`) : ok(found)
}

type Step = (peer: Peer, input: PeerInput, out: PeerEffect[]) => void

export class CrashPoints {
  readonly #crash: (at: CrashPoint) => void
  #armed: CrashPoint | null = null

  /** `crash` ends the process, at once and without a word. */
  constructor(crash: (at: CrashPoint) => void) {
    this.#crash = crash
  }

  /** Null: none any more. */
  arm(point: CrashPoint | null): void {
    this.#armed = point
  }

  /** The peer's step, with a look at what comes and goes while a point is armed. */
  around(step: Step): Step {
    return (peer, input, out) => {
      const armed = this.#armed
      if (armed === null) return step(peer, input, out)
      if (armed === 'afterFlush' && input.type === 'persisted') return this.#crash(armed)
      if (armed === 'afterAck' && input.type === 'packet' && input.packet.type === 'COMMIT') return this.#crash(armed)
      const first = out.length
      step(peer, input, out)
      if (out.slice(first).some((effect) => isPoint(armed, effect))) this.#crash(armed)
    }
  }
}

function isPoint(armed: CrashPoint, effect: PeerEffect): boolean {
  if (effect.type !== 'send') return false
  const { type } = effect.packet
  if (armed === 'beforeProposal') return type === 'PROPOSAL'
  return armed === 'beforeCommit' && (type === 'COMMIT' || type === 'COMMITANDACTIVATE')
}
