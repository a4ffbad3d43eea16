import { expect, test } from 'vitest'
import { FAULT_TTL_MS_MAX, parseFaultCommand } from './fault-command.ts'

const CUT = { type: 'cut' }

test('a link fault names a peer, a direction, a rule and its end', () => {
  const command = { type: 'link', peer: 2, direction: 'both', rule: CUT, ttlMs: 500 }
  expect(parseFaultCommand(command)).toEqual({
    ok: true,
    value: { type: 'link', peer: 2, directions: ['in', 'out'], rule: CUT, ttlMs: 500 },
  })
})

test('a jump of the clock has no end', () => {
  const parsed = parseFaultCommand({ type: 'clock', rule: { type: 'jump', ms: 70 } })
  expect(parsed).toEqual({ ok: true, value: { type: 'jump', ms: 70 } })
})

test.each([
  [{ type: 'explode' }, 'disk, clock, crash, end, heal or list'],
  ['heal', 'a JSON object'],
  [{ type: 'link', peer: 'clients', direction: 'in', rule: CUT, ttlMs: 5 }, 'type of the command is clients'],
  [{ type: 'link', peer: 2, direction: 'up', rule: CUT, ttlMs: 5 }, 'in, out or both'],
  [
    { type: 'link', peer: 2, direction: 'in', rule: { type: 'reorder' }, ttlMs: 5 },
    'reorder: percent is a whole number',
  ],
  [{ type: 'link', peer: 2, direction: 'in', rule: CUT }, 'ttlMs is how long'],
  [{ type: 'disk', rule: { type: 'stuck' }, ttlMs: FAULT_TTL_MS_MAX + 1 }, 'ttlMs is how long'],
  [{ type: 'disk', rule: { type: 'melt' }, ttlMs: 5 }, 'slow, stuck'],
  [{ type: 'clock', rule: { type: 'jump', ms: -5 } }, 'from 1 to'],
  [{ type: 'clock', rule: { type: 'offset', ms: 1e300 }, ttlMs: 5 }, 'at most'],
  [{ type: 'reset', peer: 0 }, 'the id of a server'],
  [{ type: 'link', peer: 2, direction: 'both', rule: { type: 'hold' }, ttlMs: 5 }, 'its direction is out'],
  [{ type: 'clients', direction: 'out', rule: { type: 'hold' }, ttlMs: 5 }, 'messages between members'],
  [
    { type: 'link', peer: 2, direction: 'out', rule: { type: 'heavyTail', ms: 9, maxMs: 8 }, ttlMs: 5 },
    'maxMs not below ms',
  ],
  [{ type: 'clock', rule: { type: 'drift', fasterPercent: 0 }, ttlMs: 5 }, 'and not 0'],
  [{ type: 'clock', rule: { type: 'pace', percent: 101 }, ttlMs: 5 }, 'from 0 to 100'],
  [{ type: 'crash', at: 'lunch', ttlMs: 5 }, 'at is one of beforeProposal'],
  [{ type: 'disk', rule: { type: 'crash', torn: true }, ttlMs: 5 }, 'slow, stuck'],
  [{ type: 'release', peer: 'all', message: 1, action: 'deliver' }, 'the one server'],
  [{ type: 'release', peer: 2, message: 'next', action: 'deliver' }, 'null for all'],
  [{ type: 'release', peer: 2, message: 1, action: 'eat' }, 'deliver, drop or duplicate'],
])('%j is refused in words', (command, words) => {
  const parsed = parseFaultCommand(command)
  expect(parsed.ok ? '' : parsed.error).toContain(words)
})
