// Keeps an ensemble's configuration in files beside zoo.cfg, as ZooKeeper does: zoo.cfg.dynamic.<version> for the one
// in force, zoo.cfg.dynamic.next for one that is being agreed on, zoo.cfg.bak for the file as it was written by hand.
// Each is whole after a crash. When they are written is follow-config.ts's business.
// Source: QuorumPeer.setQuorumVerifier, setLastSeenQuorumVerifier; QuorumPeerConfig.backupOldConfig.

import { type FileHandle, open, readFile, rename, stat, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Sid } from '#shared/zk/ids.ts'
import type { QuorumConfig } from '#shared/zk/quorum-config.ts'
import { backupPath, dynamicConfigPath, dynamicText, editStaticText, nextConfigPath } from '../config/dynamic-text.ts'

const NEW_FILE_MODE = 0o644

export interface ConfigKeeper {
  /** Keeps a copy of zoo.cfg as it is. Rejects when nothing can be written beside it. */
  backUp(): Promise<void>
  /** Resolves when `config` is what this server starts with the next time. */
  save(config: QuorumConfig): Promise<void>
  /** Resolves when `config` is kept as the newest one seen; null: that is the one in force. */
  saveNext(config: QuorumConfig | null): Promise<void>
}

/** `configPath`: the zoo.cfg. */
export function createConfigKeeper(configPath: string, sid: Sid): ConfigKeeper {
  return {
    backUp: async () => replaceText(backupPath(configPath), await readFile(configPath, 'utf8')),
    async save(config) {
      const dynamicPath = dynamicConfigPath(configPath, config.version)
      await replaceText(dynamicPath, dynamicText(config, false))
      const erase = Boolean(config.servers.get(sid)?.client)
      const text = await readFile(configPath, 'utf8')
      await replaceText(configPath, editStaticText(text, dynamicPath, erase))
    },
    saveNext: (config) =>
      config
        ? replaceText(nextConfigPath(configPath), dynamicText(config, true))
        : removeIfThere(nextConfigPath(configPath)),
  }
}

async function removeIfThere(path: string): Promise<void> {
  try {
    await unlink(path)
  } catch (error) {
    if (isMissing(error)) return
    throw error
  }
  await syncDirectory(dirname(path))
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}

/** After a crash the old text or the new one is there. The file keeps its mode. */
async function replaceText(path: string, text: string): Promise<void> {
  const directory = dirname(path)
  const temporary = join(directory, `${basename(path)}.tmp`)
  const mode = await stat(path).then(
    (found) => found.mode & 0o777,
    () => NEW_FILE_MODE,
  )
  await withFile(await open(temporary, 'w', mode), async (file) => {
    await file.writeFile(text)
    await file.sync()
  })
  await rename(temporary, path)
  await syncDirectory(directory)
}

async function syncDirectory(path: string): Promise<void> {
  await withFile(await open(path, 'r'), (directory) => directory.sync())
}

async function withFile(file: FileHandle, work: (file: FileHandle) => Promise<void>): Promise<void> {
  try {
    await work(file)
  } finally {
    await file.close()
  }
}
