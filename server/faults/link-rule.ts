// What can be wrong with one direction of a connection, as data that may come from outside. TCP hides what is lost:
// what a network drops arrives later, or the connection ends. Who sets rules, and for how long, is the caller's business.

import { err, ok, type Result } from '#shared/base/result.ts'

/**
 * cut: nothing arrives, not even the end of the connection; what was sent meanwhile arrives when the rule ends.
 * delay: everything takes `ms` longer, and up to `jitterMs` more; it stays in order. loss: so many of a hundred chunks
 * are lost on the way and sent again, as TCP does it: after 200 ms, 400 ms, 800 ms … throttle: as from a slow line.
 * heavyTail: as a busy network: usually about `ms`, for one of a hundred some twenty times that, never more than `maxMs`.
 * hold: each message waits until somebody lets it go, one by one or all; the end of the rule lets them all go.
 * duplicate, reorder: so many of a hundred messages come twice, or behind the next one. TCP does not let that happen
 * to bytes, so it happens to whole messages, where each is one for itself (votes), and to nothing else.
 */
export type LinkRule =
  | { readonly type: 'cut' }
  | { readonly type: 'delay'; readonly ms: number; readonly jitterMs: number }
  | { readonly type: 'heavyTail'; readonly ms: number; readonly maxMs: number }
  | { readonly type: 'hold' }
  | { readonly type: 'loss'; readonly percent: number }
  | { readonly type: 'throttle'; readonly bytesPerSecond: number }
  | { readonly type: 'duplicate'; readonly percent: number }
  | { readonly type: 'reorder'; readonly percent: number }

export const LINK_DELAY_MS_MAX = 600_000
export const LINK_RATE_MAX = 2 ** 30
/** All lost would be a cut by another name. */
export const LOSS_PERCENT_MAX = 90
/** Before what was lost is sent again for the first time; doubled for each further time. Source: RFC 6298, Linux's minimum. */
export const RETRANSMIT_MS = 200
const RETRANSMITS_MAX = 6

/** Of the Pareto distribution of a heavy tail: below 2 its variance is infinite, as measured of real networks. */
const TAIL_INDEX = 1.5

/** Rules about messages, not bytes. */
export const MESSAGE_RULES: readonly LinkRule['type'][] = ['duplicate', 'reorder']

/** The error is a sentence. */
export function parseLinkRule(value: unknown): Result<LinkRule, string> {
  if (typeof value !== 'object' || value === null || !('type' in value))
    return err('a link rule is an object with a type')
  switch (value.type) {
    case 'cut':
    case 'hold':
      return ok({ type: value.type })
    case 'delay': {
      const ms = 'ms' in value ? value.ms : undefined
      const jitterMs = 'jitterMs' in value ? value.jitterMs : 0
      if (isWhole(ms, 0, LINK_DELAY_MS_MAX) && isWhole(jitterMs, 0, LINK_DELAY_MS_MAX))
        return ok({ type: 'delay', ms, jitterMs })
      return err(`delay: ms and jitterMs are whole numbers from 0 to ${LINK_DELAY_MS_MAX}`)
    }
    case 'heavyTail': {
      const ms = 'ms' in value ? value.ms : undefined
      const maxMs = 'maxMs' in value ? value.maxMs : undefined
      if (isWhole(ms, 1, LINK_DELAY_MS_MAX) && isWhole(maxMs, 1, LINK_DELAY_MS_MAX) && maxMs >= ms)
        return ok({ type: 'heavyTail', ms, maxMs })
      return err(`heavyTail: ms and maxMs are whole numbers from 1 to ${LINK_DELAY_MS_MAX}, maxMs not below ms`)
    }
    case 'loss': {
      const percent = 'percent' in value ? value.percent : undefined
      if (isWhole(percent, 1, LOSS_PERCENT_MAX)) return ok({ type: 'loss', percent })
      return err(`loss: percent is a whole number from 1 to ${LOSS_PERCENT_MAX}; cut loses everything`)
    }
    case 'throttle': {
      const bytesPerSecond = 'bytesPerSecond' in value ? value.bytesPerSecond : undefined
      if (isWhole(bytesPerSecond, 1, LINK_RATE_MAX)) return ok({ type: 'throttle', bytesPerSecond })
      return err(`throttle: bytesPerSecond is a whole number from 1 to ${LINK_RATE_MAX}`)
    }
    case 'duplicate':
    case 'reorder': {
      const percent = 'percent' in value ? value.percent : undefined
      if (isWhole(percent, 1, 100)) return ok({ type: value.type, percent })
      return err(`${value.type}: percent is a whole number from 1 to 100`)
    }
    default:
      return err('the type of a link rule is cut, delay, heavyTail, hold, loss, throttle, duplicate or reorder')
  }
}

function isWhole(value: unknown, min: number, max: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max
}

/** Milliseconds from now until `bytes` bytes have arrived, if nothing is before them; infinite while cut or held. */
export function transitMs(rule: LinkRule, bytes: number, random: () => number): number {
  switch (rule.type) {
    case 'cut':
    case 'hold':
      return Number.POSITIVE_INFINITY
    case 'delay':
      return rule.ms + random() * rule.jitterMs
    case 'heavyTail':
      // By the inverse of the distribution; 1 − random() is never 0.
      return Math.min(rule.maxMs, rule.ms * (1 - random()) ** (-1 / TAIL_INDEX))
    case 'loss': {
      let ms = 0
      for (let i = 0; i < RETRANSMITS_MAX && random() * 100 < rule.percent; i += 1) ms += RETRANSMIT_MS * 2 ** i
      return ms
    }
    case 'throttle':
      return (bytes * 1000) / rule.bytesPerSecond
    case 'duplicate':
    case 'reorder':
      return 0
  }
}

/** Behind it nothing is heard, not even the end of a connection. */
export function isSilent(rule: LinkRule | null): boolean {
  return rule?.type === 'cut' || rule?.type === 'hold'
}
