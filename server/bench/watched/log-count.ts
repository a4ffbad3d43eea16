// An independent count of what was committed: from the transaction logs of all members. A log that a member gives up for a
// snapshot is still there by a second name, given to it in time.

import { linkSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { counterOf } from '#shared/zk/zxid.ts'
import { scanLog } from '../../storage/txn-log-reader.ts'

const LINK_EVERY_MS = 100

export interface LogCount {
  /** Txns that a majority of the members has logged, and how many are in any log. */
  readonly committed: number
  readonly logged: number
}

export class LogCounter {
  readonly #sources: readonly string[]
  readonly #keepDir: string
  readonly #timer: NodeJS.Timeout

  /** `dirs`: the `version-2` of each member. `keepDir` is on the same file system. */
  constructor(dirs: readonly string[], keepDir: string) {
    this.#sources = dirs
    this.#keepDir = keepDir
    for (const index of dirs.keys()) mkdirSync(this.#kept(index), { recursive: true })
    this.#timer = setInterval(() => this.#link(), LINK_EVERY_MS)
  }

  /** Nothing may be written meanwhile. */
  async count(): Promise<LogCount> {
    this.#link()
    const members = new Map<number, number>()
    for (const index of this.#sources.keys()) {
      const own = new Set<number>()
      for (const name of readdirSync(this.#kept(index))) {
        await scanLog(join(this.#kept(index), name), (zxid) => {
          if (counterOf(zxid) > 0) own.add(zxid)
          return true
        })
      }
      for (const zxid of own) members.set(zxid, (members.get(zxid) ?? 0) + 1)
    }
    const majority = Math.floor(this.#sources.length / 2) + 1
    let committed = 0
    for (const count of members.values()) if (count >= majority) committed += 1
    return { committed, logged: members.size }
  }

  close(): void {
    clearInterval(this.#timer)
  }

  #kept(index: number): string {
    return join(this.#keepDir, `member-${index + 1}`)
  }

  /** A file is known by its inode: names are used again. */
  #link(): void {
    for (const [index, dir] of this.#sources.entries()) {
      for (const name of logsIn(dir)) {
        try {
          const path = join(dir, name)
          linkSync(path, join(this.#kept(index), `${name}-${statSync(path).ino}`))
        } catch {
          // It has its second name already, or has just gone.
        }
      }
    }
  }
}

function logsIn(dir: string): string[] {
  try {
    return readdirSync(dir).filter((name) => /^log\.[0-9a-f]+$/.test(name))
  } catch {
    return [] // the member has not made it yet
  }
}
