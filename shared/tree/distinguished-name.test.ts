import { expect, test } from 'vitest'
import { isDistinguishedName } from './distinguished-name.ts'

// What Java 17's X500Principal takes and refuses.
test.each([
  'CN=a',
  'cn=a, OU=b\\, c,O="x+y"',
  'CN=a+OU=b,O=c',
  '2.5.4.5=1,CN=x',
  '',
  'CN=',
  ' CN = a , O = b ',
  'CN=a;O=b',
])('%j is a name', (text) => expect(isDistinguishedName(text)).toBe(true))
test.each(['1.2.3.4=#0c0161', 'OID.2.5.4.3=x', 'S=x', 'CN="a<b>;"', 'cn=\\C3\\BC', 'CN=a=b', 'EMAIL=x'])(
  '%j is a name, too',
  (text) => expect(isDistinguishedName(text)).toBe(true),
)
test.each(['CN=#616', 'CN=a=b;c', 'FOO=x', 'CN', 'CN=a,', '=a', 'CN=a"b', 'CN=a<b>', 'CN=a+', 'CN="a"x', 'CN=a\\zb'])(
  '%j is none',
  (text) => expect(isDistinguishedName(text)).toBe(false),
)
test.each(['1=a', '99.1=a', 'CN=#', 'CN=#1301', 'CN=a,,O=b', ',CN=a', 'CN=a\\', 'E=x'])('%j is none either', (text) =>
  expect(isDistinguishedName(text)).toBe(false),
)
