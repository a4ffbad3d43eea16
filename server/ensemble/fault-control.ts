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

export interface FaultAnswer {
  /** As the member tells them: server/member/faults/fault-seams.ts. */
  readonly active: readonly unknown[]
  readonly held: readonly unknown[]
  /** So many more are held. */
  readonly more: number
}

/** Resolves with the active faults, as the member tells them. Rejects with an EnsembleError: refused, or no answer. */
export async function commandFault(target: FaultTarget, command: object): Promise<readonly unknown[]> {
  return (await askFaults(target, command)).active
}

/** The same, with everything that the member answers. */
export function askFaults(target: FaultTarget, command: object): Promise<FaultAnswer> {
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
      if ('error' in answer) return fail(answer.error, 'REFUSED')
      resolve(answer)
      socket.destroy()
    })
    socket.write(`${target.secret} faults\n${JSON.stringify(command)}\n`)
  })
}

function readAnswer(line: string): FaultAnswer | { readonly error: string } {
  try {
    const value: unknown = JSON.parse(line)
    if (typeof value === 'object' && value !== null) {
      const held = 'held' in value && Array.isArray(value.held) ? value.held : []
      const more = 'more' in value && typeof value.more === 'number' ? value.more : 0
      if ('active' in value && Array.isArray(value.active)) return { active: value.active, held, more }
      if ('error' in value && typeof value.error === 'string') return { error: value.error }
    }
  } catch {
    // Said below.
  }
  return { error: 'its answer makes no sense' }
}
