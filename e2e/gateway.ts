// What tests and pictures ask of the gateway over REST, with the token of the printed URL.

import type { Ensemble } from './ensemble.ts'

export interface Gateway {
  /** The answer's body. Throws with what the gateway said when it refuses. */
  ask(method: string, path: string, body?: object): Promise<unknown>
}

export function gatewayOf(ensemble: Ensemble): Gateway {
  const [page = '', token = ''] = ensemble.url.split('#token=')
  return {
    async ask(method, path, body) {
      const response = await fetch(new URL(`api/v1${path}`, page), {
        method,
        headers: { Authorization: `Bearer ${token}`, ...(body && { 'Content-Type': 'application/json' }) },
        ...(body && { body: JSON.stringify(body) }),
      })
      const text = await response.text()
      if (!response.ok) throw new Error(`${method} ${path} was answered with ${response.status}: ${text}`)
      return text === '' ? null : JSON.parse(text)
    },
  }
}
