// A channel for each cluster that pages may look at, as long as it is there; and the list of them all, told to every page
// when it changes.

import type { Server } from 'socket.io'
import type { ClusterSummary } from '#shared/events/cluster-list.ts'
import type { ServerToClient } from '#shared/events/socket-protocol.ts'
import { Channel, type PageCluster } from './channel.ts'

/** Where pages find clusters. */
export interface PageClusters {
  /** The first of them is the one that pages look at which name none. */
  readonly all: readonly PageCluster[]
  summaries(): readonly ClusterSummary[]
  /** Called when one has come or gone. Returns how to stop. */
  onChange(listener: () => void): () => void
}

export class Channels {
  readonly #io: Server<object, ServerToClient>
  readonly #clusters: PageClusters
  readonly #byCluster = new Map<PageCluster, Channel>()
  readonly #stop: () => void
  #told = ''

  constructor(io: Server<object, ServerToClient>, clusters: PageClusters) {
    this.#io = io
    this.#clusters = clusters
    this.#renew()
    this.#stop = clusters.onChange(() => {
      this.#renew()
      this.tellList()
    })
  }

  get first(): Channel {
    const [first] = this.#byCluster.values()
    if (!first) throw new Error('a gateway has at least one cluster')
    return first
  }

  find(id: string): Channel | null {
    return [...this.#byCluster.values()].find(({ cluster }) => cluster.id === id) ?? null
  }

  flush(): void {
    for (const channel of this.#byCluster.values()) channel.flush()
  }

  tellLoads(): void {
    for (const channel of this.#byCluster.values()) channel.tellLoad()
  }

  /** To every page, whatever it looks at, when it is another one than before. */
  tellList(): void {
    const list = this.#clusters.summaries()
    const told = JSON.stringify(list)
    if (told === this.#told) return
    this.#told = told
    this.#io.emit('clusters', list)
  }

  summaries(): readonly ClusterSummary[] {
    return this.#clusters.summaries()
  }

  close(): void {
    this.#stop()
  }

  #renew(): void {
    const { all } = this.#clusters
    for (const cluster of all)
      if (!this.#byCluster.has(cluster)) this.#byCluster.set(cluster, new Channel(this.#io, cluster))
    for (const [cluster, channel] of [...this.#byCluster]) {
      if (all.includes(cluster)) continue
      this.#byCluster.delete(cluster)
      // They say hello again, and are shown another cluster.
      for (const follower of channel.followers) follower.fallBehind()
    }
  }
}
