// Child watches that the stream has told of: set, not yet fired, on a connection that is still there. Servers list only
// data watches when they are asked, and tell only some watch events when there are many, so what is missing here may
// exist all the same.

import type { GatewayEvent } from '#shared/events/socket-protocol.ts'

/** Watches kept; more are not looked at. */
export const CHILD_WATCHES_MAX = 20_000

export class ChildWatches {
  /** Path → connection → session. */
  readonly #byPath = new Map<string, Map<string, string>>()
  /** Connection → paths. */
  readonly #byConnection = new Map<string, Set<string>>()
  #count = 0

  onEvent(event: GatewayEvent): void {
    switch (event.type) {
      case 'watchSet':
      case 'watchFound':
        if (event.kind === 'children') this.#set(connectionOf(event), event.path, event.session)
        return
      case 'watchTriggered':
        if (event.event === 'nodeChildrenChanged' || event.event === 'nodeDeleted')
          this.#drop(connectionOf(event), event.path)
        return
      case 'disconnected':
        return this.#forget(connectionOf(event))
      case 'stream':
      case 'process':
        // What fired while nobody heard is not known.
        for (const connection of [...this.#byConnection.keys()])
          if (connection.startsWith(`${event.sid}:`)) this.#forget(connection)
    }
  }

  /** Sessions by path, without `own`. */
  tables(own: readonly string[]): ReadonlyMap<string, ReadonlySet<string>> {
    const found = new Map<string, ReadonlySet<string>>()
    for (const [path, sessions] of this.#byPath)
      found.set(path, new Set([...sessions.values()].filter((session) => !own.includes(session))))
    return found
  }

  #set(connection: string, path: string, session: string): void {
    const sessions = this.#byPath.get(path) ?? new Map<string, string>()
    if (!sessions.has(connection) && this.#count >= CHILD_WATCHES_MAX) return
    if (!sessions.has(connection)) this.#count += 1
    this.#byPath.set(path, sessions.set(connection, session))
    this.#byConnection.set(connection, (this.#byConnection.get(connection) ?? new Set()).add(path))
  }

  #drop(connection: string, path: string): void {
    const sessions = this.#byPath.get(path)
    if (!sessions?.delete(connection)) return
    this.#count -= 1
    if (sessions.size === 0) this.#byPath.delete(path)
    const paths = this.#byConnection.get(connection)
    paths?.delete(path)
    if (paths?.size === 0) this.#byConnection.delete(connection)
  }

  #forget(connection: string): void {
    for (const path of [...(this.#byConnection.get(connection) ?? [])]) this.#drop(connection, path)
  }
}

function connectionOf({ sid, conn }: { readonly sid: number; readonly conn: number }): string {
  return `${sid}:${conn}`
}
