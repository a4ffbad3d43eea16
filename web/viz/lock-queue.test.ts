import { expect, test } from 'vitest'
import type { LockContender, LockView } from '#shared/events/socket-protocol.ts'
import { layoutQueue, waitsForChain } from './lock-queue.ts'

function contender(sequence: number, change: Partial<LockContender> = {}): LockContender {
  const name = `lock-${sequence}`
  return {
    name,
    path: `/l/${name}`,
    session: '0x1',
    address: null,
    sid: null,
    sequence,
    sinceMs: 1000 * sequence,
    heldSinceMs: null,
    data: '',
    role: 'waiting',
    waitsFor: `/l/lock-${sequence - 1}`,
    kind: 'lock',
    ...change,
  }
}

const lock = (...contenders: LockContender[]): LockView => ({ path: '/l', recipe: 'lock', contenders })
const HOLDER = contender(1, { role: 'holder', waitsFor: null })

test('the holder first, then the queue; bars share one scale that ends now', () => {
  const rows = layoutQueue(lock(contender(3), HOLDER, contender(2)), 11_000)
  expect(rows.map(({ contender: { name }, place, waitsForRow }) => [name, place, waitsForRow])).toEqual([
    ['lock-1', 0, null],
    ['lock-2', 1, 0],
    ['lock-3', 2, 1],
  ])
  expect(rows.map(({ barFrom }) => barFrom)).toEqual([0, 0.1, 0.2])
  expect(rows.map(({ inLineMs }) => inLineMs)).toEqual([10_000, 9000, 8000])
})

test('a clock ahead of ours gives no negative time', () => {
  expect(layoutQueue(lock(HOLDER), 500)[0]).toMatchObject({ inLineMs: 0 })
})

test('the awaited may be given by name or by path, or be gone', () => {
  const rows = layoutQueue(lock(HOLDER, contender(2, { waitsFor: 'lock-1' }), contender(9)), 10_000)
  expect(rows.map(({ waitsForRow }) => waitsForRow)).toEqual([null, 0, null])
})

test('the chain leads to the holder, and a circle ends', () => {
  const names = (view: LockView, path: string) => waitsForChain(view, path, 50).map(({ name }) => name)
  expect(names(lock(HOLDER, contender(2), contender(3)), '/l/lock-3')).toEqual(['lock-3', 'lock-2', 'lock-1'])
  const circle = lock(contender(2, { waitsFor: 'lock-3' }), contender(3, { waitsFor: 'lock-2' }))
  expect(names(circle, '/l/lock-2')).toEqual(['lock-2', 'lock-3'])
})
