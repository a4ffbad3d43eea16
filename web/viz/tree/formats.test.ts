// Readings of data that change nothing in it: XML, YAML, and what was compressed.

import { deflateSync, gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { formatXml, jsonAsYaml, looksLikeYaml } from './formats.ts'
import { unsnap, unsnapBlock } from './snappy.ts'
import { packingOf, UNPACKED_BYTES_MAX, unpack } from './unpack.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const text = (data: Uint8Array | undefined) => new TextDecoder().decode(data)

test('XML is indented by its tags, and nothing else is XML', () => {
  expect(formatXml('<a x="1"><b>t</b><c/><!-- n --></a>')).toBe('<a x="1">\n  <b>t</b>\n  <c/>\n  <!-- n -->\n</a>')
  expect(formatXml('<a><b></a></b>')).toBeNull()
  expect(formatXml('a < b')).toBeNull()
  expect(formatXml('<a>'.repeat(100) + '</a>'.repeat(100))).toBeNull()
})

test('JSON as YAML keeps every digit, and quotes what would be something else', () => {
  const json = '{"big":12345678901234567890,"yes":"no","list":[1,{"a":[]}],"__proto__":{"x":"a: b"},"e":{}}'
  expect(jsonAsYaml(json)).toBe(
    'big: 12345678901234567890\n"yes": "no"\nlist:\n  - 1\n  - a: []\n__proto__:\n  x: "a: b"\ne: {}',
  )
  expect(jsonAsYaml('[]')).toBe('[]')
})

test('what looks like YAML, and what does not', () => {
  expect(looksLikeYaml('server:\n  port: 80\n  hosts:\n    - a\n')).toBe(true)
  expect(looksLikeYaml('plain words\nin two lines')).toBe(false)
  expect(looksLikeYaml('a: 1\n\tb: 2')).toBe(false)
})

test('gzip and zlib are told by their first bytes and unpacked', async () => {
  const gzip = new Uint8Array(gzipSync(bytes('hello')))
  const zlib = new Uint8Array(deflateSync(bytes('hello hello hello')))
  expect([packingOf(gzip), packingOf(zlib), packingOf(bytes('hello')), packingOf(new Uint8Array())]).toEqual([
    'gzip',
    'zlib',
    null,
    null,
  ])
  expect(text((await unpack(gzip, 'gzip'))?.bytes)).toBe('hello')
  expect(text((await unpack(zlib, 'zlib'))?.bytes)).toBe('hello hello hello')
  expect(await unpack(Uint8Array.of(0x1f, 0x8b, 0x08, 1, 2, 3), 'gzip')).toBeNull()
})

test('a small file that stands for a large one is unpacked only so far', async () => {
  const bomb = new Uint8Array(gzipSync(new Uint8Array(20 * UNPACKED_BYTES_MAX)))
  const result = await unpack(bomb, 'gzip')
  expect(result?.bytes.length).toBe(UNPACKED_BYTES_MAX)
  expect(result?.truncated).toBe(true)
})

test('snappy: literals, copies that overlap, frames; damage at any byte is no crash', () => {
  // "abc" and a copy of nine bytes from three back.
  const block = Uint8Array.of(12, 2 << 2, 0x61, 0x62, 0x63, (5 << 2) | 1, 3)
  expect(text(unsnapBlock(block, 100) ?? undefined)).toBe('abcabcabcabc')
  expect(unsnapBlock(block, 5)).toBeNull()
  const head = [0xff, 6, 0, 0, 0x73, 0x4e, 0x61, 0x50, 0x70, 0x59]
  const stream = Uint8Array.of(...head, 0x00, block.length + 4, 0, 0, 0, 0, 0, 0, ...block)
  expect(packingOf(stream)).toBe('snappy')
  expect(unsnap(stream, 100)).toMatchObject({ truncated: false })
  for (let cut = 0; cut < block.length; cut += 1) expect(unsnapBlock(block.subarray(0, cut), 100)).toBeNull()
})
