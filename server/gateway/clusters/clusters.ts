// The clusters that one gateway holds side by side: the one that it was started with, and those that were attached since.
// Who asks names one by its id, or means the first.

import { CLUSTERS_MAX, type ClusterSummary } from '#shared/events/cluster-list.ts'
import { RequestError } from '../request-error.ts'
import type { ServedCluster } from './served-cluster.ts'

export class Clusters {
  readonly first: ServedCluster
  readonly #all = new Map<string, ServedCluster>()
  readonly #kept = new Set<string>()
  readonly #listeners = new Set<() => void>()

  constructor(first: ServedCluster) {
    this.first = first
    this.#all.set(first.id, first)
  }

  get all(): readonly ServedCluster[] {
    return [...this.#all.values()]
  }

  /** Left out: the first. Null: there is none of this id, or none any more. */
  find(id?: string): ServedCluster | null {
    return id === undefined ? this.first : (this.#all.get(id) ?? null)
  }

  /** Throws RequestError LIMIT when there can be no more. */
  checkRoom(): void {
    if (this.#all.size >= CLUSTERS_MAX)
      throw new RequestError('LIMIT', `There are ${CLUSTERS_MAX} clusters already. Detach one first.`)
  }

  /** Throws RequestError LIMIT; the id must be free. */
  add(served: ServedCluster, kept: boolean): void {
    this.checkRoom()
    this.#all.set(served.id, served)
    if (kept) this.#kept.add(served.id)
    this.#tell()
  }

  /** Throws RequestError when there is none of this id, or it is the first. */
  async remove(id: string): Promise<void> {
    const served = this.#all.get(id)
    if (!served) throw noSuchCluster(id)
    if (served === this.first)
      throw new RequestError(
        'WRONG_STATE',
        'The gateway was started with this cluster; it stays until the gateway ends.',
      )
    this.#all.delete(id)
    this.#kept.delete(id)
    this.#tell()
    await served.close()
  }

  summaries(): readonly ClusterSummary[] {
    return this.all.map((served) => ({
      ...served.summary(),
      first: served === this.first,
      kept: served === this.first || this.#kept.has(served.id),
    }))
  }

  /** Called when one has come or gone. Returns how to stop. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** All of them, the first last: it was there first. */
  async close(): Promise<void> {
    for (const served of this.all.toReversed()) await served.close()
  }

  #tell(): void {
    for (const listener of this.#listeners) listener()
  }
}

export function noSuchCluster(id: string): RequestError {
  return new RequestError('NO_SUCH_CLUSTER', `There is no cluster ${JSON.stringify(id)} here, or no longer.`)
}
