import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ok } from '#shared/base/result.ts'
import { DEFAULT_TLS_CIPHERS } from '../tls/cipher-suites.ts'
import { type MemberConfig, parseConfig } from './config.ts'

const ALONE = ['dataDir=/data', 'clientPort=2181']
const ENSEMBLE = [...ALONE, 'initLimit=10', 'syncLimit=5', 'server.1=h:1:2', 'server.2=i:1:2', 'server.3=j:1:2']
const STORES = ['ssl.keyStore.location=/k.pem', 'ssl.trustStore.location=/t.pem']
const QUORUM_STORES = ['ssl.quorum.keyStore.location=/k.pem', 'ssl.quorum.trustStore.location=/t.pem']

function parse(lines: readonly string[]): MemberConfig {
  const parsed = parseConfig(lines.join('\n'), () => ok('1'))
  if (!parsed.ok) throw new Error(parsed.error.join('\n'))
  return parsed.value
}

function problems(lines: readonly string[]): string {
  const parsed = parseConfig(lines.join('\n'), () => ok('1'))
  return parsed.ok ? '' : parsed.error.join('\n')
}

describe('TLS', () => {
  test('a port with PEM files has Apache’s defaults', () => {
    const { tls, clientPort, auth } = parse(['dataDir=/data', 'secureClientPort=2281', ...STORES])
    expect(clientPort).toBe(-1)
    expect(tls).toMatchObject({ secureClientPort: 2281, clientPortUnification: false, quorum: null, handshakesMax: 0 })
    expect(tls.client).toEqual({
      keyStore: { path: '/k.pem', type: 'PEM', password: null, passwordPath: null },
      trustStore: { path: '/t.pem', type: 'PEM', password: null, passwordPath: null },
      clientAuth: 'need',
      minVersion: 'TLSv1.2',
      maxVersion: 'TLSv1.3',
      ciphers: DEFAULT_TLS_CIPHERS,
      hostnameVerification: true,
      detectionTimeoutMs: 5000,
      reload: false,
    })
    expect(auth.schemes.x509).toBe(true)
  })

  test('without a port that needs them, files are not asked for', () => {
    expect(parse(ALONE).tls).toMatchObject({ client: null, quorum: null })
    expect(parse([...ALONE, 'sslQuorum=true']).tls.quorum).toBeNull()
  })

  test.each([
    ['ssl.protocol=TLSv1.3', 'TLSv1.3', 'TLSv1.3'],
    ['ssl.protocol=TLSv1.2', 'TLSv1.2', 'TLSv1.2'],
    ['ssl.protocol=TLS', 'TLSv1.2', 'TLSv1.3'],
    ['ssl.enabledProtocols=TLSv1.3,TLSv1.2', 'TLSv1.2', 'TLSv1.3'],
  ])('%s', (line, minVersion, maxVersion) => {
    expect(parse([...ALONE, 'secureClientPort=1', ...STORES, line]).tls.client).toMatchObject({
      minVersion,
      maxVersion,
    })
  })

  test('between servers', () => {
    const { tls } = parse([...ENSEMBLE, 'sslQuorum=true', 'portUnification=true', ...QUORUM_STORES])
    expect(tls).toMatchObject({ sslQuorum: true, quorumPortUnification: true, client: null })
    expect(tls.quorum?.keyStore.path).toBe('/k.pem')
  })

  test.each([
    [['secureClientPortAddress=::1'], 'secureClientPort is not'],
    [['secureClientPort=1'], 'ssl.keyStore.location is missing'],
    [['secureClientPort=1', 'ssl.keyStore.location=/k.pem'], 'or set ssl.clientAuth=none'],
    [['secureClientPort=1', 'ssl.keyStore.location=/k.jks'], 'keytool -importkeystore -srckeystore /k.jks'],
    [['secureClientPort=1', 'ssl.keyStore.location=/k'], 'end the name in .pem'],
    [['secureClientPort=1', 'ssl.keyStore.location=/k.bcfks'], 'only PEM and PKCS12'],
    [['secureClientPort=1', ...STORES, 'ssl.trustStore.location=/t.p12'], 'openssl pkcs12 -in /t.p12 -nokeys'],
    [['secureClientPort=1', ...STORES, 'ssl.clientAuth=maybe'], 'need, want or none'],
    [['secureClientPort=1', ...STORES, 'ssl.enabledProtocols=TLSv1.1,TLSv1.2'], 'TLSv1.1 is not offered'],
    [['secureClientPort=1', ...STORES, 'ssl.ciphersuites=TLS_RSA_WITH_RC4_128_MD5'], 'TLS_RSA_WITH_RC4_128_MD5'],
    [['secureClientPort=1', ...STORES, 'ssl.crl=true'], 'revocation'],
    [['ssl.quorum.ocsp=true'], 'OCSP'],
    [['ssl.authProvider=mine'], 'only x509 is accepted'],
    [['ssl.context.supplier.class=a.B'], 'there is no Java here'],
    [['ssl.colour=blue'], 'ssl.colour: no such setting'],
    [['serverCnxnFactory=a.B'], 'one kind of connection'],
  ])('%s is refused in words', (lines, sentence) => {
    expect(problems([...ALONE, ...lines])).toContain(sentence)
  })

  test('a missing store between servers is told of', () => {
    expect(problems([...ENSEMBLE, 'sslQuorum=true'])).toContain('ssl.quorum.keyStore.location is missing')
  })
})

describe('authentication', () => {
  const dir = mkdtempSync(join(tmpdir(), 'jaas-'))
  const jaas = (text: string) => {
    const path = join(dir, 'jaas.conf')
    writeFileSync(path, text)
    return `zabscope.jaasFile=${path}`
  }
  const MODULE = 'org.apache.zookeeper.server.auth.DigestLoginModule required'
  const FILE = [
    `Server { // clients\n ${MODULE} user_super="adm\\"in" user_bob="b"; };`,
    `/* servers */ QuorumServer { ${MODULE} user_test="mypassword"; };`,
    `QuorumLearner { ${MODULE} username="test" password="mypassword"; };`,
  ].join('\n')
  const SASL = 'authProvider.1=org.apache.zookeeper.server.auth.SASLAuthenticationProvider'

  test('users of a JAAS file', () => {
    const { auth } = parse([...ALONE, jaas(FILE), SASL, 'superUser=root', 'superUser.2=admin', 'letAnySaslUserDoX=x'])
    expect([...(auth.clientSasl ?? [])]).toEqual([
      ['super', 'adm"in'],
      ['bob', 'b'],
    ])
    expect(auth).toMatchObject({ quorumSasl: null, enforcedSchemes: null })
    expect(auth.saslSuperUsers).toEqual(new Set(['root', 'admin']))
    expect(auth.schemes).toEqual({ digest: true, sasl: true, x509: false, anySaslUser: 'x' })
    const given = parse([...ALONE, jaas(FILE), 'SASLAuthenticationProvider.superPassword=other'])
    expect(given.auth.clientSasl?.get('super')).toBe('other')
  })

  test('servers prove themselves', () => {
    const lines = ['quorum.auth.enableSasl=true', 'quorum.auth.learnerRequireSasl=true']
    const { auth } = parse([...ENSEMBLE, jaas(FILE), ...lines])
    expect(auth.quorumSasl).toEqual({
      users: new Map([['test', 'mypassword']]),
      login: { user: 'test', password: 'mypassword' },
      learnerRequire: true,
      serverRequire: false,
    })
  })

  test('what is enforced', () => {
    const enforce = 'enforce.auth.enabled=true'
    expect(parse([...ALONE, enforce, 'enforce.auth.schemes=digest, ip']).auth.enforcedSchemes).toEqual(
      new Set(['digest', 'ip']),
    )
    expect(parse([...ALONE, 'enforce.auth.schemes=digest']).auth.enforcedSchemes).toBeNull()
    expect(parse([...ALONE, SASL, 'sessionRequireClientSASLAuth=true']).auth.enforcedSchemes).toEqual(new Set(['sasl']))
    expect(problems([...ALONE, enforce])).toContain('needs enforce.auth.schemes')
    expect(problems([...ALONE, 'sessionRequireClientSASLAuth=true'])).toContain(SASL)
  })

  test.each([
    [['authProvider.1=a.B'], 'authProvider.1=a.B: there are no plug-ins'],
    [['DigestAuthenticationProvider.digestAlg=MD2'], 'no such digest'],
    [['DigestAuthenticationProvider.digestAlg=SHA-256', 'DigestAuthenticationProvider.superDigest=super:x'], 'SHA256'],
    [['ensembleAuthName=red'], 'EnsembleAuthenticationProvider'],
    [['sasl.serverconfig=Mine'], 'add a section Mine'],
    [['quorum.auth.kerberos.servicePrincipal=zkquorum/h'], 'Kerberos'],
    [['quorum.auth.learnerRequireSasl=true'], 'need quorum.auth.enableSasl=true'],
    [['zabscope.jaasFile=/nowhere/jaas.conf'], 'no such file'],
  ])('%s is refused in words', (lines, sentence) => {
    expect(problems([...ALONE, ...lines])).toContain(sentence)
  })

  test.each([
    ['Server { com.sun.security.auth.module.Krb5LoginModule required useKeyTab=true; };', 'Kerberos (GSSAPI)'],
    ['Server', 'write { after Server'],
    ['Server { a.B sometimes x="1"; };', 'write one of required'],
    [`Server { ${MODULE} user_bob; };`, 'write user_bob="…"'],
    [`Server { ${MODULE} user_bob="b"; }`, 'write }; at the end of section Server'],
    [`Server { ${MODULE} user_bob="b`, 'cannot be read from'],
    [`Server { ${MODULE} user_bob="\${env}"; };`, 'Java property'],
    [`Server { ${MODULE}; };`, 'it has no user_NAME'],
    [`Server { ${MODULE} user_a@B="b"; };`, 'form of a Kerberos principal'],
  ])('a JAAS file with %s', (text, sentence) => {
    expect(problems([...ALONE, jaas(text)])).toContain(sentence)
  })

  test('a server that requires proof, but gives none, would never be let in', () => {
    const lines = ['quorum.auth.enableSasl=true', 'quorum.auth.serverRequireSasl=true']
    expect(problems([...ENSEMBLE, jaas(FILE), ...lines])).toContain('needs quorum.auth.learnerRequireSasl=true')
    expect(problems([...ENSEMBLE, 'quorum.auth.enableSasl=true'])).toContain('QuorumServer and QuorumLearner')
  })
})
