// Finds locks that are one ephemeral znode, as everybody writes them first: somebody waits until it is deleted and makes it
// again, or the path is known to be one. Who watches it now is kept as the stream tells it; it is a sign that people
// wait, and how many.

import type { GatewayEvent } from '#shared/events/socket-protocol.ts'
import { applicationOf } from '#shared/recipes/recognise/applications.ts'
import { type Override, overrideFor } from '#shared/recipes/recognise/overrides.ts'
import { isSequentialName } from './lock-directories.ts'

/** Deleted paths whose watchers are remembered until somebody makes them again. */
const WOKEN_PATHS_MAX = 500
/** Sessions remembered of one path: more make no difference. */
export const CROWD_MAX = 500
/** Single nodes that are followed; the one found first goes. */
const FOUND_MAX = 200

export interface SingleNodesOptions {
  readonly overrides: () => readonly Override[]
  readonly isOwn: (session: string) => boolean
  /** There is one at `path`. `seen`: a session that its deletion woke has made it; else its path says so. */
  readonly onFound: (path: string, by: 'seen' | 'path') => void
  /** Others wait for `path` than before. */
  readonly onCrowd: (path: string, t: number, sessions: readonly string[]) => void
}

export class SingleNodes {
  readonly #options: SingleNodesOptions
  /** Path → sessions that its deletion woke. */
  readonly #woken = new Map<string, Set<string>>()
  /** Path → session → connection on which it watches. */
  readonly #crowds = new Map<string, Map<string, string>>()

  constructor(options: SingleNodesOptions) {
    this.#options = options
  }

  onEvent(event: GatewayEvent): void {
    switch (event.type) {
      case 'watchSet':
      case 'watchFound': {
        const crowd = this.#crowds.get(event.path)
        if (!crowd || event.kind === 'children' || this.#options.isOwn(event.session)) return
        if (crowd.size < CROWD_MAX) crowd.set(event.session, `${event.sid}:${event.conn}`)
        return this.#tell(event.path, event.t)
      }
      case 'watchTriggered': {
        if (event.event === 'nodeDeleted') this.#wake(event.path, event.session)
        if (event.event !== 'nodeChildrenChanged' && this.#crowds.get(event.path)?.delete(event.session))
          this.#tell(event.path, event.t)
        return
      }
      case 'disconnected':
        for (const [path, crowd] of this.#crowds)
          for (const [session, connection] of crowd)
            if (connection === `${event.sid}:${event.conn}` && crowd.delete(session)) this.#tell(path, event.t)
    }
  }

  /** An ephemeral has been made. */
  onCreated(path: string, session: string): void {
    if (isSequentialName(path)) return
    const woken = this.#woken.get(path)
    this.#woken.delete(path)
    if (woken?.has(session)) return this.#find(path, 'seen')
    const said = overrideFor(path, this.#options.overrides())?.recipe
    if (said === 'single node' || (said === undefined && applicationOf(path, null)?.recipe === 'single node'))
      this.#find(path, 'path')
  }

  #find(path: string, by: 'seen' | 'path'): void {
    if (!this.#crowds.has(path)) {
      this.#crowds.set(path, new Map())
      const [oldest] = this.#crowds.keys()
      if (this.#crowds.size > FOUND_MAX && oldest !== undefined) this.#crowds.delete(oldest)
    }
    this.#options.onFound(path, by)
  }

  #wake(path: string, session: string): void {
    if (this.#options.isOwn(session)) return
    const woken = this.#woken.get(path) ?? new Set<string>()
    this.#woken.delete(path)
    if (woken.size < CROWD_MAX) woken.add(session)
    this.#woken.set(path, woken)
    const [oldest] = this.#woken.keys()
    if (this.#woken.size > WOKEN_PATHS_MAX && oldest !== undefined) this.#woken.delete(oldest)
  }

  #tell(path: string, t: number): void {
    this.#options.onCrowd(path, t, [...(this.#crowds.get(path)?.keys() ?? [])])
  }
}
