// A zxid as it is drawn: its epoch, which gives it its tint, and its counter.

import { counterOfText, epochText } from '#shared/events/zxid-text.ts'

export interface ZxidParts {
  /** `0x3` of `0x300000412`; `0x0` for epoch 0. */
  readonly epochHex: string
  /** Eight hex digits. */
  readonly counterHex: string
  readonly epoch: number
  readonly counter: number
  /** Epochs alternate two tints. */
  readonly tint: 0 | 1
}

/** Splits `0x…` text; null when it is none. */
export function zxidParts(zxid: string): ZxidParts | null {
  if (!/^0x[0-9a-f]{1,16}$/.test(zxid)) return null
  const epochHex = epochText(zxid) || '0'
  const epoch = Number.parseInt(epochHex, 16)
  const counter = counterOfText(zxid)
  return {
    epochHex: `0x${epochHex}`,
    counterHex: counter.toString(16).padStart(8, '0'),
    epoch,
    counter,
    tint: epoch % 2 === 0 ? 0 : 1,
  }
}
