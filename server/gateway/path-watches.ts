// Which page watches which paths, with the limits on it. One watch a path and page, however often it asks;
// changes of one path are told at most every 100 ms, each kind once, so that a busy node costs a page little.

import type { EnsembleReader, PathChange } from './ensemble-reader.ts'
import { CHANGE_INTERVAL_MS } from './limits.ts'
import type { PageClient } from './page-client.ts'
import { RequestError } from './request-error.ts'

interface Watched {
  /** Settles when the ensemble has confirmed it. */
  readonly ready: Promise<() => void>
  forgotten: boolean
}

export class PathWatches {
  readonly #reader: EnsembleReader
  readonly #perPageMax: number
  readonly #byPage = new Map<PageClient, Map<string, Watched>>()

  constructor(reader: EnsembleReader, perPageMax: number) {
    this.#reader = reader
    this.#perPageMax = perPageMax
  }

  /** Rejects with RequestError LIMIT, or as EnsembleReader.watch does. */
  async watch(client: PageClient, path: string, onChange: (change: PathChange) => void): Promise<void> {
    const paths = this.#byPage.get(client) ?? new Map<string, Watched>()
    this.#byPage.set(client, paths)
    const known = paths.get(path)
    if (known) {
      await known.ready
      return
    }
    if (paths.size >= this.#perPageMax)
      throw new RequestError('LIMIT', `This page watches ${this.#perPageMax} paths already. Close some first.`)
    const gathered = gatherChanges((change) => {
      if (!watched.forgotten) onChange(change)
    })
    const watched: Watched = { ready: this.#reader.watch(path, gathered), forgotten: false }
    paths.set(path, watched)
    try {
      await watched.ready
    } catch (error) {
      if (paths.get(path) === watched) paths.delete(path)
      throw error
    }
  }

  forget(client: PageClient, path: string): void {
    const watched = this.#byPage.get(client)?.get(path)
    if (!watched) return
    this.#byPage.get(client)?.delete(path)
    watched.forgotten = true
    // It may still be on its way to the ensemble; one that fails needs no ending.
    watched.ready.then(
      (end) => end(),
      () => undefined,
    )
  }

  forgetAll(client: PageClient): void {
    for (const path of [...(this.#byPage.get(client)?.keys() ?? [])]) this.forget(client, path)
    this.#byPage.delete(client)
  }
}

/** Tells the first change at once, those of the next 100 ms together after it, each kind once. */
function gatherChanges(tell: (change: PathChange) => void): (change: PathChange) => void {
  const waiting = new Set<PathChange>()
  let timer: NodeJS.Timeout | null = null
  const onTimer = (): void => {
    timer = null
    if (waiting.size === 0) return
    const changes = [...waiting]
    waiting.clear()
    timer = setTimeout(onTimer, CHANGE_INTERVAL_MS)
    for (const change of changes) tell(change)
  }
  return (change) => {
    if (timer) {
      waiting.delete(change) // The last one decides the order: created after deleted.
      waiting.add(change)
      return
    }
    timer = setTimeout(onTimer, CHANGE_INTERVAL_MS)
    tell(change)
  }
}
