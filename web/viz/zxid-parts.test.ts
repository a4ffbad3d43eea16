import { expect, test } from 'vitest'
import { zxidParts } from './zxid-parts.ts'

test('epoch and counter, exact', () => {
  expect(zxidParts('0x300000412')).toEqual({
    epochHex: '0x3',
    counterHex: '00000412',
    epoch: 3,
    counter: 1042,
    tint: 1,
  })
  expect(zxidParts('0x7fffffffffffffff')).toMatchObject({ epoch: 0x7fffffff, counter: 0xffffffff })
  expect(zxidParts('0x0')).toMatchObject({ epoch: 0, counter: 0, tint: 0 })
})

test('what is no zxid', () => {
  expect(zxidParts('12')).toBeNull()
  expect(zxidParts('0xXYZ')).toBeNull()
})
