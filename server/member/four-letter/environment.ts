// What `envi` says of machine and process, and how large a directory is. Apache's keys where they have a meaning here;
// there is no Java virtual machine, so node.version stands where its versions and paths are.

import { readdir, stat } from 'node:fs/promises'
import { arch, homedir, hostname, release, tmpdir, totalmem, type } from 'node:os'
import { join } from 'node:path'
import { processUser } from '../process-user.ts'
import { VERSION_TEXT } from '../version.ts'

/** In Apache's order. */
export function environment(): [key: string, value: string][] {
  const memory = process.memoryUsage()
  const mib = (bytes: number) => `${Math.floor(bytes / 1024 / 1024)}MB`
  return [
    ['zookeeper.version', VERSION_TEXT],
    ['host.name', hostname()],
    ['node.version', process.version],
    ['java.io.tmpdir', tmpdir()],
    ['os.name', type()],
    ['os.arch', arch()],
    ['os.version', release()],
    ['user.name', processUser()],
    ['user.home', homedir()],
    ['user.dir', process.cwd()],
    ['os.memory.free', mib(memory.heapTotal - memory.heapUsed)],
    ['os.memory.max', mib(totalmem())],
    ['os.memory.total', mib(memory.heapTotal)],
  ]
}

/** Bytes of the files in it; 0 when it does not exist. */
export async function directorySize(path: string): Promise<number> {
  let bytes = 0
  const names = await readdir(path).catch(() => [])
  for (const name of names) {
    const file = await stat(join(path, name)).catch(() => null) // purged meanwhile
    if (file?.isFile()) bytes += file.size
  }
  return bytes
}
