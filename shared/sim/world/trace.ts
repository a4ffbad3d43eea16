// A run's fingerprint: every input of every core and what came of it, mixed into two 32-bit lanes by whole-number
// arithmetic alone, so that Node and every browser get the same. Two runs with the same one did the same things.

import type { PeerEffect, PeerInput } from '../../peer/contract.ts'

export interface Trace {
  low: number
  high: number
}

export function createTrace(): Trace {
  return { low: 0x9e3779b9 | 0, high: 0x7f4a7c15 | 0 }
}

export function mix(trace: Trace, value: number): void {
  trace.low = Math.imul(trace.low ^ value, 0x85ebca6b)
  trace.low ^= trace.low >>> 13
  trace.high = Math.imul((trace.high + trace.low) | 0, 0xc2b2ae35)
  trace.high ^= trace.high >>> 16
}

/** Whole numbers up to 2^53. */
export function mixLong(trace: Trace, value: number): void {
  mix(trace, value | 0)
  mix(trace, (value / 2 ** 32) | 0)
}

/** Sixteen hexadecimal digits. */
export function formatTrace(trace: Trace): string {
  const hex = (n: number): string => (n >>> 0).toString(16).padStart(8, '0')
  return hex(trace.high) + hex(trace.low)
}

function codeOf(word: string): number {
  return (word.charCodeAt(0) << 16) ^ (word.charCodeAt(word.length - 1) << 8) ^ word.length
}

/** One step of one core. */
export function mixStep(trace: Trace, nowUs: number, sid: number, input: PeerInput, effects: readonly PeerEffect[]) {
  mixLong(trace, nowUs)
  mix(trace, (sid << 16) ^ effects.length)
  mix(trace, codeOf(input.type === 'packet' ? input.packet.type : input.type))
  for (const effect of effects) {
    switch (effect.type) {
      case 'append':
      case 'applied':
        mixLong(trace, effect.entry.zxid)
        break
      case 'send':
        mix(trace, codeOf(effect.packet.type) ^ effect.link)
        break
      case 'reply':
        mixLong(trace, effect.zxid)
        mix(trace, effect.err ^ (effect.conn << 8) ^ effect.xid)
        break
      case 'saveEpoch':
        mix(trace, effect.epoch)
        break
      default:
        mix(trace, codeOf(effect.type))
    }
  }
}
