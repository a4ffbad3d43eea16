// Where our members answer otherwise than Apache 3.8.0 does, and mean to: bugs of 3.8.0 that later releases mended
// (client-protocol.md, traps.md), and what is our own. The comparison leaves these out, by name, and nothing else.

import type { ClientRequest } from '#shared/zk/request.ts'
import type { Step } from './step.ts'

/** Why this step is not put to both, or null when it is. */
export function knownDifference(step: Step): string | null {
  return step.type === 'ask' ? ofRequest(step.request) : null
}

function ofRequest(request: ClientRequest): string | null {
  switch (request.type) {
    case 'checkWatches':
      return 'checkWatches: 3.8 says yes for watches of other connections (ZOOKEEPER-4472)'
    case 'removeWatches':
      return request.watcherType > 3 || request.watcherType < 1
        ? 'removeWatches: types 4 and 5 exist from 3.9 on'
        : null
    case 'exists':
      return null
    default:
      return null
  }
}

/** A reply as both may give it: what is known to differ inside is levelled. */
export function levelled(observation: string): string {
  // ZOOKEEPER-4026: 3.8.0 answers a create2 inside a multi as a create; ours as later releases do.
  return observation.replaceAll(
    /\{"type":"create2","path":("(?:[^"\\]|\\.)*"),"stat":\{[^}]*\}\}/g,
    '{"type":"create","path":$1}',
  )
}
