// What is kept of a run that was not clean: the history, a line a record, beside the members' directories with their logs
// and data, and the report.

import { createWriteStream } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import type { Entry } from '#shared/zk/txn.ts'
import type { Recorded } from './client-worker.ts'
import type { DoneFault } from './injector.ts'

/** Bigints as `0x…`, bytes as hexadecimal text. */
export function toJson(value: unknown, indent?: number): string {
  return JSON.stringify(
    value,
    (_key, one: unknown) => {
      if (typeof one === 'bigint') return `0x${one.toString(16)}`
      return one instanceof Uint8Array ? Buffer.from(one).toString('hex') : one
    },
    indent,
  )
}

export async function keepEvidence(
  dir: string,
  recorded: Recorded,
  log: readonly Entry[],
  done: readonly DoneFault[],
): Promise<void> {
  await writeFile(join(dir, 'faults.json'), toJson(done, 1))
  await writeLines(join(dir, 'operations.jsonl'), recorded.operations)
  await writeLines(join(dir, 'events.jsonl'), recorded.events)
  await writeLines(join(dir, 'connections.jsonl'), recorded.connections)
  await writeLines(join(dir, 'beliefs.jsonl'), recorded.beliefs)
  await writeLines(join(dir, 'chosen.jsonl'), log)
}

async function writeLines(path: string, values: readonly unknown[]): Promise<void> {
  const stream = createWriteStream(path)
  for (const value of values) stream.write(`${toJson(value)}\n`)
  stream.end()
  await finished(stream)
}
