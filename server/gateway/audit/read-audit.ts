// The newest records of the audit log, and whether its chain holds, for an admin who looks.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { AuditPage } from '#shared/events/operator-requests.ts'
import { AUDIT_FILE } from './audit-log.ts'
import { chainProblem } from './record.ts'

/** Of the present file, which is of bounded size. */
export async function readAudit(dir: string, limit: number): Promise<AuditPage> {
  const text = await readFile(join(dir, AUDIT_FILE), 'utf8').catch(() => '')
  const lines = text.split('\n').filter((line) => line !== '')
  return { records: lines.slice(-limit), problem: chainProblem(lines) }
}
