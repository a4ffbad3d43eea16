// Where our members answer otherwise than Apache 3.8.0 does, and mean to: bugs of 3.8.0 that later releases mended
// (client-protocol.md, traps.md), and what is our own. The comparison leaves these out, by name, and nothing else.

import { ERROR_CODES } from '#shared/zk/errors.ts'
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
    default:
      return null
  }
}

/** 3.8.0 shows that a node is there to those who may not read it (CVE-2024-23944, mended in 3.8.4; setWatches still). */
export const SEEN_UNREADABLE = 'exists and setWatches: 3.8.0 tells of nodes without READ'

/** Steps that tell whether `step` would meet that: they are put to both first. */
export function readableProbes(step: Step): Step[] {
  if (step.type !== 'ask') return []
  const { request } = step
  const paths = (() => {
    if (request.type === 'exists') return [request.path]
    if (request.type !== 'setWatches' && request.type !== 'setWatches2') return []
    return [...request.data, ...request.exist, ...request.child]
  })()
  return paths.map((path) => ({ ...step, request: { type: 'getData', path, watch: false } }))
}

export function isNoAuth(observation: string): boolean {
  return observation.includes(`"err":${ERROR_CODES.NOAUTH},`)
}

/** A reply as both may give it: what is known to differ inside is levelled. */
export function levelled(observation: string): string {
  // ZOOKEEPER-4026: 3.8.0 answers a create2 inside a multi as a create; ours as later releases do.
  return withOneEnd(withSortedAcls(observation)).replaceAll(
    /\{"type":"create2","path":("(?:[^"\\]|\\.)*"),"stat":\{[^}]*\}\}/g,
    '{"type":"create","path":$1}',
  )
}

/** Who is cut off may still get an answer to a ping that was on its way: the end is the same. */
function withOneEnd(observation: string): string {
  return /^connection \d+ of session \d+ is closed$/m.test(observation)
    ? observation.replace(/, goes on$/m, ', closed')
    : observation
}

/** The scheme `auth` stands for all identities of a connection, which Apache keeps in a hash set: in no order. */
function withSortedAcls(observation: string): string {
  return observation.replaceAll(/"acl":\[([^\]]*)\]/g, (_, entries: string) => {
    const sorted = entries.split(/(?<=\}),(?=\{)/).sort()
    return `"acl":[${sorted.join(',')}]`
  })
}
