import { describe, expect, test } from 'vitest'
import { MESSAGES, preferredLanguage } from './languages.ts'

/** Every message as a string; functions are called with marked arguments. */
function sayAll(words: object, path = ''): Map<string, string> {
  const out = new Map<string, string>()
  for (const [key, value] of Object.entries(words)) {
    const at = `${path}.${key}`
    if (typeof value === 'function') {
      const marks = Array.from({ length: value.length }, (_, i) => 11 * (i + 1))
      out.set(at, String(value(...marks)))
    } else if (typeof value === 'object' && value !== null) for (const [k, v] of sayAll(value, at)) out.set(k, v)
    else out.set(at, String(value))
  }
  return out
}

const english = sayAll(MESSAGES.en)
const chinese = sayAll(MESSAGES['zh-CN'])

describe('zh-CN', () => {
  test('has every message of English and no other', () => {
    expect([...chinese.keys()].sort()).toEqual([...english.keys()].sort())
  })

  test('leaves no message empty', () => {
    expect([...chinese].filter(([, text]) => text.trim() === '')).toEqual([])
  })

  test('mentions every number and name that English mentions', () => {
    const numbers = (text: string) => new Set(text.match(/\b(11|22|33|44)\b/g))
    for (const [key, text] of english) expect([key, numbers(chinese.get(key) ?? '')]).toEqual([key, numbers(text)])
  })

  test('is Chinese where English is prose', () => {
    const untranslated = [...english].filter(
      ([key, text]) =>
        / \w+ \w+ /.test(text) && !key.includes('.list.') && !/\p{Script=Han}/u.test(chinese.get(key) ?? ''),
    )
    expect(untranslated).toEqual([])
  })
})

describe('English', () => {
  test('counts one as one', () => {
    const { watches, locks, ensemble, timeline } = MESSAGES.en
    expect(watches.fired('NodeDeleted', 1)).toBe('NodeDeleted fired 1 watch')
    expect(watches.fired('NodeDeleted', 2)).toBe('NodeDeleted fired 2 watches')
    expect(locks.waitCount(0)).toBe('nobody waits')
    expect(locks.waitCount(1)).toBe('1 waits')
    expect(ensemble.clientsMove(1)).toBe('Its one client moves to another member.')
    expect(timeline.caption('3', 1, 5)).toContain('1 change of leader')
  })
})

test('the browser decides until somebody chooses', () => {
  expect(preferredLanguage(['zh-TW', 'en'])).toBe('zh-CN')
  expect(preferredLanguage(['de-DE', 'en-GB', 'zh'])).toBe('en')
  expect(preferredLanguage(['fr'])).toBe('en')
  expect(preferredLanguage([])).toBe('en')
})
