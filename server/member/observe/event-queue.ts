// What waits for one observer: encoded frames, bounded in bytes. Beyond the bound whole frames are dropped and their
// events counted, and the observer is told how many, so that its totals stay exact.

/** For one observer. */
export const EVENT_QUEUE_BYTES_MAX = 8 * 1024 * 1024

export interface EventQueue {
  /** `frame` holds `count` events. */
  push(frame: Uint8Array, count: number): void
  /** All that waits, oldest first; `droppedFrame` makes the frame that tells how many events were dropped behind them. */
  take(droppedFrame: (count: number) => Uint8Array): readonly Uint8Array[]
}

export function createEventQueue(bytesMax: number = EVENT_QUEUE_BYTES_MAX): EventQueue {
  let waiting: Uint8Array[] = []
  let bytes = 0
  let dropped = 0
  return {
    push(frame, count) {
      if (dropped > 0 || bytes + frame.length > bytesMax) {
        dropped += count
        return
      }
      waiting.push(frame)
      bytes += frame.length
    },
    take(droppedFrame) {
      if (dropped > 0) waiting.push(droppedFrame(dropped))
      const taken = waiting
      waiting = []
      bytes = 0
      dropped = 0
      return taken
    },
  }
}
