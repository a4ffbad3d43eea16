import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { utf8Encode } from '#shared/base/text.ts'
import { bytesFromBase64, formatJson, hexLines, looksBinary, textOf } from './data-preview.ts'

describe('JSON', () => {
  test('indents without touching a digit', () => {
    expect(formatJson('{"a":[1,{"b":9007199254740993}],"c":{},"d":[]}')).toEqual({
      type: 'json',
      text: '{\n  "a": [\n    1,\n    {\n      "b": 9007199254740993\n    }\n  ],\n  "c": {},\n  "d": []\n}',
    })
  })

  test('any value stays the same value', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 })), fc.array(fc.jsonValue({ maxDepth: 3 }))),
        (value) => {
          const preview = formatJson(JSON.stringify(value))
          expect(preview.type).toBe('json')
          if (preview.type === 'json') expect(JSON.parse(preview.text)).toEqual(JSON.parse(JSON.stringify(value)))
        },
      ),
    )
  })

  test('[B-9] depth is refused before anything recurses', () => {
    expect(formatJson('['.repeat(30_000) + ']'.repeat(30_000))).toEqual({ type: 'too-deep' })
    expect(formatJson(`["${'['.repeat(1000)}"]`).type).toBe('json')
  })

  test.each([['plain'], ['{broken'], ['12'], ['"text"'], ['']])('%j is none', (text) =>
    expect(formatJson(text)).toEqual({ type: 'not-json' }),
  )
})

describe('text', () => {
  test('a preview cut within a character is still text', () => {
    const bytes = utf8Encode('abc锁')
    expect(textOf(bytes.subarray(0, 5), true)).toBe('abc')
    expect(textOf(bytes.subarray(0, 5), false)).toBeNull()
    expect(textOf(bytes, false)).toBe('abc锁')
  })

  test('other bytes are none', () => {
    expect(textOf(new Uint8Array([0xac, 0xed, 0xff]), false)).toBeNull()
    expect(looksBinary('\u0001\u0002ab\u0000')).toBe(true)
    expect(looksBinary('a line\nand another\t')).toBe(false)
  })
})

test('hex shows offsets, bytes and letters', () => {
  expect(hexLines(bytesFromBase64('AP9BYg=='))).toEqual([{ offset: '0000', hex: '00 ff 41 62', ascii: '··Ab' }])
  expect(hexLines(new Uint8Array(20)).map(({ offset }) => offset)).toEqual(['0000', '0010'])
})
