// Log files of processes: opened for appending, set aside when they have grown too large, and their last lines.

import { closeSync, fstatSync, openSync, readSync, renameSync, statSync } from 'node:fs'

/** A larger file is set aside as `….1` at the next start, in place of the one before. */
const LOG_BYTES_MAX = 4 * 1024 * 1024
const TAIL_BYTES = 4096
/** Lines that are told of a process that has ended. */
export const LAST_LINES_MAX = 12
/** Characters of a line that is quoted. */
const LINE_MAX = 300

/** A file descriptor; whoever asked closes it. */
export function openLog(path: string): number {
  try {
    if (statSync(path).size > LOG_BYTES_MAX) renameSync(path, `${path}.1`)
  } catch {
    // There is none yet.
  }
  return openSync(path, 'a', 0o600)
}

/** Oldest first, each cut to a quotable length; none when there is no file. */
export function lastLogLines(path: string, max = LAST_LINES_MAX): readonly string[] {
  try {
    const file = openSync(path, 'r')
    try {
      const tail = Buffer.alloc(TAIL_BYTES)
      const read = readSync(file, tail, 0, TAIL_BYTES, Math.max(0, fstatSync(file).size - TAIL_BYTES))
      const lines = tail.toString('utf8', 0, read).trimEnd().split('\n')
      return lines
        .filter((line) => line !== '')
        .slice(-max)
        .map((line) => line.slice(0, LINE_MAX))
    } finally {
      closeSync(file)
    }
  } catch {
    return []
  }
}
