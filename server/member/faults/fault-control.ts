// The conversation of whoever breaks a member on purpose, on the event port: a JSON command a line, a JSON answer a
// line. Whoever gets here has proven itself with the ensemble's secret already.

import type { Socket } from 'node:net'
import { err, ok, type Result } from '#shared/base/result.ts'
import type { FaultSeams } from './fault-seams.ts'

/** Behind the secret in the first line: this connection gives commands. */
export const FAULT_WORD = 'faults'
export const FAULT_LINE_BYTES_MAX = 16_384

/** `said`: what came behind the first line already. `seams` null: faults are off. */
export function controlFaults(socket: Socket, said: Buffer, seams: FaultSeams | null): void {
  let waiting = said
  const take = () => {
    for (let end = waiting.indexOf('\n'); end !== -1; end = waiting.indexOf('\n')) {
      const line = waiting.toString('utf8', 0, end)
      waiting = waiting.subarray(end + 1)
      socket.write(`${answer(line, seams)}\n`)
    }
    if (waiting.length > FAULT_LINE_BYTES_MAX)
      socket.end(`${JSON.stringify({ ok: false, error: `a command has at most ${FAULT_LINE_BYTES_MAX} bytes` })}\n`)
  }
  socket.on('data', (chunk: Buffer) => {
    waiting = Buffer.concat([waiting, chunk])
    take()
  })
  take()
}

function answer(line: string, seams: FaultSeams | null): string {
  if (seams === null) return JSON.stringify({ ok: false, error: 'faults are off: set zabscope.faults=true' })
  const read = readJson(line)
  const done = read.ok ? seams.command(read.value) : read
  return JSON.stringify(done.ok ? { ok: true, ...done.value } : { ok: false, error: done.error })
}

function readJson(line: string): Result<unknown, string> {
  try {
    const value: unknown = JSON.parse(line)
    return ok(value)
  } catch {
    return err('a command is one line of JSON')
  }
}
