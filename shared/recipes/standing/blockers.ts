// Who must go before whom, as against who sleeps on whom: for every contender of one line the holders in its
// way (hard) and those that wait themselves and go first (soft). Source: locks-and-recipes.md §2.8.

import { joinPath } from '../../zk/path.ts'
import type { Contender, Family, Kind, LockChild } from '../contract.ts'
import { yields } from '../order.ts'
import type { Line } from '../read-contention.ts'
import { BLOCKERS_NAMED_MAX, type Standing, type WakeExpectation } from '../recognise/picture.ts'

/** The standings of one library's line in directory `dir`; `children` is the whole directory. */
export function standingsOf(dir: string, line: Line, children: ReadonlyMap<string, LockChild>): Standing[] {
  const family = line.sightings[0]?.family ?? 'unknown'
  const ahead = new Ahead(family)
  let waiting = 0
  return line.contenders.flatMap((contender) => {
    const child = children.get(contender.name)
    if (!child) return []
    const { name, kind, sequence, role } = contender
    const waits = role === 'waiting' && kind !== 'item'
    if (waits) waiting += 1
    const [hard, soft] = waits ? ahead.inTheWayOf(contender) : [NOBODY, NOBODY]
    ahead.add(contender)
    const inDir = (names: readonly string[]) => names.map((other) => joinPath(dir, other))
    return [
      {
        ...{ path: joinPath(dir, name), name, family, kind, sequence },
        state: role === 'holder' ? 'granted' : waits ? 'waiting' : 'item',
        ...{ owner: child.ephemeralOwner, token: child.czxid, sinceMs: child.ctimeMs },
        position: waits ? waiting : 0,
        ...{ hard: inDir(hard.names), hardCount: hard.count, soft: inDir(soft.names), softCount: soft.count },
        wake: wakeOf(dir, contender, [...hard.names, ...soft.names], family),
      },
    ]
  })
}

interface InTheWay {
  /** Nearest first, at most BLOCKERS_NAMED_MAX. */
  readonly names: readonly string[]
  readonly count: number
}

const NOBODY: InTheWay = { names: [], count: 0 }

/** Who stands before a place in the line, so that a long line is walked once. */
class Ahead {
  readonly #family: Family
  readonly #byRole = { holder: new Seen(), waiting: new Seen() }

  constructor(family: Family) {
    this.#family = family
  }

  add(contender: Contender): void {
    // kazoo's pattern wants ten digits: nobody waits for `-000000001`.
    if (this.#family === 'kazoo' && /(?<!\d)-\d{9}$/.test(contender.name)) return
    this.#byRole[contender.role].add(contender)
  }

  /** Holders first, then those who wait. */
  inTheWayOf(own: Contender): [InTheWay, InTheWay] {
    // Accumulo: a process does not wait for itself; its nodes in a row wait for the same one.
    const run = this.#family === 'accumulo' ? own.waitsFor : null
    return [this.#byRole.holder.inTheWayOf(own, run), this.#byRole.waiting.inTheWayOf(own, run)]
  }
}

class Seen {
  readonly #all: Contender[] = []
  readonly #counts = new Map<Kind, number>()
  readonly #runs = new Map<string | null, number>()

  add(contender: Contender): void {
    this.#all.push(contender)
    this.#counts.set(contender.kind, (this.#counts.get(contender.kind) ?? 0) + 1)
    this.#runs.set(contender.waitsFor, (this.#runs.get(contender.waitsFor) ?? 0) + 1)
  }

  inTheWayOf(own: Contender, run: string | null): InTheWay {
    let count = run === null ? 0 : -(this.#runs.get(run) ?? 0)
    for (const [kind, n] of this.#counts) if (yields(own.kind, kind)) count += n
    const names: string[] = []
    for (let i = this.#all.length - 1; i >= 0 && names.length < Math.min(count, BLOCKERS_NAMED_MAX); i -= 1) {
      const other = this.#all[i]
      if (other && yields(own.kind, other.kind) && (run === null || other.waitsFor !== run)) names.push(other.name)
    }
    return { names, count }
  }
}

function wakeOf(dir: string, contender: Contender, blockers: readonly string[], family: Family): WakeExpectation {
  if (contender.kind === 'foreign' || contender.role === 'holder') return { via: 'nothing' }
  if (contender.kind === 'item') return { via: 'nothing' }
  switch (family) {
    case 'hive':
      return { via: 'polling' }
    case 'mesos':
      return { via: 'children', paths: [dir] }
    case 'unknown':
    case 'clickhouse':
      return { via: 'unknown' }
    case 'ruby-zk':
      // It watches all that are in its way at once.
      return { via: 'nodes', paths: blockers.map((name) => joinPath(dir, name)) }
    default:
      return contender.waitsFor === null
        ? { via: 'nothing' }
        : { via: 'nodes', paths: [joinPath(dir, contender.waitsFor)] }
  }
}
