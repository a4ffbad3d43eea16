// What the encoder and the decoder of snapshots share. Source: FileSnap, SerializeUtils, DataTree.serialize and
// ReferenceCountedACLCache of ZooKeeper 3.8, storage.md §5.

export const SNAPSHOT_MAGIC = 0x5a4b534e // "ZKSN"
export const SNAPSHOT_VERSION = 2
export const SNAPSHOT_HEADER_BYTES = 16
/** long Adler-32, ustring "/". */
export const SEAL_BYTES = 13
export const DIGEST_VERSION = 2

/** Stands where a node's path would stand, behind the last node. The root's own path is "" there. */
export const END_PATH = '/'
/** The aclId of world:anyone ALL, which is never listed. */
export const OPEN_ACL_ID = -1

/** Behind a snapshot stream on the quorum port. Source: LearnerHandler. */
export const STREAM_SIGNATURE = 'BenWasHere'

/** A node's record without path and data: aclId and stat. */
export const NODE_STAT_BYTES = 68
/** A session in the table: id and timeout. */
export const SESSION_BYTES = 12
/** The longest path and the largest data of a node that are accepted. */
export const PATH_BYTES_MAX = 2 ** 20
export const DATA_BYTES_MAX = 64 * 2 ** 20
