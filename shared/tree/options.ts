// What an operator can switch about the tree; every function that depends on one takes these as its last
// argument. Reading them from a zoo.cfg is the host's business.

import type { AclSchemes } from './acl.ts'

export interface TreeOptions {
  /** Allows TTL znodes. ZooKeeper's `extendedTypesEnabled`. */
  readonly extendedTypesEnabled: boolean
  /** Refuses writes beyond a hard quota instead of only counting. ZooKeeper's `enforceQuota`. */
  readonly enforceQuota: boolean
  /** Lets everybody do everything. ZooKeeper's `skipACL`. */
  readonly skipAcl: boolean
  /** Keeps DataTree.digest up to date; it costs two or three checksums a txn. ZooKeeper's `digest.enabled`. */
  readonly digest: boolean
  /** The longest txn that a leader may make of what many requests have left: see ephemeral-bytes.ts. `jute.maxbuffer`. */
  readonly messageBytesMax: number
  /** Left out: those that ZooKeeper has by default. */
  readonly schemes?: AclSchemes
}

export const DEFAULT_TREE_OPTIONS: TreeOptions = {
  extendedTypesEnabled: false,
  enforceQuota: false,
  skipAcl: false,
  digest: true,
  messageBytesMax: 0xfffff,
}
