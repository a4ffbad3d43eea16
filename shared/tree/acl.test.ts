import { describe, expect, test } from 'vitest'
import { OPEN_ACL, PERMS } from '../zk/acl.ts'
import { ERROR_CODES } from '../zk/errors.ts'
import { ACL_ENTRIES_MAX, fixupAcl, isAllowed, maskDigests } from './acl.ts'
import { ipMatches, isIpRange, parseIp } from './ip-address.ts'

const bob = { scheme: 'digest', id: 'bob:hash' }
const local = { scheme: 'ip', id: '127.0.0.1' }
const INVALID = { ok: false, error: ERROR_CODES.INVALIDACL }

describe('fixupAcl', () => {
  test('drops duplicates and keeps the order', () => {
    const a = { perms: 1, scheme: 'ip', id: '10.0.0.1' }
    const b = { perms: 2, scheme: 'world', id: 'anyone' }
    expect(fixupAcl([a, b, { ...a }], [])).toEqual({ ok: true, value: [a, b] })
  })

  test('puts the identities of the asker in the place of auth, but no address', () => {
    expect(fixupAcl([{ perms: 5, scheme: 'auth', id: 'whatever' }], [local, bob])).toEqual({
      ok: true,
      value: [{ perms: 5, ...bob }],
    })
    expect(fixupAcl([{ perms: 5, scheme: 'auth', id: '' }], [local])).toEqual(INVALID)
  })

  test.each([
    ['world', 'bob'],
    ['digest', 'nocolon'],
    ['digest', 'a:b:c'],
    ['digest', 'a:'],
    ['ip', '1.2.3'],
    ['ip', '1.2.3.4/33'],
    ['super', ''],
    ['sasl', 'bob'],
    ['x509', 'CN=bob'],
  ])('refuses %s:%s, also behind a good entry', (scheme, id) => {
    expect(fixupAcl([...OPEN_ACL, { perms: 31, scheme, id }], [bob])).toEqual(INVALID)
  })

  test('refuses none and too many', () => {
    expect(fixupAcl(null, [])).toEqual(INVALID)
    expect(fixupAcl([], [])).toEqual(INVALID)
    const many = Array.from({ length: ACL_ENTRIES_MAX + 1 }, (_, i) => ({ perms: 1, scheme: 'digest', id: `u:${i}` }))
    expect(fixupAcl(many, [])).toEqual(INVALID)
    expect(fixupAcl(many.slice(1), []).ok).toBe(true)
  })
})

describe('isAllowed', () => {
  const acl = [
    { perms: PERMS.READ, scheme: 'world', id: 'anyone' },
    { perms: PERMS.WRITE, ...bob },
    { perms: PERMS.CREATE, scheme: 'ip', id: '127.0.0.0/8' },
    { perms: PERMS.DELETE, scheme: 'unknown', id: 'x' },
  ]
  test.each([
    [PERMS.READ, [], true],
    [PERMS.WRITE, [local], false],
    [PERMS.WRITE, [local, bob], true],
    [PERMS.CREATE, [local], true],
    [PERMS.CREATE, [{ scheme: 'ip', id: '128.0.0.1' }], false],
    [PERMS.DELETE, [{ scheme: 'unknown', id: 'x' }], false],
    [PERMS.ADMIN, [bob, local], false],
    [PERMS.ADMIN, [{ scheme: 'super', id: '' }], true],
    [PERMS.ADMIN | PERMS.WRITE, [bob], true],
  ])('perms %d', (perms, auth, expected) => {
    expect(isAllowed(acl, perms, auth)).toBe(expected)
  })

  test('no list, no limits', () => {
    expect(isAllowed(null, PERMS.ADMIN, [])).toBe(true)
    expect(isAllowed([], PERMS.ADMIN, [])).toBe(true)
  })
})

test('hashes are masked, users are not', () => {
  expect(maskDigests([{ perms: 1, ...bob }, ...OPEN_ACL])).toEqual([
    { perms: 1, scheme: 'digest', id: 'bob:x' },
    ...OPEN_ACL,
  ])
})

describe('addresses', () => {
  test.each([
    ['127.0.0.1', '127.0.0.1', true],
    ['127.0.0.1', '127.0.0.2', false],
    ['10.1.2.3', '10.0.0.0/8', true],
    ['10.1.2.3', '10.1.2.2/31', true],
    ['10.1.2.3', '10.1.2.4/31', false],
    ['10.1.2.3', '0.0.0.0/0', true],
    ['::ffff:10.1.2.3', '10.0.0.0/8', true],
    ['::1', '::1', true],
    ['::1', '0:0:0:0:0:0:0:1', true],
    ['fe80::1%eth0', 'fe80::/10', true],
    ['2001:db8::5', 'fe80::/10', false],
    ['::1', '0.0.0.0/0', false],
    ['not an address', '0.0.0.0/0', false],
  ])('%s in %s: %s', (address, range, expected) => {
    expect(ipMatches(address, range)).toBe(expected)
  })

  test.each(['', '1.2.3', '1.2.3.4.5', '256.1.1.1', '1.2.3.4/', '1.2.3.4/x', '::1/129', ':::', '1::2::3', '12345::'])(
    '%s is no range',
    (text) => {
      expect(isIpRange(text)).toBe(false)
    },
  )

  test('a full IPv6 address with :: for nothing is refused, a mapped one is IPv4', () => {
    expect(parseIp('1:2:3:4:5:6:7::8')).toBeNull()
    expect(parseIp('::ffff:1.2.3.4')).toEqual(new Uint8Array([1, 2, 3, 4]))
  })
})
