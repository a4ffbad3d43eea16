// All that a data directory still holds, as one fresh snapshot in a directory of its own: the newest snapshot that
// loads, and the log records behind it up to the first damage. A server can be started on the result.

import fsp from 'node:fs/promises'
import path from 'node:path'
import { formatZxid } from '#shared/zk/zxid.ts'
import { nodeDisk } from '../disk.ts'
import { snapshotName } from '../file-names.ts'
import { readTree } from '../recover.ts'
import { writeSnapshot } from '../snapshot-file.ts'
import { StorageError } from '../storage-error.ts'
import { directoryOf } from './files-of.ts'

/** `paths`: a data directory, and the dataLogDir where that is another one. Returns the exit code; throws a StorageError. */
export async function rebuildSnapshot(
  paths: readonly string[],
  target: string,
  print: (line: string) => void,
): Promise<number> {
  const [dataDir, dataLogDir = dataDir, more] = paths
  if (dataDir === undefined || dataLogDir === undefined || more !== undefined)
    throw new StorageError('--rebuild takes a data directory, and its dataLogDir where there is one')
  const damages: string[] = []
  const recovered = await readTree(
    {
      snapDir: await directoryOf(dataDir),
      logDir: await directoryOf(dataLogDir),
      commitLogCount: 1,
      trustEmpty: false,
      digest: true,
      log: (level, message, fields) => {
        if (level !== 'info') print(`${message}: ${JSON.stringify(fields ?? {})}`)
      },
    },
    (why) => damages.push(why),
  )
  if (recovered === null) throw new StorageError(`${dataDir} holds neither snapshots nor logs`)
  const dir = path.join(target, 'version-2')
  await fsp.mkdir(dir, { recursive: true, mode: 0o700 })
  const existing = await fsp.readdir(dir)
  if (existing.length > 0) throw new StorageError(`${dir} is not empty (${existing[0]}): name another directory`)
  const file = path.join(dir, snapshotName(recovered.lastZxid, ''))
  recovered.tree.lastProcessedZxid = recovered.lastZxid
  await writeSnapshot(nodeDisk, `${file}.part`, recovered.tree, true, { aborted: false })
  await nodeDisk.rename(`${file}.part`, file)
  await nodeDisk.syncDir(dir)
  for (const why of damages) print(`NOT WHOLE: ${why}`)
  print(`wrote ${file}: ${recovered.tree.nodes.size} znodes, up to ${formatZxid(recovered.lastZxid)}`)
  print('Copy the file myid, and acceptedEpoch and currentEpoch of version-2, beside it before a server starts there.')
  return damages.length === 0 ? 0 : 1
}
