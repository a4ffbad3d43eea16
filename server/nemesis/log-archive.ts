// Every transaction log that a member ever had during a run. A member that fetches a snapshot, or truncates, removes
// logs; a hard link made in time keeps what was in them, because later appends go to the same file.

import { existsSync, linkSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** Between two looks at the directories. */
const EVERY_MS = 200

export class LogArchive {
  readonly #dirs: readonly { readonly from: string; readonly to: string }[]
  readonly #timer: NodeJS.Timeout
  readonly #known = new Set<string>()

  /** `members`: sid and data directory of each; `dir` on the same file system. */
  constructor(members: readonly { readonly sid: number; readonly dir: string }[], dir: string) {
    this.#dirs = members.map((member) => {
      const to = archiveOf(dir, member.sid)
      mkdirSync(to, { recursive: true })
      return { from: join(member.dir, 'version-2'), to }
    })
    this.#timer = setInterval(() => this.look(), EVERY_MS)
  }

  look(): void {
    for (const { from, to } of this.#dirs) {
      if (!existsSync(from)) continue
      for (const name of readdirSync(from)) if (name.startsWith('log.')) this.#keep(join(from, name), to, name)
    }
  }

  close(): void {
    clearInterval(this.#timer)
    this.look()
  }

  /** The same name may be used again for another file, so the inode is part of the link's. */
  #keep(path: string, to: string, name: string): void {
    try {
      const link = join(to, `${name}.${statSync(path).ino}`)
      if (this.#known.has(link)) return
      linkSync(path, link)
      this.#known.add(link)
    } catch (error) {
      // Gone between two calls.
      if (!(error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'EEXIST')))
        throw error
    }
  }
}

export function archiveOf(dir: string, sid: number): string {
  return join(dir, `logs-${sid}`)
}
