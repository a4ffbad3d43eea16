// A fault in a sentence, for the timeline and for lists: what it is, on whom, how much.

import type { CheckedFault } from '#shared/events/fault-request.ts'

const PLACES = {
  member: 'of',
  disk: 'on the disk of',
  clock: 'on the clock of',
  clients: 'between clients and',
} as const

/** Without the full stop: `Delay between 1 and 2, 1 and 3 (ms 100, jitterMs 0)`. */
export function faultText(
  { kind, target, direction, parameters }: CheckedFault,
  sids: readonly number[],
  links: readonly (readonly [number, number])[],
): string {
  const values = Object.entries(parameters).map(([name, value]) => `${name} ${value}`)
  const how = values.length > 0 ? ` (${values.join(', ')})` : ''
  if (target.on === 'link' || target.on === 'isolate' || target.on === 'groups')
    return `${kind.name} ${linkWords(links)}${how}`
  const members = `member${sids.length > 1 ? 's' : ''} ${sids.join(', ')}`
  const way =
    target.on === 'clients' && direction !== 'both' ? `, ${direction === 'out' ? 'to' : 'from'} the clients` : ''
  return `${kind.name} ${PLACES[target.on]} ${members}${way}${how}`
}

function linkWords(links: readonly (readonly [number, number])[]): string {
  const has = (from: number, to: number) => links.some(([a, b]) => a === from && b === to)
  const both = links.filter(([a, b]) => a < b && has(b, a)).map(([a, b]) => `${a} and ${b}`)
  const single = links.filter(([a, b]) => !has(b, a)).map(([a, b]) => `from ${a} to ${b}`)
  return [...(both.length > 0 ? [`between ${both.join(', ')}`] : []), ...single].join(', ')
}
