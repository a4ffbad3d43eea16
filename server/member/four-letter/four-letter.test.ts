import { describe, expect, test } from 'vitest'
import { addWatch } from '#shared/tree/watch-table.ts'
import { makeZxid } from '#shared/zk/zxid.ts'
import type { ClientConnection } from '../clients/client-connection.ts'
import type { ServerFacts } from '../server-facts.ts'
import { CONNECTION, testFacts as facts, SESSION } from '../testing/test-facts.ts'
import { createTextCommands, EXPENSIVE_PER_SECOND_MAX, isTextCommand } from './four-letter.ts'

const NOTHING = new Uint8Array(0)
const ask = (about: ServerFacts, word: string, argument = NOTHING) =>
  createTextCommands(about)(word, CONNECTION, argument)

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
    'Node count: 5',
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
    touchRound: 0,
    waiting: { items: [], head: 0 },
  })
  expect(await ask(about, 'wchs')).toBe('1 connections watching 2 paths\nTotal watches:2\n')
  expect(await ask(about, 'wchc')).toBe('0x100000f8aa3001a\n\t/a\n\t/b\n\n')
  expect(await ask(about, 'wchp')).toBe('/a\n\t0x100000f8aa3001a\n/b\n\t0x100000f8aa3001a\n\n')
})

test('mntr: one key, a tab and a value a line', async () => {
  const lines = (await ask(facts(), 'mntr')).trimEnd().split('\n')
  for (const line of lines) expect(line).toMatch(/^zk_[a-z_0-9]+\t.+$/)
  expect(lines).toContain('zk_server_state\tstandalone')
  expect(lines).toContain('zk_znode_count\t5')
  expect(lines).toContain('zk_avg_latency\t3.6')
})

test('gtmk shows what stmk has set: eight bytes behind the word', async () => {
  const about = facts()
  expect(await ask(about, 'gtmk')).toBe('306')
  expect(await ask(about, 'stmk', Uint8Array.of(0, 0, 0, 0, 0, 0, 3, 255))).toBe('1023')
  expect(await ask(about, 'stmk', new Uint8Array(8).fill(255))).toBe('-1')
  expect(await ask(about, 'gtmk')).toBe('-1')
})

test('hash lists the digest of every 128th transaction', async () => {
  const about = facts()
  for (let counter = 1; counter <= 256; counter += 1)
    about.coreMetrics.onApplied({
      zxid: makeZxid(1, counter),
      sessionId: SESSION,
      cxid: 0,
      timeMs: 0,
      txn: { type: 'error', err: -101 },
      digest: 2n ** 64n - BigInt(counter),
    })
  expect(await ask(about, 'hash')).toBe('100000080: -128\n100000100: -256\n')
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
    expect(await ask(about, 'gtmk')).toBe('306')
    expect(await ask(about, 'hash')).toBe('This ZooKeeper instance is not currently serving requests')
    expect(await ask(about, 'envi')).toContain('Environment:\nzookeeper.version=')
  })

  test('expensive words are answered a few times a second', async () => {
    const commands = createTextCommands(facts())
    for (let i = 0; i < EXPENSIVE_PER_SECOND_MAX; i += 1)
      expect(await commands('wchs', CONNECTION, NOTHING)).toContain('watch')
    expect(await commands('wchs', CONNECTION, NOTHING)).toBe('wchs is asked for too often; try again in a second.\n')
    expect(await commands('srvr', CONNECTION, NOTHING)).toContain('Mode')
  })

  test('nothing else is a text command', () => {
    expect(isTextCommand('srvr')).toBe(true)
    expect(isTextCommand('lsnp')).toBe(false)
    expect(isTextCommand('\0\0\0-')).toBe(false)
  })
})
