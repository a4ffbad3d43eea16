// From when a leader proposed to when a quorum had acknowledged: joins the two events, which come in order from one and
// the same stream.

import { compareZxidText, epochText } from '#shared/events/zxid-text.ts'

/** Rounds that wait for their quorum; the oldest are not measured beyond that. */
const OPEN_MAX = 20_000

export class RoundTimes {
  #open: { readonly zxid: string; readonly t: number }[] = []
  #from = 0

  proposed(zxid: string, t: number): void {
    this.#open.push({ zxid, t })
    if (this.#open.length - this.#from > OPEN_MAX) this.#from += 1
  }

  /** How long each round took that this quorum decided. Those of an epoch that is over were never decided. */
  decided(zxid: string, t: number): number[] {
    const epoch = epochText(zxid)
    const took: number[] = []
    for (;;) {
      const next = this.#open[this.#from]
      if (!next || compareZxidText(next.zxid, zxid) > 0) break
      this.#from += 1
      if (epochText(next.zxid) === epoch) took.push(t - next.t)
    }
    if (this.#from > OPEN_MAX || this.#from === this.#open.length) {
      this.#open = this.#open.slice(this.#from)
      this.#from = 0
    }
    return took
  }
}
