// What waits for one observer: events as JSON text, bounded in bytes. Beyond the bound events are dropped
// and counted, and the observer is told how many, so that its totals stay exact.

/** For one observer. */
export const EVENT_QUEUE_BYTES_MAX = 8 * 1024 * 1024

export interface EventQueue {
  push(eventJson: string): void
  /** A JSON array of all that waits, or null when nothing does. `droppedEvent` is put behind what was kept. */
  take(droppedEvent: (count: number) => string): string | null
}

export function createEventQueue(bytesMax: number = EVENT_QUEUE_BYTES_MAX): EventQueue {
  let waiting: string[] = []
  let bytes = 0
  let dropped = 0
  return {
    push(eventJson) {
      if (dropped > 0 || bytes + eventJson.length > bytesMax) {
        dropped += 1
        return
      }
      waiting.push(eventJson)
      bytes += eventJson.length + 1
    },
    take(droppedEvent) {
      if (dropped > 0) waiting.push(droppedEvent(dropped))
      if (waiting.length === 0) return null
      const text = `[${waiting.join(',')}]`
      waiting = []
      bytes = 0
      dropped = 0
      return text
    },
  }
}
