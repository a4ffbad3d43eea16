// TLS on the client ports of a whole server: handshakes, certificates, identities, limits, plain beside TLS.

import { copyFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { connect as connectPlain, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls'
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { JuteReader } from '#shared/jute/reader.ts'
import { readReply } from '#shared/jute/records/reply.ts'
import { OP_CODES } from '#shared/zk/op.ts'
import { type Authority, createAuthority, opensslMissing, run } from '../../testing/certificates.ts'
import { silentLogger } from '../logging.ts'
import { type RunningServer, startServer } from '../server.ts'
import { type RawClient, rawClientOn } from '../testing/raw-client.ts'
import { testConfig } from '../testing/test-config.ts'

const WAIT = { timeout: 10_000 }
const missing = opensslMissing()
if (missing) console.warn(`TLS of clients: ${missing}`)

const servers: RunningServer[] = []
const sockets: Socket[] = []
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  await Promise.all(servers.splice(0).map((server) => server.stop()))
})

let authority: Authority
let serverPem = ''
let annPem = ''
beforeAll(() => {
  if (missing) return
  authority = createAuthority('clients')
  serverPem = authority.issue('server', '/CN=server', 'IP:127.0.0.1,DNS:localhost')
  annPem = authority.issue('ann', '/C=DE/O=Example, Inc./OU=ops+CN=ann')
})
/** Both parts of the last name are a set, and DER sorts sets. */
const ANN = 'CN=ann+OU=ops,O=Example\\, Inc.,C=DE'

async function start(lines: string[], withKeys = true): Promise<RunningServer> {
  const dir = mkdtempSync(join(tmpdir(), 'client-tls-'))
  const keys = [`ssl.keyStore.location=${serverPem}`, `ssl.trustStore.location=${authority.trust}`]
  const config = testConfig([
    `dataDir=${dir}`,
    'preAllocSize=64',
    'clientPort=0',
    'clientPortAddress=127.0.0.1',
    'secureClientPortAddress=127.0.0.1',
    'secureClientPort=0',
    ...(withKeys ? keys : []),
    ...lines,
  ])
  const server = await startServer({
    config,
    secret: null,
    log: silentLogger(),
    onFatal: (_what, error) => fail(error),
  })
  servers.push(server)
  const { clientPort } = server.ports
  await vi.waitFor(async () => expect(await ask(plain(clientPort), 'srvr')).toContain('Mode: standalone'), WAIT)
  return server
}

function fail(error: unknown): void {
  throw error
}

function tls(port: number | null, pem: string | null, options: ConnectionOptions = {}): TLSSocket {
  const own = pem === null ? {} : { key: readFileSync(pem), cert: readFileSync(pem) }
  const socket = connectTls({
    host: '127.0.0.1',
    port: port ?? 0,
    ca: readFileSync(authority.trust),
    ...own,
    ...options,
  })
  sockets.push(socket)
  return socket
}

function plain(port: number): Socket {
  const socket = connectPlain(port, '127.0.0.1')
  sockets.push(socket)
  return socket
}

/** `scheme:user` of everybody whom this connection stands for. */
async function whoAmI(client: RawClient): Promise<string[]> {
  client.connect()
  client.request(1, { type: 'whoAmI' })
  await vi.waitFor(() => expect(client.frames()).toHaveLength(2), WAIT)
  const { body } = readReply(new JuteReader(client.frames()[1] ?? new Uint8Array(0)), OP_CODES.whoAmI)
  return body.type === 'whoAmI' ? body.ids.map(({ scheme, id }) => `${scheme}:${id}`) : []
}

async function isRefused(socket: Socket): Promise<void> {
  const client = rawClientOn(socket)
  client.connect()
  await vi.waitFor(() => expect(client.closed()).toBe(true), WAIT)
  expect(client.frames()).toEqual([])
}

async function ask(socket: Socket, word: string): Promise<string> {
  const client = rawClientOn(socket)
  socket.write(word)
  await vi.waitFor(() => expect(client.closed()).toBe(true), WAIT)
  return client.received().toString()
}

describe.skipIf(missing)('the TLS client port', () => {
  test('a certificate is an identity, its subject written as Java does', async () => {
    const server = await start([])
    expect(await whoAmI(rawClientOn(tls(server.ports.secureClientPort, annPem)))).toEqual([
      'ip:127.0.0.1',
      `x509:${ANN}`,
    ])
    expect(await ask(tls(server.ports.secureClientPort, annPem), 'ruok')).toBe('imok')
    expect(await whoAmI(rawClientOn(plain(server.ports.clientPort)))).toEqual(['ip:127.0.0.1'])
  })

  test('who shows no certificate, or one of a stranger, is refused', async () => {
    const server = await start([])
    const stranger = createAuthority('strangers').issue('eve', '/CN=eve')
    await isRefused(tls(server.ports.secureClientPort, null))
    await isRefused(tls(server.ports.secureClientPort, stranger))
    await isRefused(plain(server.ports.secureClientPort ?? 0))
    expect(await ask(plain(server.ports.clientPort), 'mntr')).toContain('zk_auth_failed_count\t3')
  })

  test('clientAuth=want: none is fine, a bad one is not; none: nobody is asked', async () => {
    const wants = await start(['ssl.clientAuth=want'])
    const stranger = createAuthority('strangers').issue('eve', '/CN=eve')
    expect(await whoAmI(rawClientOn(tls(wants.ports.secureClientPort, null)))).toEqual(['ip:127.0.0.1'])
    expect(await whoAmI(rawClientOn(tls(wants.ports.secureClientPort, annPem)))).toContain(`x509:${ANN}`)
    await isRefused(tls(wants.ports.secureClientPort, stranger))
    const none = await start(['ssl.clientAuth=none'])
    expect(await whoAmI(rawClientOn(tls(none.ports.secureClientPort, annPem)))).toEqual(['ip:127.0.0.1'])
  })

  test('the superuser by its subject', async () => {
    const escaped = ANN.replaceAll('\\', '\\\\')
    const server = await start([`X509AuthenticationProvider.superUser=${escaped}`])
    expect(await whoAmI(rawClientOn(tls(server.ports.secureClientPort, annPem)))).toContain('super:')
  })

  test('versions and ciphers are those that the configuration allows', async () => {
    const server = await start([
      'ssl.enabledProtocols=TLSv1.2',
      'ssl.ciphersuites=TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384',
    ])
    const socket = tls(server.ports.secureClientPort, annPem)
    await whoAmI(rawClientOn(socket))
    expect(socket.getProtocol()).toBe('TLSv1.2')
    expect(socket.getCipher().standardName).toBe('TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384')
    await isRefused(tls(server.ports.secureClientPort, annPem, { minVersion: 'TLSv1.3' }))
  })

  test('a PKCS12 key store, and an encrypted PEM with its password in a file', async () => {
    const p12 = join(authority.dir, 'server.p12')
    run('pkcs12', '-export', '-in', serverPem, '-out', p12, '-passout', 'pass:secret word')
    const locked = join(authority.dir, 'locked.pem')
    const password = join(authority.dir, 'password')
    run('pkcs8', '-topk8', '-in', serverPem, '-out', locked, '-passout', 'pass:secret word')
    writeFileSync(locked, readFileSync(locked, 'utf8') + readFileSync(join(authority.dir, 'server.crt'), 'utf8'))
    writeFileSync(password, 'secret word\n')
    const trust = `ssl.trustStore.location=${authority.trust}`
    for (const keys of [
      [`ssl.keyStore.location=${p12}`, 'ssl.keyStore.password=secret word'],
      [`ssl.keyStore.location=${locked}`, `ssl.keyStore.passwordPath=${password}`],
    ]) {
      const server = await start([...keys, trust], false)
      expect(await whoAmI(rawClientOn(tls(server.ports.secureClientPort, annPem)))).toContain(`x509:${ANN}`)
    }
    await expect(start([`ssl.keyStore.location=${p12}`, 'ssl.keyStore.password=wrong', trust], false)).rejects.toThrow(
      'keyStore.password',
    )
  })

  test('only so many handshakes at a time', async () => {
    const server = await start(['netty.server.outstandingHandshake.limit=1'])
    // It says nothing, and so its handshake stays under way.
    const idle = plain(server.ports.secureClientPort ?? 0)
    const mntr = () => ask(plain(server.ports.clientPort), 'mntr')
    await vi.waitFor(async () => expect(await mntr()).toContain('zk_outstanding_tls_handshake\t1'), WAIT)
    await isRefused(tls(server.ports.secureClientPort, annPem))
    idle.destroy()
    await vi.waitFor(async () => expect(await mntr()).toContain('zk_outstanding_tls_handshake\t0'), WAIT)
    expect(await whoAmI(rawClientOn(tls(server.ports.secureClientPort, annPem)))).toContain(`x509:${ANN}`)
  })

  test('client.portUnification: TLS and plain on clientPort, words and late speakers too', async () => {
    const server = await start(['client.portUnification=true', 'ssl.handshakeDetectionTimeoutMillis=50'])
    const { clientPort } = server.ports
    expect(await whoAmI(rawClientOn(tls(clientPort, annPem)))).toContain(`x509:${ANN}`)
    expect(await whoAmI(rawClientOn(plain(clientPort)))).toEqual(['ip:127.0.0.1'])
    expect(await ask(plain(clientPort), 'ruok')).toBe('imok')
    const late = plain(clientPort)
    // The two above, the one that asks, and the late one, which is plain as soon as it has been silent long enough.
    const alive = async () => expect(await ask(plain(clientPort), 'mntr')).toContain('zk_num_alive_connections\t4')
    await vi.waitFor(alive, WAIT)
    expect(await ask(late, 'ruok')).toBe('imok')
  })

  test('files that change are read again; broken ones are not taken', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'reload-'))
    const store = join(dir, 'server.pem')
    copyFileSync(serverPem, store)
    const keys = [`ssl.keyStore.location=${store}`, `ssl.trustStore.location=${authority.trust}`]
    const server = await start([...keys, 'client.certReload=true'], false)
    const subject = async () => {
      const socket = tls(server.ports.secureClientPort, annPem, { checkServerIdentity: () => undefined })
      await whoAmI(rawClientOn(socket))
      return socket.getPeerX509Certificate()?.subject
    }
    expect(await subject()).toBe('CN=server')
    writeFileSync(store, 'broken')
    copyFileSync(authority.issue('fresh', '/CN=fresh'), store)
    await vi.waitFor(async () => expect(await subject()).toBe('CN=fresh'), { timeout: 15_000, interval: 200 })
    writeFileSync(store, 'broken')
    expect(await subject()).toBe('CN=fresh')
  })
})
