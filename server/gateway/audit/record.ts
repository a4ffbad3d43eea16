// One line of the audit log, chained to the one before: who changed it later, or took one out, breaks the chain.
// Pure; audit-log.ts writes lines to a file.

import { createHash } from 'node:crypto'
import type { AuditEntry } from '../api/perform.ts'

/** What the first record of all is chained to. */
export const CHAIN_START = '0'.repeat(64)

export interface ChainedLine {
  /** JSON without a line break. Control characters are escaped by JSON itself. */
  readonly line: string
  readonly hash: string
}

/** @param time ISO 8601, UTC */
export function chainedLine(previous: string, time: string, entry: AuditEntry): ChainedLine {
  const body = JSON.stringify({ time, ...entry, previous })
  const hash = sha256(body)
  return { line: `${body.slice(0, -1)},"hash":"${hash}"}`, hash }
}

/** The hash that a line says it has; null when it is not one of ours. */
export function hashOf(line: string): string | null {
  return /,"hash":"([0-9a-f]{64})"\}$/.exec(line)?.[1] ?? null
}

/**
 * Null when every line is as it was written and follows the one before it; else what is wrong with the first that is
 * not. The first line may follow anything: earlier ones are in other files.
 */
export function chainProblem(lines: Iterable<string>): string | null {
  let previous: string | null = null
  let number = 0
  for (const line of lines) {
    number += 1
    const hash = hashOf(line)
    if (hash === null) return `Line ${number} is not a record of the audit log.`
    const body = `${line.slice(0, -`,"hash":"${hash}"}`.length)}}`
    if (sha256(body) !== hash) return `Line ${number} was changed after it was written.`
    const follows = /"previous":"([0-9a-f]{64})"\}$/.exec(body)?.[1]
    if (previous !== null && follows !== previous) return `Line ${number} does not follow the one before it.`
    previous = hash
  }
  return null
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
