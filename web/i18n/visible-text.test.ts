import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { visibleRuns, visibleText } from './visible-text.ts'

describe('[B-6] text of an ensemble', () => {
  test.each([
    ['payments\u202egnp.exe', 'payments\\u202egnp.exe'],
    ['a\u200bb', 'a\\u200bb'],
    ['a\nb', 'a\\u000ab'],
    ['\u0085', '\\u0085'],
    ['a\u00a0b', 'a\\u00a0b'],
    ['\u{e0041}', '\\u{e0041}'],
    ['\ufeffx', '\\ufeffx'],
    ['\u3164', '\\u3164'],
  ])('%j shows as %s', (text, shown) => expect(visibleText(text)).toBe(shown))

  test('plain text of any script stays as it is, in one run', () => {
    for (const text of ['/app/config', '订单 锁', 'café', 'a b', 'ключ', '🔒']) {
      expect(visibleRuns(text)).toEqual([{ text, escaped: false }])
    }
  })

  test('data keeps its lines and tabs', () => {
    expect(visibleRuns('a\n\tb\u0007', true)).toEqual([
      { text: 'a\n\tb', escaped: false },
      { text: '\\u0007', escaped: true },
    ])
  })

  test('whatever comes in, no control or format character goes out', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(visibleText(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
      }),
    )
  })
})
