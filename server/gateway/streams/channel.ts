// What the pages that look at one cluster are sent: frames of its events, and what `about` says of it. Which page looks at
// which cluster is sockets.ts's business.

import type { Server } from 'socket.io'
import type { About, ServerToClient } from '#shared/events/socket-protocol.ts'
import type { History } from '../history.ts'
import type { PageClient } from '../page-client.ts'
import { LiveFrames } from './live-frames.ts'

/** A cluster as far as pages follow it. */
export interface PageCluster {
  readonly id: string
  readonly history: History
  about(): About
  /** Lets go of what `client` held there. */
  forget(client: PageClient): void
}

/** A page as far as frames are sent to it. */
export interface Follower {
  readonly isSlow: boolean
  fallBehind(): void
}

export class Channel {
  readonly cluster: PageCluster
  readonly live: LiveFrames
  /** Where its live pages are, to be told what `about` says. */
  readonly room: string
  readonly #io: Pick<Server<object, ServerToClient>, 'to'>
  readonly #followers = new Set<Follower>()
  #sentSeq: number
  #toldLoad = ''

  constructor(io: Pick<Server<object, ServerToClient>, 'to'>, cluster: PageCluster) {
    this.#io = io
    this.cluster = cluster
    // By history and not by id: a cluster that is attached again is another one.
    this.room = `cluster:${cluster.history.id}`
    this.live = new LiveFrames(io, `live:${cluster.history.id}`)
    this.#sentSeq = cluster.history.lastSeq
  }

  join(follower: Follower): void {
    this.#followers.add(follower)
  }

  leave(follower: Follower): void {
    this.#followers.delete(follower)
  }

  get followers(): readonly Follower[] {
    return [...this.#followers]
  }

  /** Sends what is due. */
  flush(): void {
    const { history } = this.cluster
    if (history.lastSeq === this.#sentSeq) return
    const frame = history.since(this.#sentSeq)
    this.#sentSeq = history.lastSeq
    for (const follower of this.#followers) if (frame === null || follower.isSlow) follower.fallBehind()
    if (frame) this.live.send(frame)
  }

  tellAbout(): void {
    const about = this.cluster.about()
    this.#toldLoad = JSON.stringify(about.load)
    this.#io.to(this.room).emit('about', about)
  }

  /** When it has changed. */
  tellLoad(): void {
    if (JSON.stringify(this.cluster.about().load) !== this.#toldLoad) this.tellAbout()
  }
}
