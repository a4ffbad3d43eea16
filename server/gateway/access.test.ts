import type { IncomingMessage } from 'node:http'
import { describe, expect, test } from 'vitest'
import { bearerToken, hostIsAllowed, makeAccess, originIsAllowed, tokenIsRight } from './access.ts'

const access = makeAccess(8080)

/** Only what the checks look at. */
function request(headers: readonly (readonly [string, string])[], url = '/'): IncomingMessage {
  const byName = Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value]))
  return { rawHeaders: headers.flat(), headers: byName, url } as unknown as IncomingMessage
}

describe('[N-2] Host', () => {
  test.each(['127.0.0.1:8080', 'localhost:8080', '[::1]:8080'])('%s is ours', (host) => {
    expect(hostIsAllowed(access, request([['Host', host]]))).toBe(true)
  })

  test.each([
    'evil.example',
    'localhost.evil.example:8080',
    '127.0.0.1.nip.io:8080',
    'LOCALHOST:8080',
    'localhost.:8080',
    '127.0.0.1',
    '127.0.0.1:8081',
    '',
  ])('%j is not', (host) => expect(hostIsAllowed(access, request([['Host', host]]))).toBe(false))

  test('none, two, and one overruled by the target are refused', () => {
    const host = ['Host', 'localhost:8080'] as const
    expect(hostIsAllowed(access, request([]))).toBe(false)
    expect(hostIsAllowed(access, request([host, ['host', 'localhost:8080']]))).toBe(false)
    expect(hostIsAllowed(access, request([host], 'http://evil.example/'))).toBe(false)
  })

  test('on port 80 a browser leaves the port out', () => {
    expect(hostIsAllowed(makeAccess(80), request([['Host', 'localhost']]))).toBe(true)
  })
})

describe('[S-2] Origin', () => {
  test('our own page is allowed', () => {
    expect(originIsAllowed(access, request([['Origin', 'http://127.0.0.1:8080']]))).toBe(true)
  })

  test.each(['null', 'https://127.0.0.1:8080', 'http://127.0.0.1:5173', 'http://127.0.0.1:8080.evil.example'])(
    '%s is not',
    (origin) => expect(originIsAllowed(access, request([['Origin', origin]]))).toBe(false),
  )

  test('without an Origin only the token as bearer counts, and no cookie beside it', () => {
    const bearer = ['Authorization', `Bearer ${access.token}`] as const
    expect(originIsAllowed(access, request([]))).toBe(false)
    expect(originIsAllowed(access, request([bearer]))).toBe(true)
    expect(originIsAllowed(access, request([bearer, ['Cookie', 'a=b']]))).toBe(false)
    expect(originIsAllowed(access, request([['Authorization', 'Bearer nope']]))).toBe(false)
  })
})

describe('[A-5] token', () => {
  test('has 256 bits, is new at each start, and must be whole', () => {
    expect(Buffer.from(access.token, 'base64url')).toHaveLength(32)
    expect(makeAccess(8080).token).not.toBe(access.token)
    expect(tokenIsRight(access, access.token)).toBe(true)
    for (const wrong of ['', access.token.slice(1), `${access.token}x`]) expect(tokenIsRight(access, wrong)).toBe(false)
  })

  test('a bearer is read from its header only', () => {
    expect(bearerToken(request([['Authorization', 'Bearer abc']]))).toBe('abc')
    expect(bearerToken(request([['Authorization', 'Basic abc']]))).toBeNull()
  })
})
