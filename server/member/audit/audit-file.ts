// The file of the audit log: lines appended at the end of each turn, and a new file when it has grown. What the
// lines say is audit-line.ts. Source: the appender RFAAUDIT of ZooKeeper's logging configuration.

import { closeSync, existsSync, fstatSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { StorageError } from '../../storage/storage-error.ts'
import type { MemberLogger } from '../logging.ts'
import type { Turn } from '../turn.ts'

/** As ZooKeeper's configuration has it: a file of this size becomes `.1`, and as many old ones are kept. */
export const AUDIT_FILE_BYTES_MAX = 10 * 1024 * 1024
export const AUDIT_OLD_FILES_MAX = 10
/** A disk that does not take lines is complained about this often. */
const COMPLAIN_EVERY_MS = 60_000
const MODE = 0o600

export interface AuditFile {
  line(level: 'INFO' | 'ERROR', text: string): void
  close(): void
}

export interface AuditFileOptions {
  readonly path: string
  readonly turn: Turn
  readonly log: MemberLogger
  readonly wallMs: () => number
  readonly fileBytesMax?: number
}

/** Throws a StorageError when the file cannot be opened: a server that is to be audited does not run without. */
export function openAuditFile(options: AuditFileOptions): AuditFile {
  const { path, turn, log, wallMs } = options
  const bytesMax = options.fileBytesMax ?? AUDIT_FILE_BYTES_MAX
  let fd: number | null = open(path)
  let size = fstatSync(fd).size
  let closed = false
  let waiting: string[] = []
  let lost = 0
  let complainAtMs = 0

  /** Once a turn, and at once: what a process that is killed has done is in the file. */
  function flush(): void {
    if (waiting.length === 0) return
    const lines = waiting
    waiting = []
    try {
      fd ??= reopen()
      if (lost > 0) lines.unshift(`${prefix('ERROR', wallMs())}${lost} lines were lost: the disk did not take them\n`)
      const bytes = Buffer.from(lines.join(''))
      for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done)
      size += bytes.length
      lost = 0
      if (size >= bytesMax) rotate()
    } catch (error) {
      lost += lines.length
      if (wallMs() < complainAtMs) return
      complainAtMs = wallMs() + COMPLAIN_EVERY_MS
      log.error({ path, lost }, `the audit log cannot be written: ${error instanceof Error ? error.message : error}`)
    }
  }

  function reopen(): number {
    const opened = open(path)
    size = fstatSync(opened).size
    return opened
  }

  function rotate(): void {
    if (fd !== null) closeSync(fd)
    fd = null
    rmSync(`${path}.${AUDIT_OLD_FILES_MAX}`, { force: true })
    for (let i = AUDIT_OLD_FILES_MAX - 1; i >= 1; i -= 1)
      if (existsSync(`${path}.${i}`)) renameSync(`${path}.${i}`, `${path}.${i + 1}`)
    renameSync(path, `${path}.1`)
    fd = reopen()
  }

  return {
    line(level, text) {
      if (closed) return
      if (waiting.push(`${prefix(level, wallMs())}${text}\n`) === 1) turn.atEnd(flush)
    },
    close() {
      flush()
      closed = true
      if (fd !== null) closeSync(fd)
      fd = null
    },
  }
}

function open(path: string): number {
  try {
    return openSync(path, 'a', MODE)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new StorageError(`the audit log cannot be opened (${why}): correct zabscope.auditFile`, { cause: error })
  }
}

/** `2026-11-23 09:41:17,533 INFO audit.Slf4jAuditLogger: `, in local time: log4j's `%d{ISO8601} %p %c{2}: `. */
function prefix(level: 'INFO' | 'ERROR', wallMs: number): string {
  const at = new Date(wallMs)
  const two = (value: number) => String(value).padStart(2, '0')
  const date = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
  const time = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`
  return `${date} ${time},${String(at.getMilliseconds()).padStart(3, '0')} ${level} audit.Slf4jAuditLogger: `
}
