// What one connection does, a request at a time: the next frame, and what is wrong with an answer. How requests are
// sent and timed is loader.ts.

export interface Work {
  /** No frame is longer. */
  readonly frameBytesMax: number
  /** Writes the next request's frame, its length included, at into[at]; the xid is for the caller. Returns its bytes. */
  next(slot: number, into: Buffer, at: number): number
  /**
   * What is wrong with a successful answer view[at..end), header included, to the request that was last written for
   * `slot`; or null. Answers are shown in the order of the requests.
   */
  wrong(slot: number, view: DataView, at: number, end: number): string | null
}
