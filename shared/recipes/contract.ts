// What goes into the reading of a directory of contenders, and what comes out. No ZooKeeper server knows
// of locks: a lock is a directory whose children follow the naming convention of a client library.

import type { SessionId } from '../zk/ids.ts'
import type { Zxid } from '../zk/zxid.ts'
import type { Params } from './explain/sentence.ts'

/** A child of the directory, as its Stat and data show it. */
export interface LockChild {
  readonly name: string
  readonly czxid: Zxid
  /** Milliseconds since 1970, by the leader's clock. */
  readonly ctimeMs: number
  /** 0n for whatever is not ephemeral. */
  readonly ephemeralOwner: SessionId
  readonly data: Uint8Array | null
}

/**
 * `single node`: a lock that is one ephemeral, its waiters only in watch tables; `lease`: a record with an end by
 * clients' clocks; `group`, `discovery`: members, nobody waits; `partitions`: a lock for each of several partitions.
 */
export type Recipe =
  | 'lock'
  | 'read-write lock'
  | 'semaphore'
  | 'election'
  | 'queue'
  | 'single node'
  | 'lease'
  | 'barrier'
  | 'double barrier'
  | 'group'
  | 'discovery'
  | 'counter'
  | 'partitions'
  | 'unknown'

/** Whose naming convention it is. `documented`: the recipes page of ZooKeeper; `unknown`: nobody's that we know. */
export type Family =
  | 'zookeeper-java'
  | 'zookeeper-c'
  | 'documented'
  | 'curator'
  | 'kazoo'
  | 'go-zookeeper'
  | 'aiozk'
  | 'ruby-zk'
  | 'solr'
  | 'accumulo'
  | 'hive'
  | 'bookkeeper'
  | 'mesos'
  | 'spark'
  | 'clickhouse'
  | 'unknown'

/**
 * What a child asks for. `update` is Hive's SEMI_SHARED; `claim` is a consumer's mark on a queue's item;
 * `foreign` belongs to no library but stands in the way of one that does not filter its directory.
 */
export type Kind =
  | 'lock'
  | 'read'
  | 'write'
  | 'update'
  | 'candidate'
  | 'permit'
  | 'lease'
  | 'item'
  | 'claim'
  | 'member'
  | 'foreign'
  | 'unknown'

export interface Contender {
  readonly name: string
  /** The number at the end of the name; 0 when the name has none, as a kazoo semaphore's lease. */
  readonly sequence: number
  readonly kind: Kind
  /** By the server's view: whether the client already knows cannot be seen here. */
  readonly role: 'holder' | 'waiting'
  /** The name of the sibling whose end this one waits for; null for a holder and for an item of a queue. */
  readonly waitsFor: string | null
}

export type LintName =
  | 'mixed libraries'
  | 'foreign child blocks'
  | 'reader beside a plain lock'
  | 'persistent contender'
  | 'duplicate owner'
  | 'stale owner'
  | 'near overflow'
  | 'permits unknown'
  | 'foreign child ignored'
  | 'herd'
  | 'missing wake edge'
  | 'wrong wake edge'
  | 'self-watch'
  | 'eligible but asleep'
  | 'sequence reset'
  | 'directory gone'
  | 'token out of order'

/** Something about the directory that a person should know, with the children it is about. */
export interface Lint {
  readonly name: LintName
  readonly children: readonly string[]
  /** What its text is about (explain/lint-text.ts). */
  readonly params: Params
}

export interface Contention {
  readonly recipe: Recipe
  /** The library of most contenders; null when there is no contender. */
  readonly family: Family | null
  /** guess: sequential ephemerals of no known library; its head is only probably the holder. */
  readonly confidence: 'likely' | 'guess'
  /** In the order in which their library grants; of several libraries, the one with the most contenders first. */
  readonly contenders: readonly Contender[]
  readonly lints: readonly Lint[]
}

export interface ContentionOptions {
  /** How many may hold a semaphore at once, where a person knows: most libraries do not store it. */
  readonly permits?: number
  /** How many children the directory has had: a larger number in a name was not given by ZooKeeper. */
  readonly creates?: number
}
