// The watches that a member knows, asked of its AdminServer (`watches_by_path`, Apache's name). A member walks over all of
// them to answer, so this is asked when somebody wants it and never by itself.

import { z } from 'zod'
import { asSessionId, formatSessionId } from '#shared/zk/ids.ts'
import { HOST } from '../ensemble/ports.ts'
import { ADMIN_ANSWER_BYTES_MAX } from './limits.ts'

const TIMEOUT_MS = 5000
const answer = z.object({ path_to_session_ids: z.record(z.string(), z.array(z.string())) })

export interface PathWatchers {
  readonly path: string
  /** `0x…` */
  readonly sessions: readonly string[]
}

/** Rejects when the member does not answer, or says too much. */
export async function readWatches(adminPort: number): Promise<readonly PathWatchers[]> {
  const url = `http://${HOST}:${adminPort}/commands/watches_by_path`
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS), redirect: 'error' })
  let text = ''
  const decoder = new TextDecoder()
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true })
    if (text.length > ADMIN_ANSWER_BYTES_MAX) throw new Error('the answer is too long')
  }
  const { path_to_session_ids: byPath } = answer.parse(JSON.parse(quoteNumbers(text)))
  return Object.entries(byPath).map(([path, ids]) => ({ path, sessions: ids.map(sessionText) }))
}

/** The same JSON with every number as a text: session ids have 64 bits, which numbers of JavaScript have not (I-7). */
export function quoteNumbers(json: string): string {
  return json.replaceAll(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g, (token) =>
    token.startsWith('"') ? token : `"${token}"`,
  )
}

/** Java's longs are signed. */
function sessionText(long: string): string {
  return formatSessionId(asSessionId(BigInt.asUintN(64, BigInt(long))))
}
