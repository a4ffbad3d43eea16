import { describe, expect, test } from 'vitest'
import type { ConnId } from '#shared/peer/contract.ts'
import { createPeer, freshRecovered } from '#shared/peer/peer.ts'
import { addWatch } from '#shared/tree/watch-table.ts'
import { asSessionId, asSid } from '#shared/zk/ids.ts'
import { makeZxid } from '#shared/zk/zxid.ts'
import type { ClientConnection } from '../clients/client-connection.ts'
import type { ClientOutput } from '../clients/client-output.ts'
import type { ServerFacts } from '../server-facts.ts'
import { testConfig } from '../testing/test-config.ts'
import { addLatency, createLatency, createTraffic } from '../traffic.ts'
import { createTextCommands, EXPENSIVE_PER_SECOND_MAX, isTextCommand } from './four-letter.ts'

const SESSION = asSessionId(0x100000f8aa3001an)

/** As much of a connection as texts look at. */
const CONNECTION = {
  id: 1 as ConnId,
  address: '127.0.0.1',
  port: 40802,
  received: 5,
  hasSession: true,
  sessionId: SESSION,
  lastOp: 'ADDW',
  establishedWallMs: 1795347472743,
  timeoutMs: 10_000,
  lastCxid: 4,
  output: {
    outstanding: 0,
    sent: 5,
    lastReplyZxid: makeZxid(0, 0x94),
    lastReplyMs: 1175152.3,
    lastLatencyMs: 0.4,
    latency: { ...createLatency(), count: 2, sumMs: 3, maxMs: 2 },
  } satisfies Partial<ClientOutput> as unknown as ClientOutput,
  resetCounts: () => undefined,
} satisfies Partial<ClientConnection> as unknown as ClientConnection

function facts(lines: string[] = [], connections = [CONNECTION]): ServerFacts & { nowMs: () => number } {
  const config = testConfig(['dataDir=/nowhere', 'clientPort=2181', '4lw.commands.whitelist=*', ...lines])
  const peer = createPeer(
    {
      sid: asSid(1),
      quorum: config.quorum,
      tickTimeMs: 2000,
      initLimit: 10,
      syncLimit: 5,
      commitLogCount: 500,
      minSessionTimeoutMs: 4000,
      maxSessionTimeoutMs: 40_000,
      sessionIdSeedMs: 0,
    },
    freshRecovered(),
  )
  peer.zxid = makeZxid(0, 0x91)
  const traffic = createTraffic()
  traffic.received = 188
  traffic.sent = 215
  for (const ms of [0.2, 9.1, 1.5]) addLatency(traffic.latency, ms)
  return {
    config,
    peer,
    traffic,
    notes: { phase: 'BROADCAST', leader: asSid(1), serving: true, readOnly: false, servingSinceMs: 0 },
    startedAtMs: 0,
    nowMs: () => 5000,
    connections: () => connections,
    connectionCount: () => connections.length,
  }
}

const ask = (about: ServerFacts, word: string) => createTextCommands(about)(word, CONNECTION)

test('ruok and isro', async () => {
  expect(await ask(facts(), 'ruok')).toBe('imok')
  expect(await ask(facts(), 'isro')).toBe('rw')
})

test('srvr', async () => {
  const text = await ask(facts(), 'srvr')
  expect(text).toMatch(/^Zookeeper version: \d+\.\d+\.\d+-\S+, built on \d{4}-\d\d-\d\d \d\d:\d\d UTC\n/)
  expect(text.split('\n').slice(1)).toEqual([
    'Latency min/avg/max: 0/3.6/9',
    'Received: 188',
    'Sent: 215',
    'Connections: 1',
    'Outstanding: 0',
    'Zxid: 0x91',
    'Mode: standalone',
    'Node count: 4',
    'Proposal sizes last/min/max: -1/-1/-1',
    '',
  ])
})

test('stat lists clients, an empty line, then what srvr says', async () => {
  const lines = (await ask(facts(), 'stat')).split('\n')
  expect(lines.slice(1, 5)).toEqual([
    'Clients:',
    ' /127.0.0.1:40802[0](queued=0,recved=5,sent=5)',
    '',
    'Latency min/avg/max: 0/3.6/9',
  ])
})

test('cons', async () => {
  const other = { ...CONNECTION }
  expect(await ask(facts([], [other as ClientConnection]), 'cons')).toBe(
    ' /127.0.0.1:40802[1](queued=0,recved=5,sent=5,sid=0x100000f8aa3001a,lop=ADDW,est=1795347472743,to=10000,' +
      'lcxid=0x4,lzxid=0x94,lresp=1175152,llat=0,minlat=0,avglat=1,maxlat=2)\n\n',
  )
})

test('wchs, wchc and wchp', async () => {
  const about = facts()
  addWatch(about.peer.watches, CONNECTION.id, '/a', 'data', 'standard')
  addWatch(about.peer.watches, CONNECTION.id, '/b', 'data', 'standard')
  addWatch(about.peer.watches, CONNECTION.id, '/c', 'child', 'standard')
  about.peer.conns.set(CONNECTION.id, {
    id: CONNECTION.id,
    sessionId: SESSION,
    timeoutMs: 1,
    established: true,
    auth: [],
    waiting: { items: [], head: 0 },
  })
  expect(await ask(about, 'wchs')).toBe('1 connections watching 2 paths\nTotal watches:2\n')
  expect(await ask(about, 'wchc')).toBe('0x100000f8aa3001a\n\t/a\n\t/b\n\n')
  expect(await ask(about, 'wchp')).toBe('/a\n\t0x100000f8aa3001a\n/b\n\t0x100000f8aa3001a\n\n')
})

test('mntr: one key, a tab and a value a line', async () => {
  const lines = (await ask(facts(), 'mntr')).trimEnd().split('\n')
  for (const line of lines) expect(line).toMatch(/^zk_[a-z_]+\t.+$/)
  expect(lines).toContain('zk_server_state\tstandalone')
  expect(lines).toContain('zk_znode_count\t4')
  expect(lines).toContain('zk_avg_latency\t3.6')
})

test('conf of an ensemble ends with its membership, without a newline', async () => {
  const lines = ['initLimit=10', 'syncLimit=5', 'server.1=h:2888:3888', 'server.2=i:2888:3888']
  const text = await ask(facts(lines), 'conf')
  expect(text).toContain('serverId=1\ninitLimit=10\nsyncLimit=5\nelectionAlg=3\nelectionPort=3888\nquorumPort=2888\n')
  expect(text).toMatch(/\nmembership: \nserver\.1=h:2888:3888:participant\nserver\.2=.*\nversion=0$/)
})

test('dump names sessions, ephemerals and connections', async () => {
  const about = facts()
  about.peer.tree.sessions.set(SESSION, 10_000)
  about.peer.tree.ephemerals.set(SESSION, new Set(['/e1']))
  const text = await ask(about, 'dump')
  expect(text).toContain('Global Sessions(1):\n0x100000f8aa3001a\t10000ms\n')
  expect(text).toContain('Sessions with Ephemerals (1):\n0x100000f8aa3001a:\n\t/e1\n')
  expect(text).toContain('\tip: /127.0.0.1:40802 sessionId: 0x100000f8aa3001a\n')
})

describe('who may ask', () => {
  test('what is not in the whitelist is named in the answer', async () => {
    const about = facts(['4lw.commands.whitelist=stat'])
    expect(await ask(about, 'ruok')).toBe('ruok is not executed because it is not in the whitelist.\n')
    expect(await ask(about, 'srvr')).toContain('Mode: ')
  })

  test('while not serving, only what does not need the server is answered', async () => {
    const about = facts()
    about.notes.serving = false
    expect(await ask(about, 'mntr')).toBe('This ZooKeeper instance is not currently serving requests\n')
    expect(await ask(about, 'isro')).toBe('null')
    expect(await ask(about, 'ruok')).toBe('imok')
    expect(await ask(about, 'envi')).toContain('Environment:\nzookeeper.version=')
  })

  test('expensive words are answered a few times a second', async () => {
    const commands = createTextCommands(facts())
    for (let i = 0; i < EXPENSIVE_PER_SECOND_MAX; i += 1) expect(await commands('wchs', CONNECTION)).toContain('watch')
    expect(await commands('wchs', CONNECTION)).toBe('wchs is asked for too often; try again in a second.\n')
    expect(await commands('srvr', CONNECTION)).toContain('Mode')
  })

  test('nothing else is a text command', () => {
    expect(isTextCommand('srvr')).toBe(true)
    expect(isTextCommand('lsnp')).toBe(false)
    expect(isTextCommand('\0\0\0-')).toBe(false)
  })
})
