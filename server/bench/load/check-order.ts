// What holds for every answer of a connection, whatever was asked: xids come back in the order sent, and the zxid
// never goes back.

const TWO_32 = 2 ** 32

export class OrderCheck {
  #zxid = 0

  /** What is wrong with the header at view[at], of an answer that should carry `xid`; or null. */
  wrong(view: DataView, at: number, xid: number): string | null {
    const got = view.getInt32(at)
    if (got !== xid) return `the answer to xid ${xid} was due, ${got} came`
    const zxid = view.getInt32(at + 4) * TWO_32 + view.getUint32(at + 8)
    // An answer may carry -1 where nothing was decided; it is no step back.
    if (zxid === -1) return null
    if (zxid < this.#zxid) return `zxid 0x${zxid.toString(16)} came after 0x${this.#zxid.toString(16)}`
    this.#zxid = zxid
    return null
  }
}
