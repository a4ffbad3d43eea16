// Frames of events for pages that are live: one for each set of views that somebody subscribed to, encoded once however
// many pages there are. Which page is too slow for them is sockets.ts's business.

import type { NumberedEvents } from '#shared/events/socket-protocol.ts'
import { DEFAULT_VIEWS, STREAM_VIEWS, type StreamView } from '#shared/events/subscription.ts'
import { framesViews, thinFrame } from './thin-frame.ts'

/** What of Socket.IO is used here. */
interface Broadcaster {
  to(room: string): { emit(name: 'events', frame: NumberedEvents): unknown }
}

interface Room {
  readonly name: string
  readonly views: ReadonlySet<StreamView>
  members: number
}

export class LiveFrames {
  readonly #io: Broadcaster
  readonly #prefix: string
  /** By name. At most one for each set of views; those without a page are gone. */
  readonly #rooms = new Map<string, Room>()
  /** By page. */
  readonly #joined = new Map<string, Room>()

  /** @param prefix of the rooms' names; no two of one broadcaster may be the same */
  constructor(io: Broadcaster, prefix = 'live') {
    this.#io = io
    this.#prefix = prefix
  }

  /** The room that `page` has to join; it leaves the one before. */
  enter(page: string, views: readonly StreamView[] = DEFAULT_VIEWS): string {
    this.leave(page)
    const wanted = STREAM_VIEWS.filter((view) => view === 'ensemble' || views.includes(view))
    const name = `${this.#prefix}:${wanted.join(',')}`
    const room = this.#rooms.get(name) ?? { name, views: new Set(wanted), members: 0 }
    room.members += 1
    this.#rooms.set(name, room)
    this.#joined.set(page, room)
    return name
  }

  /** The room that `page` has to leave; null when it is in none. */
  leave(page: string): string | null {
    const room = this.#joined.get(page)
    if (!room) return null
    this.#joined.delete(page)
    room.members -= 1
    if (room.members === 0) this.#rooms.delete(room.name)
    return room.name
  }

  send(frame: NumberedEvents): void {
    for (const { name, views } of this.#rooms.values()) this.#io.to(name).emit('events', thinFrame(frame, views))
  }

  /** What a page that catches up has missed, as far as it wants it. */
  missed(page: string, frame: NumberedEvents): NumberedEvents {
    const room = this.#joined.get(page)
    return room ? framesViews(frame, room.views) : frame
  }
}
