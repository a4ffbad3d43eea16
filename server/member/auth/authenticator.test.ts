import { describe, expect, test } from 'vitest'
import { type AuthConfig, readAuth } from '../config/auth.ts'
import { Values } from '../config/config-values.ts'
import { createTraffic } from '../traffic.ts'
import { createAuthenticator, digestOf } from './authenticator.ts'

function config(lines: Readonly<Record<string, string>>): AuthConfig {
  const problems: string[] = []
  const read = readAuth(new Values(new Map(Object.entries(lines)), problems), true, false)
  expect(problems).toEqual([])
  return read
}

function rig(lines: Readonly<Record<string, string>> = {}) {
  const traffic = createTraffic()
  const authenticator = createAuthenticator(config(lines), traffic)
  const ask = (scheme: string, credential = '') => authenticator.authPacket(scheme, Buffer.from(credential), null)
  return { traffic, ask }
}

// As Java 17 computes them; the first was observed at Apache 3.8.0, too.
test.each([
  ['SHA1', 'fyVmFCwVbTJYrznoSu1koqYEYF0='],
  ['SHA', 'fyVmFCwVbTJYrznoSu1koqYEYF0='],
  ['SHA-256', 'huAluaVu3uER4LIpielGv9Qqk5x3YVDr6I2R/mXf2wE='],
  ['SHA256', 'huAluaVu3uER4LIpielGv9Qqk5x3YVDr6I2R/mXf2wE='],
  ['SHA-512', 'MON49O1q1UU4gzHRH8XFfdstQyTRtQRoDT+8dvk+qrZdXJegJxeoYDJfch4LeWUjXjSWIiqnKXpFYZi7tC1AZw=='],
  ['SHA-512/256', 'Og/IurIw/GdzbFYQ/Z98uLvNTACkWBakgqXV2r5V1Zw='],
  ['sha3-256', 'ukO6WgYOvbjGYGRnCevsZ2T9tQ3ynirMDLl7Q45X6Rc='],
  ['MD5', 'pasriMfeJxH/y5wk/opUWg=='],
])('a digest by %s', (digestAlg, digest) => {
  const { ask } = rig({ 'DigestAuthenticationProvider.digestAlg': digestAlg })
  expect(ask('digest', 'bob:secret')).toEqual({ type: 'ok', ids: [{ scheme: 'digest', id: `bob:${digest}` }] })
})

test('the superuser is who knows its password', () => {
  const superDigest = digestOf(Buffer.from('super:admin'))
  const { ask } = rig({ 'DigestAuthenticationProvider.superDigest': superDigest })
  expect(ask('digest', 'super:admin')).toMatchObject({
    ids: [
      { scheme: 'digest', id: superDigest },
      { scheme: 'super', id: '' },
    ],
  })
  expect(ask('digest', 'super:guess')).toMatchObject({ ids: [{ scheme: 'digest' }] })
})

test('ip adds nothing; schemes that are off fail', () => {
  const { ask } = rig({ 'DigestAuthenticationProvider.enabled': 'false' })
  expect(ask('ip', '1.2.3.4')).toEqual({ type: 'ok', ids: [] })
  for (const scheme of ['digest', 'x509', 'sasl', 'ensemble', 'world', 'auth', 'super', 'nonsense'])
    expect(ask(scheme, 'a:b'), scheme).toMatchObject({ type: 'failed' })
})

describe('the scheme ensemble', () => {
  const provider = { 'authProvider.1': 'org.apache.zookeeper.server.auth.EnsembleAuthenticationProvider' }

  test('a wrong name sends the client elsewhere, without an error', () => {
    const { ask, traffic } = rig({ ...provider, ensembleAuthName: 'red, blue' })
    expect(ask('ensemble', 'blue')).toEqual({ type: 'ok', ids: [] })
    expect(ask('ensemble', '')).toEqual({ type: 'ok', ids: [] })
    expect(ask('ensemble', 'green')).toMatchObject({ type: 'elsewhere' })
    expect(traffic).toMatchObject({ ensembleAuthSucceeded: 1, ensembleAuthSkipped: 1, ensembleAuthFailed: 1 })
  })

  test('without names every name is right', () => {
    const { ask, traffic } = rig(provider)
    expect(ask('ensemble', 'green')).toEqual({ type: 'ok', ids: [] })
    expect(traffic.ensembleAuthSkipped).toBe(1)
  })
})
