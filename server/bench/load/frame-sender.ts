// Sends one frame again and again, each time with the next xid; never while its last one is unanswered, so it is
// written in place.

import { XID_AT } from './frames.ts'
import type { Wire } from './wire.ts'

export type FrameSender = () => void

export function createFrameSender(wire: Wire, frame: Buffer): FrameSender {
  let xid = 0
  return () => {
    xid += 1
    frame.writeInt32BE(xid, XID_AT)
    wire.write(frame)
  }
}
