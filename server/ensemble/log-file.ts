// Log files of processes: opened for appending, set aside when they have grown too large, and their last line.

import { closeSync, fstatSync, openSync, readSync, renameSync, statSync } from 'node:fs'

/** A larger file is set aside as `….1` at the next start, in place of the one before. */
const LOG_BYTES_MAX = 4 * 1024 * 1024
const TAIL_BYTES = 4096
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

/** Empty when there is none. */
export function lastLogLine(path: string): string {
  try {
    const file = openSync(path, 'r')
    const tail = Buffer.alloc(TAIL_BYTES)
    const read = readSync(file, tail, 0, TAIL_BYTES, Math.max(0, fstatSync(file).size - TAIL_BYTES))
    closeSync(file)
    const text = tail.toString('utf8', 0, read).trimEnd()
    return text.slice(text.lastIndexOf('\n') + 1).slice(0, LINE_MAX)
  } catch {
    return ''
  }
}
