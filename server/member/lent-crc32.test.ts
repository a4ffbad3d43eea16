import zlib from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { crc32, lendCrc32 } from '#shared/base/checksum.ts'

test('Node’s CRC-32 and ours agree, whatever came before and wherever the bytes lie', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 500, maxLength: 3000 }),
      fc.nat(2 ** 32 - 1),
      fc.nat(50),
      (bytes, running, start) => {
        const own = crc32(bytes, running, start)
        lendCrc32(zlib.crc32)
        try {
          expect(crc32(bytes, running, start)).toBe(own)
        } finally {
          lendCrc32(null)
        }
      },
    ),
  )
})
