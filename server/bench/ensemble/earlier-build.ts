// Our own earlier commit as a contestant: checked out beside the data, built as it builds itself, and removed after.

import { execFileSync } from 'node:child_process'
import { existsSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { type Contestant, ourContestant } from './contestant.ts'

export interface EarlierBuild {
  readonly contestant: Contestant
  /** Removes checkout and build. */
  remove(): void
}

const NAME_LENGTH = 8

/**
 * @param checkout the root of this checkout, whose packages are used
 * @param dir where to put the other one: a folder that does not exist
 */
export function buildEarlier(checkout: string, commit: string, dir: string): EarlierBuild {
  const git = (...args: string[]): string => run('git', ['-C', checkout, ...args], checkout)
  // `^{commit}`: a name of anything else is refused by git, in its own words.
  const hash = git('rev-parse', '--verify', '--end-of-options', `${commit}^{commit}`).trim()
  const subject = git('log', '-1', '--format=%s', hash).trim()
  const remove = (): void => {
    if (existsSync(dir)) git('worktree', 'remove', '--force', dir)
  }
  try {
    git('worktree', 'add', '--detach', dir, hash)
    symlinkSync(join(checkout, 'node_modules'), join(dir, 'node_modules'))
    const vite = join(checkout, 'node_modules/vite/bin/vite.js')
    run(process.execPath, [vite, 'build', '--config', '.config/vite.server.config.ts', '--logLevel', 'warn'], dir)
    const entry = join(dir, 'dist/server/main.js')
    if (!existsSync(entry)) throw new Error(`${commit} builds no dist/server/main.js: it is too early to take part`)
    return {
      contestant: ourContestant(hash.slice(0, NAME_LENGTH), `our commit ${hash.slice(0, 12)}: ${subject}`, entry),
      remove,
    }
  } catch (error) {
    remove()
    throw error
  }
}

/** Throws with what the command printed. */
function run(file: string, args: readonly string[], cwd: string): string {
  try {
    return execFileSync(file, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : ''
    throw new Error(`${file} ${args.join(' ')}: ${said || String(error)}`)
  }
}
