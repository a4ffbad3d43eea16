// Breaks a member on purpose through its own seams: one command, one answer, on the member's event port. What commands
// there are is the member's business (server/member/faults); it must run with zabscope.faults=true.

import { connect } from 'node:net'
import { EnsembleError, type EnsembleErrorCode } from './ensemble-error.ts'
import { HOST } from './ports.ts'

const ANSWER_BYTES_MAX = 256 * 1024
const ANSWER_TIMEOUT_MS = 5000

export interface FaultTarget {
  readonly eventPort: number
  /** Lower-case hex. */
  readonly secret: string
}

/** Resolves with the active faults, as the member tells them. Rejects with an EnsembleError: refused, or no answer. */
export function commandFault(target: FaultTarget, command: object): Promise<readonly unknown[]> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: HOST, port: target.eventPort, noDelay: true })
    let said = ''
    const fail = (why: string, code: EnsembleErrorCode = 'WRONG_STATE') => {
      socket.destroy()
      reject(new EnsembleError(code, `The member did not carry out ${JSON.stringify(command)}: ${why}`))
    }
    socket.setTimeout(ANSWER_TIMEOUT_MS, () => fail(`no answer within ${ANSWER_TIMEOUT_MS} ms`))
    socket.setEncoding('utf8')
    socket.on('error', (error) => fail(error.message))
    socket.on('close', () => fail('it closed the connection'))
    socket.on('data', (chunk: string) => {
      said += chunk
      const end = said.indexOf('\n')
      if (end === -1) {
        if (said.length > ANSWER_BYTES_MAX) fail('it says too much')
        return
      }
      const answer = readAnswer(said.slice(0, end))
      if (answer.active === null) return fail(answer.error, 'REFUSED')
      resolve(answer.active)
      socket.destroy()
    })
    socket.write(`${target.secret} faults\n${JSON.stringify(command)}\n`)
  })
}

function readAnswer(line: string): { readonly active: readonly unknown[] | null; readonly error: string } {
  try {
    const value: unknown = JSON.parse(line)
    if (typeof value === 'object' && value !== null) {
      if ('active' in value && Array.isArray(value.active)) return { active: value.active, error: '' }
      if ('error' in value && typeof value.error === 'string') return { active: null, error: value.error }
    }
  } catch {
    // Said below.
  }
  return { active: null, error: 'its answer makes no sense' }
}
