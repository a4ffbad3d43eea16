// Which files the arguments of a tool mean: a file itself, or all of a kind in a data directory.

import fsp from 'node:fs/promises'
import { listNumbered } from '../file-names.ts'
import { errorCode, StorageError } from '../storage-error.ts'

/** A directory stands for its numbered files, or for those in its `version-2`, oldest first. Throws a StorageError. */
export async function filesOf(paths: readonly string[], kind: 'log' | 'snapshot'): Promise<string[]> {
  const files: string[] = []
  for (const path of paths) files.push(...(await expand(path, kind)))
  return files
}

async function expand(path: string, kind: 'log' | 'snapshot'): Promise<string[]> {
  if (!(await stat(path)).isDirectory()) return [path]
  const dir = await directoryOf(path)
  const found = await listNumbered(dir, kind)
  if (found.length === 0) throw new StorageError(`${dir} holds no ${kind}.<zxid>: name a file, or a data directory`)
  return found.map((file) => file.path)
}

/** `dataDir/version-2` of a data directory, or the directory itself. */
export async function directoryOf(path: string): Promise<string> {
  const inside = `${path}/version-2`
  return (await exists(inside)) ? inside : path
}

async function exists(path: string): Promise<boolean> {
  try {
    await fsp.access(path)
    return true
  } catch {
    return false
  }
}

async function stat(path: string) {
  try {
    return await fsp.stat(path)
  } catch (cause) {
    throw new StorageError(`cannot read ${path} (${errorCode(cause) ?? String(cause)})`, { cause })
  }
}
