// A subtree as a file, over HTTP: the gateway sends it in pieces, which sockets do not carry. Aborting ends it.

import { takeToken } from './access-token.ts'
import { failed } from './feed.ts'
import { gatewayPath } from './gateway-path.ts'

export type ExportAnswer = { readonly ok: true; readonly value: string } | ReturnType<typeof failed>

export async function exportTree(path: string, signal: AbortSignal): Promise<ExportAnswer> {
  try {
    const token = takeToken()
    const response = await fetch(`${gatewayPath('api/v1/tree/export')}?path=${encodeURIComponent(path)}`, {
      credentials: 'same-origin',
      headers: token === null ? {} : { Authorization: `Bearer ${token}` },
      signal,
    })
    const text = await response.text()
    if (response.ok) return { ok: true, value: text }
    const problem: unknown = JSON.parse(text)
    const told = typeof problem === 'object' && problem !== null && 'detail' in problem
    return failed('EXPORT', told ? String(problem.detail) : `HTTP ${response.status}`)
  } catch {
    return failed('OFFLINE', signal.aborted ? 'Stopped.' : 'The export broke off. Try again.')
  }
}
