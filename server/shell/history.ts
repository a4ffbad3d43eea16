// The commands of earlier shells, kept in a file that only their owner can read. Passwords are not kept.

import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'

/** The oldest are forgotten. */
export const HISTORY_LINES_MAX = 1000
/** Longer ones, with somebody's data in them, are not kept. */
const LINE_CHARS_MAX = 2000

/** ZABSCOPE_SHELL_HISTORY, else `zabscope/shell-history` where programs keep their state. */
export function historyFile(env: Readonly<Record<string, string | undefined>> = process.env): string {
  if (env.ZABSCOPE_SHELL_HISTORY) return env.ZABSCOPE_SHELL_HISTORY
  return join(env.XDG_STATE_HOME || join(homedir(), '.local/state'), 'zabscope/shell-history')
}

/** Oldest first; none when there is no file that can be read. */
export function readHistory(file: string): string[] {
  try {
    return kept(readFileSync(file, 'utf8').split('\n'))
  } catch {
    return []
  }
}

/** Replaces the file as a whole. Throws what the file system says. */
export function writeHistory(file: string, lines: readonly string[]): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const next = `${file}.${process.pid}`
  writeFileSync(
    next,
    kept(lines)
      .map((line) => `${line}\n`)
      .join(''),
    { mode: 0o600 },
  )
  chmodSync(next, 0o600)
  renameSync(next, file)
}

/** What goes into a file: credentials do not. */
function kept(lines: readonly string[]): string[] {
  return lines
    .filter(
      (line) =>
        line.trim() !== '' && line.length <= LINE_CHARS_MAX && !/^\s*addauth\b/.test(line) && !line.includes('\n'),
    )
    .slice(-HISTORY_LINES_MAX)
}
