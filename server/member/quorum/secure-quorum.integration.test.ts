// TLS and SASL between servers: who is heard on an election port, and whole ensembles, one of them with an Apache
// server that leads, dies, and comes back as a follower.

import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { JuteWriter } from '#shared/jute/writer.ts'
import { OPEN_ACL } from '#shared/zk/acl.ts'
import { asSid, type Sid } from '#shared/zk/ids.ts'
import type { ServerSpec } from '#shared/zk/quorum-config.ts'
import { type Authority, createAuthority, opensslMissing } from '../../testing/certificates.ts'
import { freePort } from '../../testing/free-port.ts'
import type { QuorumSasl } from '../config/auth.ts'
import { silentLogger } from '../logging.ts'
import { type RunningServer, startServer } from '../server.ts'
import {
  type ApacheMember,
  apacheMemberMissing,
  askWord,
  becomes,
  startApacheMember,
} from '../testing/apache-member.ts'
import { type RawClient, rawClient } from '../testing/raw-client.ts'
import { testConfig } from '../testing/test-config.ts'
import { createElectionPort, type ElectionPort } from './election-port.ts'
import { createPeerAuth } from './peer-auth.ts'
import { createPeerTransport, type PeerTransport } from './peer-transport.ts'

const WAIT = { timeout: 20_000, interval: 50 }
const noOpenssl = opensslMissing()
const noApache = noOpenssl ?? apacheMemberMissing()
if (noApache) console.warn(`TLS and SASL between servers: ${noApache}`)

let authority: Authority
let pem = ''
beforeAll(() => {
  if (noOpenssl) return
  authority = createAuthority('servers')
  pem = authority.issue('member', '/CN=member', 'IP:127.0.0.1')
})

const closing: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

function tlsLines(keys = pem, trust = authority.trust): string[] {
  return ['sslQuorum=true', `ssl.quorum.keyStore.location=${keys}`, `ssl.quorum.trustStore.location=${trust}`]
}

describe('an election port', () => {
  interface Node {
    readonly sid: Sid
    readonly port: ElectionPort
    readonly heard: string[]
  }

  const SASL: QuorumSasl = {
    users: new Map([['zk', 'pass']]),
    login: { user: 'zk', password: 'pass' },
    learnerRequire: true,
    serverRequire: true,
  }

  async function specs(): Promise<Map<Sid, ServerSpec>> {
    const servers = new Map<Sid, ServerSpec>()
    for (const sid of [asSid(1), asSid(2)]) {
      const electionPort = await freePort()
      servers.set(sid, { sid, host: '127.0.0.1', quorumPort: 1, electionPort, role: 'participant', client: null })
    }
    return servers
  }

  function transportOf(servers: Map<Sid, ServerSpec>, lines: string[]): PeerTransport {
    const config = testConfig([
      ...['dataDir=/d', 'clientPort=0', 'initLimit=5', 'syncLimit=5', ...lines],
      ...[...servers.values()].map((spec) => `server.${spec.sid}=127.0.0.1:1:${spec.electionPort}`),
      'server.3=127.0.0.1:1:2',
    ])
    return createPeerTransport({ tls: config.tls, servers, keepAlive: false, log: silentLogger() })
  }

  async function node(
    servers: Map<Sid, ServerSpec>,
    n: number,
    lines: string[],
    sasl: QuorumSasl | null,
  ): Promise<Node> {
    const self = servers.get(asSid(n))
    if (!self) throw new Error(`no server ${n}`)
    const heard: string[] = []
    const transport = transportOf(servers, lines)
    const port = createElectionPort({
      ...{ self, servers, listenOnAllIPs: false, connectTimeoutMs: 2000, handshakeTimeoutMs: 2000, keepAlive: false },
      ...{ log: silentLogger(), transport, auth: sasl && createPeerAuth(sasl, 2000) },
      onAbsent: () => undefined,
      onMessage: (from, payload) => heard.push(`${from}:${Buffer.from(payload).toString()}`),
    })
    closing.push(async () => {
      transport.close()
      await port.close()
    })
    await port.listen()
    return { sid: self.sid, port, heard }
  }

  function text(message: string): Uint8Array {
    const writer = new JuteWriter()
    writer.ustring(message)
    return writer.take()
  }

  /** The larger sid and the smaller one call each other; whom each has heard. */
  async function talk(two: Node, one: Node): Promise<void> {
    await vi.waitFor(() => {
      // As an election does: a handshake that took too long has taken its message with it.
      one.port.send(two.sid, text('a'))
      two.port.send(one.sid, text('b'))
      expect(two.heard).toContain('1:a')
      expect(one.heard).toContain('2:b')
    }, WAIT)
  }

  /** Each tries to be heard, until a third thing that is sure to come later has happened. */
  async function isDeaf(two: Node, one: Node): Promise<void> {
    for (let i = 0; i < 10; i += 1) {
      one.port.send(two.sid, text('a'))
      two.port.send(one.sid, text('b'))
      await new Promise((resolve) => setImmediate(resolve))
      await askWord(1, 'none')
    }
    expect([...two.heard, ...one.heard]).toEqual([])
  }

  test.skipIf(noOpenssl)('TLS, SASL, and both', async () => {
    for (const [lines, sasl] of [
      [tlsLines(), null],
      [[], SASL],
      [tlsLines(), SASL],
    ] as const) {
      const servers = await specs()
      await talk(await node(servers, 2, [...lines], sasl), await node(servers, 1, [...lines], sasl))
    }
  })

  test.skipIf(noOpenssl)('portUnification hears both kinds', async () => {
    const both = [...tlsLines().slice(1), 'portUnification=true', 'ssl.quorum.handshakeDetectionTimeoutMillis=500']
    for (const [of2, of1] of [
      [[...both, 'sslQuorum=true'], both],
      [both, [...both, 'sslQuorum=true']],
      [both, []],
    ] as const) {
      const servers = await specs()
      await talk(await node(servers, 2, [...of2], null), await node(servers, 1, [...of1], null))
    }
  })

  test.skipIf(noOpenssl)('a stranger is not heard: plain, of another authority, of another name', async () => {
    const others = createAuthority('strangers')
    for (const lines of [
      [],
      tlsLines(others.issue('eve', '/CN=member', 'IP:127.0.0.1')),
      tlsLines(pem, others.trust),
      tlsLines(authority.issue('elsewhere', '/CN=127.0.0.1', 'DNS:elsewhere.example')),
    ]) {
      const servers = await specs()
      await isDeaf(await node(servers, 2, tlsLines(), null), await node(servers, 1, lines, null))
    }
  })

  test.skipIf(noOpenssl)('a name that does not fit is fine where nobody asks', async () => {
    const servers = await specs()
    const lines = [
      ...tlsLines(authority.issue('elsewhere', '/CN=x', 'DNS:elsewhere.example')),
      'ssl.quorum.hostnameVerification=false',
    ]
    await talk(await node(servers, 2, lines, null), await node(servers, 1, lines, null))
  })

  test('who does not prove itself is not heard; where nothing is required, who says nothing is', async () => {
    const login = { user: 'zk', password: 'guess' }
    const wrong: QuorumSasl = { ...SASL, users: new Map([['zk', 'guess']]), login }
    const silent: QuorumSasl = { ...SASL, learnerRequire: false, serverRequire: false }
    for (const other of [wrong, null]) {
      const servers = await specs()
      await isDeaf(await node(servers, 2, [], SASL), await node(servers, 1, [], other))
    }
    const servers = await specs()
    await talk(await node(servers, 2, [], silent), await node(servers, 1, [], silent))
  })
})

describe('an ensemble', () => {
  const members = new Map<number, RunningServer>()

  interface Plan {
    readonly servers: string[]
    readonly clientPorts: Map<number, number>
  }

  async function plan(): Promise<Plan> {
    const servers: string[] = []
    const clientPorts = new Map<number, number>()
    for (const sid of [1, 2, 3]) {
      servers.push(`server.${sid}=127.0.0.1:${await freePort()}:${await freePort()}`)
      clientPorts.set(sid, await freePort())
    }
    return { servers, clientPorts }
  }

  function linesOf({ servers, clientPorts }: Plan, sid: number, lines: readonly string[]): string[] {
    const times = ['tickTime=500', 'initLimit=20', 'syncLimit=10', 'maxSessionTimeout=20000']
    return [...times, `clientPort=${clientPorts.get(sid)}`, 'clientPortAddress=127.0.0.1', ...servers, ...lines]
  }

  async function startOurs(made: Plan, sid: number, lines: readonly string[]): Promise<void> {
    const dir = mkdtempSync(join(tmpdir(), `secure-${sid}-`))
    const config = testConfig([`dataDir=${dir}`, 'preAllocSize=64', ...linesOf(made, sid, lines)], String(sid))
    const server = await startServer({
      ...{ config, secret: null, log: silentLogger() },
      onFatal: (what, error) => {
        throw new Error(`${what}: ${error}`)
      },
    })
    members.set(sid, server)
    closing.push(() => server.stop())
  }

  async function session(port: number): Promise<RawClient> {
    return vi.waitFor(async () => {
      const client = rawClient(port)
      closing.push(() => void client.socket.destroy())
      client.connect()
      await vi.waitFor(() => expect(client.frames().length === 1 || client.closed()).toBe(true), WAIT)
      expect(client.connectResponse().timeoutMs).toBe(10_000)
      return client
    }, WAIT)
  }

  /** A write through one server, read behind a sync through another. */
  async function writeAndRead(from: number, to: number, path: string): Promise<void> {
    const writer = await session(from)
    writer.request(1, { type: 'create', path, data: new Uint8Array(1), acl: OPEN_ACL, flags: 0 })
    await vi.waitFor(() => expect(writer.replies()).toEqual([[1, 0]]), WAIT)
    const reader = await session(to)
    reader.request(1, { type: 'sync', path })
    reader.request(2, { type: 'exists', path, watch: false })
    await vi.waitFor(() => expect(reader.replies().at(-1)).toEqual([2, 0]), WAIT)
    for (const client of [writer, reader]) client.socket.destroy()
  }

  test.skipIf(noOpenssl)('that moves from plain to TLS: members of both kinds at a time', async () => {
    const made = await plan()
    const both = ['portUnification=true', ...tlsLines().slice(1), 'ssl.quorum.handshakeDetectionTimeoutMillis=500']
    await startOurs(made, 1, both)
    await startOurs(made, 2, [...both, 'sslQuorum=true'])
    await startOurs(made, 3, both)
    const [one = 0, two = 0, three = 0] = made.clientPorts.values()
    await writeAndRead(one, two, '/a')
    await writeAndRead(two, three, '/b')
  })

  const JAAS = [
    'QuorumServer { org.apache.zookeeper.server.auth.DigestLoginModule required user_zk="p\\"ass"; };',
    'QuorumLearner { org.apache.zookeeper.server.auth.DigestLoginModule required username="zk" password="p\\"ass"; };',
  ].join('\n')

  test.skipIf(noApache)('with an Apache server over TLS and SASL: led by it, without it, leading it', async () => {
    const made = await plan()
    const jaas = join(mkdtempSync(join(tmpdir(), 'jaas-')), 'jaas.conf')
    writeFileSync(jaas, JAAS)
    const required = ['enableSasl', 'learnerRequireSasl', 'serverRequireSasl'].map((key) => `quorum.auth.${key}=true`)
    const lines = [...tlsLines(), ...required]
    const apacheDir = mkdtempSync(join(tmpdir(), 'secure-apache-'))
    const startApache = (): ApacheMember => {
      const properties = { 'java.security.auth.login.config': jaas }
      const member = startApacheMember(apacheDir, 3, linesOf(made, 3, lines), properties)
      closing.push(() => member.kill())
      return member
    }
    const [one = 0, two = 0, three = 0] = made.clientPorts.values()
    const apache = startApache()
    await startOurs(made, 1, [...lines, `zabscope.jaasFile=${jaas}`])
    await becomes(three, 'leader')
    await startOurs(made, 2, [...lines, `zabscope.jaasFile=${jaas}`])
    await Promise.all([becomes(one, 'follower'), becomes(two, 'follower')])
    await writeAndRead(one, three, '/led-by-apache')
    expect(apache.log()).toMatch(/Accepted TLS connection/)
    expect(apache.log()).toMatch(/Successfully completed the authentication using SASL/)

    await apache.kill()
    await becomes(two, 'leader')
    await writeAndRead(one, two, '/without-apache')

    const again = startApache()
    await becomes(three, 'follower')
    await writeAndRead(three, one, '/leading-apache')
    expect(again.log()).toMatch(/Successfully completed the authentication using SASL/)
  })
})
