import { beforeEach, expect, test } from 'vitest'
import type { GatewayEvent } from '#shared/events/socket-protocol.ts'
import { CROWD_MAX, SingleNodes } from './single-nodes.ts'

let found: string[] = []
let crowds: string[][] = []
let nodes: SingleNodes

beforeEach(() => {
  found = []
  crowds = []
  nodes = new SingleNodes({
    overrides: () => [{ glob: '/said/*', recipe: 'single node', permits: null }],
    isOwn: (session) => session === '0xown',
    onFound: (path, by) => found.push(`${path} ${by}`),
    onCrowd: (_path, _t, sessions) => crowds.push([...sessions]),
  })
})

const base = (session: string, conn = Number(session)) => ({ t: 1, sid: 1, conn, session, path: '/l', zxid: '0x1' })
const set = (session: string): GatewayEvent => ({ type: 'watchSet', ...base(session), kind: 'data' })
const deleted = (session: string): GatewayEvent => ({ type: 'watchTriggered', ...base(session), event: 'nodeDeleted' })

test('whoever is woken by its deletion and makes it shows that it is a lock', () => {
  nodes.onCreated('/l', '0x1')
  nodes.onEvent(deleted('0x2'))
  nodes.onCreated('/l', '0x3')
  expect(found).toEqual([])
  nodes.onEvent(deleted('0x2'))
  nodes.onCreated('/l', '0x2')
  expect(found).toEqual(['/l seen'])
})

test('a member that comes back is no lock, nor is what only the gateway watches, nor a sequential node', () => {
  nodes.onEvent(deleted('0x2'))
  nodes.onCreated('/l', '0x4')
  nodes.onEvent(deleted('0xown'))
  nodes.onCreated('/l', '0xown')
  nodes.onCreated('/said/x-0000000001', '0x1')
  expect(found).toEqual([])
})

test('paths of applications and of what people said are found at once', () => {
  for (const path of ['/controller', '/service/pg/leader', '/said/so', '/elsewhere']) nodes.onCreated(path, '0x1')
  expect(found).toEqual(['/controller path', '/service/pg/leader path', '/said/so path'])
})

test('who watches it waits, until it is woken or its connection ends', () => {
  nodes.onEvent(deleted('0x2'))
  nodes.onCreated('/l', '0x2')
  for (const session of ['0x5', '0x6', '0xown']) nodes.onEvent(set(session))
  nodes.onEvent({ type: 'disconnected', t: 2, sid: 1, conn: 6, reason: '' })
  nodes.onEvent(deleted('0x5'))
  expect(crowds).toEqual([['0x5'], ['0x5', '0x6'], ['0x5'], []])
})

test('a crowd is bounded', () => {
  nodes.onEvent(deleted('0x2'))
  nodes.onCreated('/l', '0x2')
  for (let i = 0; i < CROWD_MAX + 9; i += 1) nodes.onEvent(set(`0x${(100 + i).toString(16)}`))
  expect(crowds.at(-1)).toHaveLength(CROWD_MAX)
})
