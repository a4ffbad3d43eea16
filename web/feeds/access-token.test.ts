import { afterEach, describe, expect, test, vi } from 'vitest'
import { keepToken, takeToken, tokenFromText } from './access-token.ts'

const TOKEN = 'E33zgIwk29afDUaQ78kJHITds0rn192S81Hy_1Tx8qc'

describe('the token in what somebody pasted', () => {
  test.each([
    [`http://127.0.0.1:8080/#token=${TOKEN}`],
    [`  http://127.0.0.1:8080/?view=tree#token=${TOKEN}\n`],
    [`#token=${TOKEN}`],
    [`token=${TOKEN}`],
    [TOKEN],
  ])('%s', (text) => expect(tokenFromText(text)).toBe(TOKEN))

  test.each([[''], ['#view'], ['http://127.0.0.1:8080/'], ['token='], ['#token=a b c d e f'], ['x'.repeat(600)]])(
    '%j holds none',
    (text) => expect(tokenFromText(text)).toBeNull(),
  )
})

/** A browser tab's address and history entry. */
function tab(url: string, state: unknown = null) {
  const at = new URL(url)
  const location = { hash: at.hash, pathname: at.pathname, search: at.search }
  const history = {
    state,
    replaceState(next: unknown, _: string, to: string) {
      history.state = next
      Object.assign(location, { hash: new URL(to, at).hash, search: new URL(to, at).search })
    },
  }
  vi.stubGlobal('location', location)
  vi.stubGlobal('history', history)
  return { location, history }
}

describe('[B-7] the token', () => {
  afterEach(() => vi.unstubAllGlobals())

  test('leaves the address at once, the rest of the address stays', () => {
    const { location, history } = tab(`http://127.0.0.1:8080/?view=locks#token=${TOKEN}`)
    expect(takeToken()).toBe(TOKEN)
    expect(location).toMatchObject({ hash: '', search: '?view=locks' })
    expect(history.state).toEqual({ accessToken: TOKEN })
  })

  test('survives a reload in the history entry of its tab', () => {
    tab('http://127.0.0.1:8080/', { accessToken: TOKEN })
    expect(takeToken()).toBe(TOKEN)
  })

  test('is not lost to a fragment that is none', () => {
    const { history } = tab('http://127.0.0.1:8080/#view', { accessToken: TOKEN })
    expect(takeToken()).toBe(TOKEN)
    expect(history.state).toEqual({ accessToken: TOKEN })
  })

  test('a foreign history state is no token', () => {
    tab('http://127.0.0.1:8080/', { accessToken: 7 })
    expect(takeToken()).toBeNull()
  })

  test('a new one replaces the old one', () => {
    const { history } = tab('http://127.0.0.1:8080/', { accessToken: 'old-old-old' })
    keepToken(TOKEN)
    expect(history.state).toEqual({ accessToken: TOKEN })
  })
})
