import { describe, expect, test } from 'vitest'
import {
  formatWithSecond,
  parseProperties,
  parseQuorumConfig,
  parseSecond,
  sameMembers,
  versionOfText,
} from './config-text.ts'
import { formatQuorumConfig } from './quorum-config.ts'
import { makeZxid, ZERO_ZXID } from './zxid.ts'

const TEXT = [
  'server.1=127.0.0.1:43811:43821:participant;127.0.0.1:43801',
  'server.2=[::1]:43812:43822:observer',
  'server.10=host.example:1:2:participant;0.0.0.0:3',
  'version=100000006',
].join('\n')

function read(text: string) {
  const config = parseQuorumConfig(text)
  if (!config.ok) throw new Error(config.error)
  return config.value
}

describe('a configuration as text', () => {
  test('is read and written alike', () => {
    const config = read(TEXT)
    expect(config.version).toBe(makeZxid(1, 6))
    expect([...config.servers.keys()]).toEqual([1, 2, 10])
    expect(formatQuorumConfig(config)).toBe(TEXT)
    expect(versionOfText(TEXT)).toBe(makeZxid(1, 6))
  })

  test('servers come in the order of their ids; without a version it is 0', () => {
    const lines = TEXT.split('\n').slice(0, 3)
    const config = read(lines.reverse().join('\n'))
    expect([...config.servers.keys()]).toEqual([1, 2, 10])
    expect(config.version).toBe(ZERO_ZXID)
    expect(sameMembers(config, read(TEXT))).toBe(true)
    expect(versionOfText(lines.join('\n'))).toBe(null)
  })

  test.each([
    ['', 'nobody'],
    ['server.1=h:1:2:observer', 'no participant'],
    ['server.1=h:1:2\nversion=zz', 'a version that is none'],
    ['server.1=h:1:2\nversion=fffffffffffffffff', 'a version that is too long'],
    ['server.1=h:1:2\ngroup.1=1', 'groups'],
    ['server.1=h', 'a bad line'],
  ])('refuses %j: %s', (text) => {
    expect(parseQuorumConfig(text).ok).toBe(false)
  })

  test('lines are those of a properties file', () => {
    expect(parseProperties('  # no\n! no\n\n a = b=c \nd:e\r\nf g\nh\na=z')).toEqual(
      new Map([
        ['a', 'z'],
        ['d', 'e'],
        ['f', 'g'],
        ['h', ''],
      ]),
    )
  })

  test('members differ by role, place or number', () => {
    expect(sameMembers(read(TEXT), read(TEXT.replace('observer', 'participant')))).toBe(false)
    expect(sameMembers(read(TEXT), read(TEXT.replace('43811', '43819')))).toBe(false)
    expect(sameMembers(read(TEXT), read(TEXT.replace('server.10', 'server.11')))).toBe(false)
  })

  test('[RECONF-9] a second one in comments, which a plain reader skips', () => {
    const active = read(TEXT.replace('version=100000006', 'version=100000002'))
    const text = formatWithSecond(read(TEXT), '#active ', active)
    expect(read(text)).toEqual(read(TEXT))
    expect(versionOfText(text)).toBe(makeZxid(1, 6))
    expect(parseSecond(text, '#active ')).toEqual(active)
    expect(parseSecond(text, '#lastSeen ')).toBe(null)
    expect(parseSecond(TEXT, '#active ')).toBe(null)
    expect(parseSecond('#active server.1=nonsense', '#active ')).toBe(null)
  })
})
