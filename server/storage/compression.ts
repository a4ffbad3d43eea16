// How snapshot files may be compressed, and what their names then end with. The codecs are Node's gzip and
// snappy-stream.ts. Source: SnapStream.StreamMode, storage.md §5.

export const SNAPSHOT_COMPRESSIONS = ['', 'gz', 'snappy'] as const
/** `snapshot.compression.method`; empty: plain. */
export type SnapshotCompression = (typeof SNAPSHOT_COMPRESSIONS)[number]

export function isSnapshotCompression(text: string): text is SnapshotCompression {
  return SNAPSHOT_COMPRESSIONS.some((one) => one === text)
}

/** What stands behind a snapshot's zxid in its name. */
export const SUFFIXES: Record<SnapshotCompression, string> = { '': '', gz: '.gz', snappy: '.snappy' }

/** Whether a file of this name is compressed, and how. */
export function compressionOf(name: string): SnapshotCompression {
  if (name.endsWith(SUFFIXES.gz)) return 'gz'
  return name.endsWith(SUFFIXES.snappy) ? 'snappy' : ''
}
