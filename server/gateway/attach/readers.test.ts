// What servers say, as they say it, and what is made of it when it is cut short or wrong.

import { describe, expect, test } from 'vitest'
import { assignIds } from './assign-ids.ts'
import { ADMIN_LINE, capabilitiesOf, type Seen, WHITELIST_LINE } from './capabilities.ts'
import { checkedResolve, isDisguisedAddress, isRefusedAddress } from './checked-dial.ts'
import { readConfigNode } from './config-node.ts'
import { ConnectionChanges } from './connection-changes.ts'
import { readConfiguration, readConnections, readMetrics, readServerStats, readWatchesByPath } from './read-http.ts'
import { readConf, readCons, readMntr, readSrvr, readWchp, readWchs, refusalOf } from './read-words.ts'

const SRVR = `Zookeeper version: 3.8.0-\${mvngit.commit.id}, built on 2024-12-29 17:54 UTC
Latency min/avg/max: 0/0.0/0
Received: 12
Sent: 11
Connections: 2
Outstanding: 1
Zxid: 0x500000003
Mode: follower
Node count: 7
`

describe('four-letter words', () => {
  test('srvr', () => {
    expect(readSrvr(SRVR)).toEqual({
      ...{ version: '3.8.0', mode: 'follower', zxid: '0x500000003' },
      ...{ connections: 2, outstanding: 1, znodes: 7, requests: 12 },
    })
    for (let end = 0; end < SRVR.indexOf('Mode: follower'); end += 1) expect(readSrvr(SRVR.slice(0, end))).toBeNull()
  })

  test('what is not told stays null', () => {
    expect(readSrvr('Mode: leader\nZxid: 0x1\n')).toMatchObject({ znodes: null, version: null })
    expect(readMntr('zk_server_state\tleader\n')).toMatchObject({ mode: 'leader', sessions: null, watches: null })
    expect(readMntr('nothing')).toBeNull()
  })

  test('cons gives ids of 64 bits exactly, and leaves out connections without a session', () => {
    const own = ' /127.0.0.1:51634[0](queued=0,recved=1,sent=0)\n'
    const client =
      ' /10.0.0.7:40000[1](queued=0,recved=12,sent=12,sid=0xb200001a2b3c0001,lop=PING,est=1700000000000,to=10000,lcxid=0x1,lzxid=0xffffffffffffffff,lresp=1,llat=0,minlat=0,avglat=0,maxlat=1)\n'
    const v6 = ' /0:0:0:0:0:0:0:1:40001[1](queued=0,recved=1,sent=1,sid=0x100000000000001,to=4000)\n'
    expect(readCons(`${own}${client}${v6}\n`)).toEqual([
      { address: '10.0.0.7:40000', session: '0xb200001a2b3c0001', timeoutMs: 10_000 },
      { address: '0:0:0:0:0:0:0:1:40001', session: '0x100000000000001', timeoutMs: 4000 },
    ])
  })

  test('wchs, wchp, conf', () => {
    expect(readWchs('1 connections watching 2 paths\nTotal watches:3')).toBe(3)
    expect([...readWchp('/a\n\t0x1\n\t0xffffffffffffffff\n/b\n\t0x1\n')]).toEqual([
      ['/a', ['0x1', '0xffffffffffffffff']],
      ['/b', ['0x1']],
    ])
    expect(readConf('clientPort=2181\nserverId=3\n')).toEqual({ sid: 3, clientPort: 2181 })
    expect(readConf('serverId=0\n').sid).toBeNull()
  })

  test('refusals are told apart', () => {
    expect(refusalOf('cons is not executed because it is not in the whitelist.\n')).toBe('not-allowed')
    expect(refusalOf('This ZooKeeper instance is not currently serving requests\n')).toBe('not-serving')
    expect(refusalOf('')).toBe('no-answer')
    expect(refusalOf(SRVR)).toBeNull()
  })
})

describe('AdminServer and metrics', () => {
  const command = (fields: string): string => `{ ${fields}, "command": "x", "error": null }`

  test('[I-7] session ids beyond 2^53 are exact, as numbers and as texts', () => {
    const row = (id: string) =>
      `{ "remote_socket_address": "/127.0.0.1:4711", "session_id": ${id}, "session_timeout": 10000, "last_cxid": "0x0" }`
    const ids = ['144115188075855873', '"0x200000000000001"', '-5620492334958379007', '0']
    const text = command(`"connections": [ ${ids.map(row).join(', ')} ], "secure_connections": [ ]`)
    expect(readConnections(text)?.map(({ session }) => session)).toEqual([
      '0x200000000000001',
      '0x200000000000001',
      '0xb200000000000001',
    ])
    const watches = command('"path_to_session_ids": { "/a": [ 144115188075855873 ] }')
    expect(readWatchesByPath(watches)).toEqual([{ path: '/a', sessions: ['0x200000000000001'] }])
  })

  test('an error, another program’s JSON and half an answer are no answers', () => {
    expect(readConnections('{ "command": "connections", "error": "Unknown command: x" }')).toBeNull()
    expect(readConfiguration('{ "hello": 1 }')).toBeNull()
    expect(readServerStats(command('"version": "3.8.0"').slice(0, 20))).toBeNull()
    expect(readConfiguration(command('"client_port": 2181, "server_id": 2'))).toEqual({ clientPort: 2181, sid: 2 })
  })

  test('stats and metrics', () => {
    const stats = command(
      '"version": "3.8.0-x", "node_count": 5, "server_stats": { "server_state": "leader", "last_processed_zxid": 4294967299, "packets_received": 9 }',
    )
    expect(readServerStats(stats)).toMatchObject({ mode: 'leader', zxid: '0x100000003', znodes: 5, connections: null })
    const text = '# HELP znode_count x\n# TYPE znode_count gauge\nznode_count 5.0\nwatch_count 1.2E2\nother{a="b"} 3\n'
    expect(readMetrics(text)).toMatchObject({ znodes: 5, watches: 120, sessions: null })
    expect(readMetrics('<html></html>')).toBeNull()
  })
})

describe('who is who', () => {
  const config = (text: string) => readConfigNode(text)

  test('/zookeeper/config, with addresses of clients or without', () => {
    expect(
      config(
        'server.1=zk1:2888:3888:participant;0.0.0.0:2181\nserver.2=[::1]:2888:3888:observer;2182\nserver.3=zk3:1:2\nversion=0',
      ),
    ).toEqual([
      { sid: 1, role: 'participant', host: 'zk1', port: 2181 },
      { sid: 2, role: 'observer', host: '::1', port: 2182 },
      { sid: 3, role: 'participant', host: 'zk3', port: null },
    ])
  })

  test('[O-5] a server that only the configuration names is not asked', () => {
    const servers = config('server.1=zk1:1:2;2181\nserver.2=169.254.169.254:1:2;80')
    const { asked, notAsked } = assignIds([{ host: 'zk1', port: 2181 }], [null], servers)
    expect(asked).toEqual([{ sid: 1, idFrom: '/zookeeper/config', role: 'participant' }])
    expect(notAsked.map(({ sid }) => sid)).toEqual([2])
  })

  test('their own word goes first; who is left over has an id by its place, and no id is given twice', () => {
    const at = (port: number) => ({ host: '127.0.0.1', port })
    const servers = config('server.1=127.0.0.1:1:2\nserver.2=127.0.0.1:3:4\nserver.3=127.0.0.1:5:6')
    const own = [{ sid: 3, from: 'conf' as const }, null, { sid: 3, from: 'AdminServer' as const }]
    const { asked, notAsked } = assignIds([at(1), at(2), at(3)], own, servers)
    expect(asked.map(({ sid, idFrom }) => [sid, idFrom])).toEqual([
      [3, 'conf'],
      [1, 'order'],
      [2, 'order'],
    ])
    expect(notAsked).toEqual([])
  })
})

describe('which addresses are dialled', () => {
  test('[O-2] a name that stands for a link-local or otherwise special address is refused, whatever else it stands for', async () => {
    for (const address of [
      '169.254.169.254',
      '0.0.0.0',
      '224.0.0.1',
      'fe80::1',
      '::',
      'fd00:ec2::254',
      '::ffff:10.0.0.1',
    ])
      expect([address, isRefusedAddress(address)]).toEqual([address, true])
    for (const address of ['127.0.0.1', '10.1.2.3', '::1', '2001:db8::1']) expect(isRefusedAddress(address)).toBe(false)
    const rebound = checkedResolve(((_name: string, _options: object, answer: (...a: unknown[]) => void) =>
      answer(null, [
        { address: '10.0.0.1', family: 4 },
        { address: '169.254.169.254', family: 4 },
      ])) as never)
    const error = await new Promise((resolve) => rebound('zk', { all: true }, (problem) => resolve(problem)))
    expect(String(error)).toContain('169.254.169.254')
  })

  test('[O-2] disguised addresses are known', () => {
    for (const host of ['0x7f.1', '2130706433', '0177.0.0.1', '127.1']) expect(isDisguisedAddress(host)).toBe(true)
    for (const host of ['127.0.0.1', 'zk1', '1a.example.org', '::1']) expect(isDisguisedAddress(host)).toBe(false)
  })
})

test('connections come and go by address and session', () => {
  const changes = new ConnectionChanges(2)
  const [a, b] = ['0x1', '0x2'].map((session) => ({ address: 'h:1', session, timeoutMs: 1 }))
  if (!a || !b) throw new Error('there are two')
  expect(changes.changes([a], 1)).toMatchObject([{ type: 'connected', sid: 2, conn: 1, session: '0x1' }])
  expect(changes.changes([a, b], 2)).toMatchObject([{ type: 'connected', conn: 2 }])
  expect(changes.changes([b], 3)).toMatchObject([{ type: 'disconnected', conn: 1 }])
  expect(changes.changes([b], 4)).toEqual([])
})

test('what is lacking names the servers that lack it, and the lines', () => {
  const server = (sid: number, uses: readonly string[]): Seen => ({
    ...{ sid, idGuessed: false, serves: true },
    sourceOf: (use) => (uses.includes(use) ? 'srvr' : null),
  })
  const of = (servers: readonly Seen[], notAsked: readonly string[] = []) =>
    capabilitiesOf({ servers, notAsked, configProblem: null, connectString: 'a:1,b:2/app', readOnly: true })
  const [first, second] = of([server(1, ['state', 'connections']), server(2, ['state'])]).filter(({ id }) =>
    ['servers', 'sessions'].includes(id),
  )
  expect(first).toMatchObject({ id: 'servers', available: true })
  expect(second).toMatchObject({ available: false, fixes: [WHITELIST_LINE, ADMIN_LINE] })
  expect(second?.because).toMatch(/^Server 2 does not tell/)
  expect(of([server(1, [])], ['c:3']).find(({ id }) => id === 'configuration')?.fixes).toEqual([
    'zabscope connect a:1,b:2,c:3/app',
  ])
})
