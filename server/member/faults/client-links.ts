// The faults of this member's connections with its clients, by direction: all of them, also those that come later. What a
// rule does to one connection is the connection's business, which knows how its bytes move.

import type { LinkRules } from '../../faults/link-lane.ts'
import type { LinkRule } from '../../faults/link-rule.ts'
import type { Direction } from './link-faults.ts'

/** A client's connection. */
export interface Disturbable {
  /** As the member sees it: `out` is to the client. */
  disturb(rules: LinkRules): void
  reset(): void
}

export class ClientLinks {
  readonly #connections = new Set<Disturbable>()
  /** Closed to us, and perhaps not to their clients: the end is held back as long as the rule lasts. */
  readonly #ended = new Set<Disturbable>()
  #rules: LinkRules = { out: null, in: null }

  opened(connection: Disturbable): void {
    this.#connections.add(connection)
    connection.disturb(this.#rules)
  }

  closed(connection: Disturbable): void {
    this.#connections.delete(connection)
    if (this.#rules.out !== null) this.#ended.add(connection)
  }

  /** Null ends the rule. */
  set(direction: Direction, rule: LinkRule | null): void {
    this.#rules = { ...this.#rules, [direction]: rule && { rule, hits: { count: 0 } } }
    for (const connection of this.#connections) connection.disturb(this.#rules)
    for (const connection of this.#ended) connection.disturb(this.#rules)
    if (this.#rules.out === null) this.#ended.clear()
  }

  hits(direction: Direction): number {
    return this.#rules[direction]?.hits.count ?? 0
  }

  /** Breaks every connection; returns how many there were. New ones may come at once. */
  reset(): number {
    const all = [...this.#connections]
    for (const connection of all) connection.reset()
    return all.length
  }
}
