// A recording goes to the gateway over HTTP: it is larger than what sockets carry.

import type { ClusterSummary } from '#shared/events/cluster-list.ts'
import { takeToken } from './access-token.ts'
import { failed } from './feed.ts'
import { gatewayPath } from './gateway-path.ts'

export type OpenAnswer = { readonly ok: true; readonly value: ClusterSummary } | ReturnType<typeof failed>

export async function openRecording(file: Blob): Promise<OpenAnswer> {
  try {
    const token = takeToken()
    const response = await fetch(gatewayPath('api/v1/recordings'), {
      method: 'POST',
      credentials: 'same-origin',
      headers: { 'Content-Type': 'application/gzip', ...(token === null ? {} : { Authorization: `Bearer ${token}` }) },
      body: file,
    })
    const answer: unknown = await response.json()
    if (response.ok) return { ok: true, value: answer as ClusterSummary } // our own gateway's, as its table says
    const told = typeof answer === 'object' && answer !== null && 'detail' in answer
    return failed('RECORDING', told ? String(answer.detail) : `HTTP ${response.status}`)
  } catch {
    return failed('OFFLINE', 'The file did not reach the gateway. Try again.')
  }
}
