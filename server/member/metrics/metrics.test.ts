import { expect, test } from 'vitest'
import { isWrite } from '#shared/peer/leading.ts'
import type { ClientRequest } from '#shared/zk/request.ts'
import type { Entry } from '#shared/zk/txn.ts'
import { makeZxid } from '#shared/zk/zxid.ts'
import { SESSION, testFacts } from '../testing/test-facts.ts'
import { javaDouble, resetTraffic } from '../traffic.ts'
import { collectMetrics } from './collect.ts'
import { flatMetrics } from './flat-metrics.ts'
import { families, prometheusText } from './prometheus-text.ts'
import { onlyReads } from './request-kind.ts'

const ENSEMBLE = ['initLimit=10', 'syncLimit=5', 'server.1=h:2888:3888', 'server.2=i:2888:3888']

function entry(counter: number, timeMs: number, txn: Entry['txn'] = { type: 'error', err: -101 }): Entry {
  return { zxid: makeZxid(1, counter), sessionId: SESSION, cxid: 1, timeMs, txn, digest: null }
}

async function flat(facts: ReturnType<typeof testFacts>): Promise<Map<string, unknown>> {
  return new Map(await flatMetrics(facts))
}

test('a proposal is measured from when its leader made it, at each of its stages', async () => {
  const facts = testFacts(ENSEMBLE)
  const { coreMetrics, peer } = facts
  const link = 1 as Parameters<typeof coreMetrics.onPacket>[0]['link']
  const proposal = entry(1, 1000)
  peer.wallMs = 1004
  coreMetrics.onPacket({ type: 'packet', link, packet: { type: 'PROPOSAL', entry: proposal } })
  peer.wallMs = 1009
  coreMetrics.onSend({ type: 'ACK', zxid: proposal.zxid })
  peer.wallMs = 1010
  coreMetrics.onPacket({ type: 'packet', link, packet: { type: 'COMMIT', zxid: proposal.zxid } })
  peer.wallMs = 1011
  coreMetrics.onApplied(proposal)
  const found = await flat(facts)
  expect(found.get('learner_proposal_received_count')).toBe(1)
  expect(found.get('learner_commit_received_count')).toBe(1)
  expect(found.get('sum_proposal_latency')).toBe(4)
  expect(found.get('sum_proposal_ack_creation_latency')).toBe(9)
  expect(found.get('sum_commit_propagation_latency')).toBe(10)
  expect(found.get('p99_propagation_latency')).toBe(11)
})

test('commits are counted one by one, however many come at once, and never twice', async () => {
  const facts = testFacts(ENSEMBLE)
  facts.coreMetrics.onCommitted(makeZxid(1, 5))
  facts.coreMetrics.onCommitted(makeZxid(1, 7))
  facts.coreMetrics.onCommitted(makeZxid(2, 2))
  expect((await flat(facts)).get('commit_count')).toBe(9)
})

test('one txn’s events are one group', async () => {
  const facts = testFacts()
  const fire = (counter: number, path: string, times: number) => {
    for (let conn = 1; conn <= times; conn += 1)
      facts.coreMetrics.onWatchEvent({
        type: 'watchEvent',
        conn: conn as Parameters<typeof facts.coreMetrics.onWatchEvent>[0]['conn'],
        zxid: makeZxid(1, counter),
        event: { type: 'nodeDataChanged', path },
        mode: 'standard',
      })
  }
  fire(1, '/a', 3)
  fire(2, '/a', 1)
  fire(3, '/b', 5)
  const found = await flat(facts)
  expect([found.get('cnt_node_changed_watch_count'), found.get('sum_node_changed_watch_count')]).toEqual([3, 9])
  expect(found.get('max_node_changed_watch_count')).toBe(5)
})

test('srst forgets what was measured', async () => {
  const facts = testFacts()
  facts.coreMetrics.onApplied(entry(1, 0))
  facts.traffic.metrics.counters.looking_count = 3
  resetTraffic(facts.traffic)
  const found = await flat(facts)
  expect(found.get('cnt_propagation_latency')).toBe(0)
  expect(found.get('looking_count')).toBe(0)
})

test('what Apache counts by namespace, by its sums', async () => {
  const facts = testFacts()
  const acl = null
  const created = {
    type: 'create',
    path: '/a/b',
    data: new Uint8Array(10),
    acl,
    ephemeral: false,
    parentCVersion: 1,
  } as const
  facts.namespaces?.onApplied(created)
  facts.namespaces?.onApplied({ type: 'multi', txns: [created, { type: 'error', err: -101 }] })
  facts.namespaces?.onApplied({ type: 'closeSession', paths: ['/a/b', '/c'] })
  const found = await flat(facts)
  expect([found.get('cnt_a_write_per_namespace'), found.get('sum_a_write_per_namespace')]).toEqual([2, 18])
  expect(found.get('sum_c_write_per_namespace')).toBe(2)
})

test('Prometheus’ text: help is the name, a sum and a count for each summary, keys as labels', async () => {
  const facts = testFacts(ENSEMBLE)
  for (const ms of [1, 2, 3, 4]) facts.traffic.metrics.advanced.readlatency.add(ms)
  facts.namespaces?.onApplied({ type: 'delete', path: '/we"ird\\' })
  const text = prometheusText(families(await collectMetrics(facts)))
  expect(text).toContain('# HELP quorum_size quorum_size\n# TYPE quorum_size gauge\nquorum_size 2.0\n')
  expect(text).toContain('# HELP looking_count looking_count\n# TYPE looking_count counter\nlooking_count 1.0\n')
  expect(text).toContain(
    '# TYPE readlatency summary\nreadlatency{quantile="0.5",} 2.0\nreadlatency{quantile="0.9",} 4.0\n' +
      'readlatency{quantile="0.99",} 4.0\nreadlatency_count 4.0\nreadlatency_sum 10.0\n',
  )
  expect(text).toContain('fsynctime{quantile="0.5",} NaN\nfsynctime_count 0.0\n')
  expect(text).toContain('write_per_namespace_count{key="we\\"ird\\\\",} 1.0\n')
  const names = text.match(/^# HELP \S+/gm) ?? []
  expect(new Set(names).size).toBe(names.length)
  const one = prometheusText(families(await collectMetrics(facts)), new Set(['readlatency_sum']))
  expect(one).toBe('# HELP readlatency readlatency\n# TYPE readlatency summary\nreadlatency_sum 10.0\n')
})

test('doubles look as Java prints them', () => {
  const values = [0, 1, -2.5, 1e7, 123456789.5, 0.00025, Number.NaN, Number.POSITIVE_INFINITY, 9999999]
  expect(values.map(javaDouble)).toEqual([
    '0.0',
    '1.0',
    '-2.5',
    '1.0E7',
    '1.234567895E8',
    '2.5E-4',
    'NaN',
    'Infinity',
    '9999999.0',
  ])
})

test('every write is told from every read, as the peer tells them', () => {
  const types = 'create create2 createContainer createTTL delete setData setACL multi reconfig closeSession'.split(' ')
  const reads = 'getData exists ping sync getChildren getChildren2 getACL multiRead addWatch whoAmI setWatches2'.split(
    ' ',
  )
  const of = (type: string) => ({ type, path: '/' }) as unknown as ClientRequest // only the type is looked at
  for (const type of types) expect([type, onlyReads(of(type)), isWrite(of(type))]).toEqual([type, false, true])
  for (const type of reads) expect([type, onlyReads(of(type)), isWrite(of(type))]).toEqual([type, true, false])
})
