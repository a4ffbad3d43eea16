// Asking members what they hold, and letting it go: commands of server/member/faults, and what comes back checked. Who may
// ask is the caller's business.

import type { HeldList, HeldMessage, ReleaseRequest } from '#shared/events/held-messages.ts'
import { EnsembleError } from '../ensemble-error.ts'
import type { FaultAnswer } from '../fault-control.ts'

/** In one answer, of all members together. */
export const HELD_LISTED_MAX = 500

/** Members that do not answer hold what nobody can see: they are left out. */
export async function askHeld(
  sids: readonly number[],
  ask: (sid: number, command: object) => Promise<FaultAnswer>,
): Promise<HeldList> {
  const silent: FaultAnswer = { active: [], held: [], more: 0 }
  const answers = await Promise.all(
    sids.map(async (from) => ({ from, ...(await ask(from, { type: 'held' }).catch(() => silent)) })),
  )
  // Oldest first: each member has told how long it has held them.
  const all = answers
    .flatMap(({ from, held }) => held.filter(isHeld).map((message): HeldMessage => ({ ...message, from })))
    .sort((a, b) => b.heldMs - a.heldMs || a.id - b.id)
  const messages = all.slice(0, HELD_LISTED_MAX)
  const more = answers.reduce((sum, answer) => sum + answer.more, all.length - messages.length)
  return { messages, more }
}

/** Throws EnsembleError REFUSED with the member's sentence. */
export async function askRelease(
  { to, message, action }: ReleaseRequest,
  ask: (command: object) => Promise<FaultAnswer>,
): Promise<void> {
  if (message === null && action !== 'deliver')
    throw new EnsembleError('BAD_ARGUMENT', 'Only one message at a time can be dropped or doubled.')
  await ask({ type: 'release', peer: to, message, action })
}

function isHeld(value: unknown): value is Omit<HeldMessage, 'from'> {
  return (
    typeof value === 'object' &&
    value !== null &&
    'id' in value &&
    typeof value.id === 'number' &&
    'heldMs' in value &&
    typeof value.heldMs === 'number' &&
    'type' in value &&
    typeof value.type === 'string'
  )
}
