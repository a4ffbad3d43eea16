// One event in the protocol's own terms, for stepping through the past: who, what, about which txn. The same in every
// language, as the events' names are.

import type { GatewayEvent } from '#shared/events/socket-protocol.ts'

/** With milliseconds: several events share a second. `20:04:11.123`, by the browser's zone. */
export function formatMoment(t: number): string {
  const at = new Date(t)
  const two = (n: number) => String(n).padStart(2, '0')
  const clock = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`
  return `${clock}.${String(at.getMilliseconds()).padStart(3, '0')}`
}

/** `member 2: logged 0x100000007`. */
export function momentText(event: GatewayEvent): string {
  const about = [
    'stage' in event ? event.stage : null,
    'state' in event && typeof event.state === 'string' ? event.state : null,
    'phase' in event && typeof event.phase === 'string' ? event.phase : null,
    'zxid' in event && typeof event.zxid === 'string' ? event.zxid : null,
    'txn' in event ? `${event.txn.op} ${event.txn.path ?? ''} ${event.txn.zxid}` : null,
    'path' in event && typeof event.path === 'string' ? event.path : null,
  ].filter((part) => part !== null)
  const who = event.sid === 0 ? '' : `member ${event.sid}: `
  return `${who}${[event.type, ...about].join(' ')}`
}
