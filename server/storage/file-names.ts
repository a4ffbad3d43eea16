// Names in a `version-2` directory: log.<hex>, snapshot.<hex>, and our own unfinished files. Source:
// storage.md §1. Which of them hold something valid is for their readers to find out.

import fsp from 'node:fs/promises'
import { parseZxid, type Zxid } from '#shared/zk/zxid.ts'
import { type SnapshotCompression, SUFFIXES } from './compression.ts'
import { StorageError } from './storage-error.ts'

/** Unfinished files start so; Apache's servers ignore them and we delete them at start. */
export const TEMPORARY_PREFIX = 'tmp.'

/**
 * A received snapshot that is whole but not yet in place: from its rename to this name on, the older files
 * are void, and a start after a crash finishes the work (O-12, R-2872).
 */
export const INSTALL_PREFIX = 'install.'

export interface NumberedFile {
  readonly name: string
  readonly path: string
  readonly zxid: Zxid
}

export function logName(zxid: Zxid): string {
  return `log.${zxid.toString(16)}`
}

export function snapshotName(zxid: Zxid, compression: SnapshotCompression): string {
  return `snapshot.${zxid.toString(16)}${SUFFIXES[compression]}`
}

export function installName(zxid: Zxid, compression: SnapshotCompression): string {
  return `${INSTALL_PREFIX}${zxid.toString(16)}${SUFFIXES[compression]}`
}

const COMPRESSED = /\.(gz|snappy)$/

/** The files `<prefix>.<hex zxid>`, of snapshots also the compressed ones, of a directory by ascending zxid: numeric order, not that of names. */
export async function listNumbered(dir: string, prefix: NumberedPrefix): Promise<NumberedFile[]> {
  const files: NumberedFile[] = []
  for (const name of await fsp.readdir(dir)) {
    const file = numberedName(dir, name, prefix)
    if (file) files.push(file)
  }
  return files.sort((a, b) => a.zxid - b.zxid)
}

export type NumberedPrefix = 'log' | 'snapshot' | 'install'

/** What a name says, or null when it is none of those. */
export function numberedName(dir: string, name: string, prefix: NumberedPrefix): NumberedFile | null {
  const plain = prefix === 'log' ? name : name.replace(COMPRESSED, '')
  const hex = plain.startsWith(`${prefix}.`) ? plain.slice(prefix.length + 1) : ''
  if (!/^[0-9a-f]+$/i.test(hex)) return null
  const zxid = parseZxid(`0x${hex}`)
  if (zxid === null) throw new StorageError(`${dir}/${name}: its zxid is larger than this server can hold`)
  return { name, path: `${dir}/${name}`, zxid }
}
