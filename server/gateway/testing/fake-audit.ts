// An audit log in memory, which can be broken.

import type { AuditEntry, AuditSink } from '../api/perform.ts'

export class FakeAudit implements AuditSink {
  readonly entries: AuditEntry[] = []
  problem: string | null = null

  async record(entry: AuditEntry): Promise<void> {
    this.entries.push(entry)
  }
}
