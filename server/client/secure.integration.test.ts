// Who is at the other end: TLS, SASL and digests with our members, SASL with Apache's; and sessions that one client
// hands to the next.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { PERMS } from '#shared/zk/acl.ts'
import { makeZxid } from '#shared/zk/zxid.ts'
import { bundle } from '../launch/bundle.mjs'
import { Ensemble } from '../peers/harness/ensemble.ts'
import { type Authority, createAuthority, opensslMissing } from '../testing/certificates.ts'
import type { ConnectOptions } from './connect-options.ts'
import {
  AuthFailedError,
  BadArgumentsError,
  BadVersionError,
  ClientClosedError,
  ConnectFailedError,
  NoAuthError,
  NotReadOnlyError,
  SessionExpiredError,
} from './errors.ts'
import { type ApacheServer, apacheMissing, startApache } from './testing/apache-server.ts'
import { EventLog, until } from './testing/wait.ts'
import { ZooKeeper } from './zookeeper.ts'

const memberEntry = fileURLToPath(new URL('../../dist/peers/member.js', import.meta.url))
const directory = mkdtempSync(join(tmpdir(), 'client-secure-'))
const jaas = join(directory, 'server.jaas')
const noTls = opensslMissing()
const noApache = apacheMissing()
if (noTls) console.log(`TLS of the client is not tested: ${noTls}`)
if (noApache) console.log(`SASL with Apache is not tested: ${noApache}`)

const BOB = { user: 'bob', password: 'bobsecret' }
const clients: ZooKeeper[] = []
let authority: Authority | null = null
let pem = ''
let member: Ensemble
let address = ''

async function connect(options: Partial<ConnectOptions> = {}): Promise<ZooKeeper> {
  const zk = await ZooKeeper.connect({ servers: address, connectTimeoutMs: 10_000, ...options })
  clients.push(zk)
  return zk
}
async function who(zk: ZooKeeper): Promise<string[]> {
  return (await zk.whoAmI()).map(({ scheme, id }) => `${scheme}:${id}`)
}

beforeAll(async () => {
  writeFileSync(
    jaas,
    'Server {\n  org.apache.zookeeper.server.auth.DigestLoginModule required user_bob="bobsecret";\n};\n',
  )
  await bundle('server/launch/member-main.ts', memberEntry)
  const secure: Record<string, string> = {}
  if (!noTls) {
    authority = createAuthority('secure', directory)
    secure['client.portUnification'] = 'true'
    secure['ssl.keyStore.location'] = authority.issue('server', '/CN=server', 'IP:127.0.0.1,DNS:localhost')
    secure['ssl.trustStore.location'] = authority.trust
    pem = authority.issue('ann', '/CN=ann')
  }
  const sasl = {
    'zabscope.jaasFile': jaas,
    'authProvider.1': 'org.apache.zookeeper.server.auth.SASLAuthenticationProvider',
  }
  member = await Ensemble.start({ kinds: ['ours'], memberEntry, config: { ...secure, ...sasl } })
  await member.whenServing()
  address = member.connectString
})
afterEach(() => Promise.all(clients.splice(0).map((zk) => zk.close())))
afterAll(async () => {
  await member.close()
  rmSync(directory, { recursive: true })
})

describe.skipIf(noTls !== null)('TLS', () => {
  const ca = () => authority?.trust ?? ''

  test('both sides show who they are; the name is checked, be it an address or a name', async () => {
    const zk = await connect({ tls: { ca: ca(), cert: pem } })
    expect(await who(zk)).toContain('x509:CN=ann')
    const [, port] = address.split(':')
    const byName = await connect({ servers: `localhost:${port}`, tls: { ca: ca(), key: pem, cert: pem } })
    zk.dropConnection()
    expect(await who(zk)).toContain('x509:CN=ann')
    expect(await byName.exists('/')).not.toBeNull()
  })

  test('a server that cannot prove its name is not talked to', async () => {
    const limits = { connectTimeoutMs: 700 }
    await expect(connect({ ...limits, tls: { ca: ca(), cert: pem, servername: 'other.example' } })).rejects.toThrow(
      /within 700 ms: the server .* cannot be reached: Hostname\/IP does not match/,
    )
    await expect(connect({ ...limits, tls: { cert: pem } })).rejects.toThrow(ConnectFailedError)
    const careless = await connect({ tls: { cert: pem, rejectUnauthorized: false } })
    expect(await careless.exists('/')).not.toBeNull()
  })

  test('certificates that cannot be used are said at once', async () => {
    await expect(connect({ tls: { ca: join(directory, 'none.pem') } })).rejects.toThrow(BadArgumentsError)
    await expect(connect({ tls: { cert: jaas } })).rejects.toThrow(/^tls: the certificates cannot be used/)
  })
})

describe('SASL', () => {
  test('the user is proved on every connection, before anything else', async () => {
    const zk = await connect({ sasl: BOB })
    expect(await who(zk)).toContain('sasl:bob')
    await zk.create('/of-bob', 'x', { acl: [{ perms: PERMS.ALL, scheme: 'sasl', id: 'bob' }] })
    zk.dropConnection()
    expect((await zk.getData('/of-bob')).data?.toString()).toBe('x')
    await expect((await connect()).getData('/of-bob')).rejects.toThrow(NoAuthError)
  })

  test('a wrong password ends the attempt with AuthFailedError', async () => {
    await expect(connect({ sasl: { ...BOB, password: 'guessed' } })).rejects.toThrow(AuthFailedError)
  })

  test('a server that does not do SASL is not taken for one that does', async () => {
    const without = await Ensemble.start({ kinds: ['ours'], memberEntry })
    try {
      await without.whenServing()
      await expect(connect({ servers: without.connectString, sasl: BOB })).rejects.toThrow(/leave out `sasl`/)
    } finally {
      await without.close()
    }
  })

  test.skipIf(noApache !== null)('Apache takes the same', async () => {
    const properties = {
      'java.security.auth.login.config': jaas,
      'zookeeper.authProvider.1': 'org.apache.zookeeper.server.auth.SASLAuthenticationProvider',
    }
    const apache: ApacheServer = await startApache({ properties })
    try {
      const zk = await connect({ servers: apache.address, sasl: BOB })
      expect(await who(zk)).toContain('sasl:bob')
      zk.dropConnection()
      expect(await who(zk)).toContain('sasl:bob')
      const wrong = connect({ servers: apache.address, sasl: { ...BOB, password: 'guessed' } })
      await expect(wrong).rejects.toThrow(AuthFailedError)
    } finally {
      await apache.close()
    }
  })
})

test('`auth` is said on every connection', async () => {
  const zk = await connect({ auth: [{ scheme: 'digest', auth: 'amy:secret' }] })
  expect(await who(zk)).toContain('digest:amy')
  zk.dropConnection()
  expect(await who(zk)).toContain('digest:amy')
})

test('a session goes on in another client, with its ephemerals; when it is over that is said', async () => {
  const first = await connect()
  await first.create('/handed-on', null, { mode: 'ephemeral' })
  const session = { id: first.sessionId, passwd: first.sessionPasswd }
  await first.close({ keepSession: true })
  await expect(first.sync()).rejects.toThrow(ClientClosedError)
  const second = await connect({ session })
  expect(second.sessionId).toBe(session.id)
  expect(await second.getEphemerals()).toEqual(['/handed-on'])
  await second.close()
  await expect(connect({ session })).rejects.toThrow(SessionExpiredError)
  await expect(connect({ session: { id: 1n, passwd: Buffer.alloc(3) } })).rejects.toThrow(/has 3 bytes/)
})

test('an IPv6 address', async (context) => {
  const [host, port] = address.split(':')
  const relay = net.createServer((near) => {
    const far = net.connect(Number(port), host)
    near.on('error', () => far.destroy()).pipe(far)
    far.on('error', () => near.destroy()).pipe(near)
  })
  const listening = new Promise<boolean>((resolve) => {
    relay.once('error', () => resolve(false))
    relay.listen(0, '::1', () => resolve(true))
  })
  if (!(await listening)) context.skip('needs an IPv6 loopback')
  const at = relay.address()
  const zk = await connect({ servers: `[::1]:${typeof at === 'object' ? at?.port : 0}` })
  expect(zk.server).toMatch(/^\[::1\]:\d+$/)
  await zk.close()
  relay.close()
})

test('a member that lost the others serves who can do with reading, and is left when one can write, and reconfigure', async () => {
  const trio = await Ensemble.start({
    kinds: ['ours', 'ours', 'ours'],
    memberEntry,
    config: { 'readonlymode.enabled': 'true', tickTime: 200, reconfigEnabled: 'true', skipACL: 'yes' },
  })
  try {
    await trio.whenServing()
    const before = await connect({ servers: trio.connectString })
    await before.create('/a', 'x')
    await before.close()
    const [one, two, three] = trio.members
    if (!one || !two || !three) throw new Error('three members')
    await Promise.all([two.kill(), three.kill()])

    const zk = await connect({ servers: trio.connectString, canBeReadOnly: true, connectTimeoutMs: 30_000 })
    const flags = new EventLog<boolean>()
    zk.onState(({ state, readOnly }) => state === 'connected' && flags.push(readOnly))
    expect(zk.readOnly).toBe(true)
    expect((await zk.getData('/a')).data?.toString()).toBe('x')
    await expect(zk.setData('/a', 'y')).rejects.toThrow(NotReadOnlyError)
    two.start()
    await flags.has(false)
    expect(zk.readOnly).toBe(false)
    await until(() => zk.state === 'connected')
    await zk.create('/b', null, { mode: 'ephemeral' })
    expect(await zk.getEphemerals()).toEqual(['/b'])

    const { config, version } = await zk.getConfig()
    expect(config.match(/^server\.\d/gm)).toEqual(['server.1', 'server.2', 'server.3'])
    const changed = new EventLog<string>()
    await zk.getConfig({ watch: ({ type, path }) => changed.push(`${type} ${path}`) })
    await expect(zk.reconfig({ leaving: [3], fromConfig: makeZxid(1, 77) })).rejects.toThrow(BadVersionError)
    const next = await zk.reconfig({ leaving: [3], ...(version === null ? {} : { fromConfig: version }) })
    expect(next.config.match(/^server\.\d/gm)).toEqual(['server.1', 'server.2'])
    expect(next.version).toBeGreaterThan(version ?? 0)
    await changed.has('nodeDataChanged /zookeeper/config')
  } finally {
    await trio.close()
  }
})
