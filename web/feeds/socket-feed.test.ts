import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { emptyClusterView } from '#shared/events/cluster-view.ts'
import type { About, GatewayEvent, Welcome } from '#shared/events/socket-protocol.ts'
import type { FeedSink, FeedStatus } from './feed.ts'
import { createSocketFeed } from './socket-feed.ts'

type Listener = (...args: unknown[]) => void
type Acknowledge = (late: Error | null, answer?: unknown) => void

/** Stands in for a Socket.IO socket: the test plays the gateway. */
class FakeSocket {
  connected = false
  active = true
  readonly sent: { name: string; request: unknown; acknowledge: Acknowledge }[] = []
  readonly #listeners = new Map<string, Listener>()

  on(name: string, listener: Listener): void {
    this.#listeners.set(name, listener)
  }
  removeAllListeners(): void {
    this.#listeners.clear()
  }
  timeout(): this {
    return this
  }
  emit(name: string, request: unknown, acknowledge: Acknowledge): void {
    this.sent.push({ name, request, acknowledge })
  }
  disconnect(): void {
    const was = this.connected
    this.connected = false
    if (was) this.hear('disconnect')
  }
  hear(name: string, ...args: unknown[]): void {
    if (name === 'connect') this.connected = true
    if (name === 'disconnect') this.connected = false
    this.#listeners.get(name)?.(...args)
  }
  /** The newest hello that was sent. */
  get hello() {
    return this.sent.filter(({ name }) => name === 'hello').at(-1)
  }
}

const sockets: FakeSocket[] = []
vi.mock('socket.io-client', () => ({
  io: () => {
    const socket = new FakeSocket()
    sockets.push(socket)
    return socket
  },
}))

const about = {
  version: '1',
  cluster: { id: 'embedded', kind: 'embedded' as const },
  clusterName: 'c',
  dataDir: '/d',
  connectString: 'h:1',
  serverTimeMs: 0,
  gatewaySession: null,
  formerGatewaySessions: [],
  load: { requests: 0, watches: 0, bytesSent: 0, bytesReceived: 0 },
}
const event = (t: number): GatewayEvent => ({ type: 'stream', t, sid: 1, up: true })

function start(onEvents: (more: readonly GatewayEvent[]) => void = () => {}) {
  const statuses: FeedStatus[] = []
  const events: GatewayEvent[] = []
  let snapshots = 0
  const sink: FeedSink = {
    status: (status) => statuses.push(status),
    about: () => {},
    clusters: () => {},
    snapshot: () => {
      snapshots += 1
    },
    events: (more) => {
      onEvents(more)
      events.push(...more)
    },
    treeChanged: () => {},
    lockChanged: () => {},
    lockDirectories: () => {},
    jobProgress: () => {},
  }
  const feed = createSocketFeed('token')
  feed.start(sink)
  return { feed, statuses, events, snapshots: () => snapshots }
}

function socketNow(): FakeSocket {
  const socket = sockets.at(-1)
  if (!socket) throw new Error('the feed has not connected')
  return socket
}

function welcome(socket: FakeSocket, answer: Welcome): void {
  socket.hello?.acknowledge(null, answer)
}

const common = { about, history: 'h1', clusters: [] }
const snapshot = (seq: number): Welcome => ({ type: 'snapshot', seq, view: emptyClusterView(), ...common })

describe('the live feed', () => {
  beforeEach(() => {
    sockets.length = 0
    vi.useFakeTimers()
  })
  afterEach(() => vi.useRealTimers())

  test('turns to another cluster with a snapshot; what is still on its way of the one before is nobody’s', () => {
    const { feed, events, snapshots } = start()
    const socket = socketNow()
    socket.hear('connect')
    welcome(socket, snapshot(10))
    feed.lookAt('staging')
    expect(socket.hello?.request).toMatchObject({ cluster: 'staging', lastSeq: null })
    socket.hear('events', { seq: 11, events: [event(11)] })
    const elsewhere: About = { ...about, cluster: { id: 'staging', kind: 'attached' } }
    const view = emptyClusterView()
    welcome(socket, { type: 'snapshot', seq: 3, view, about: elsewhere, history: 'h2', clusters: [] })
    socket.hear('events', { seq: 4, events: [event(4)] })
    expect([snapshots(), events]).toEqual([2, [event(4)]])
    socket.hear('disconnect')
    vi.advanceTimersByTime(600)
    socketNow().hear('connect')
    expect(socketNow().hello?.request).toMatchObject({ cluster: 'staging', lastSeq: 4, history: 'h2' })
  })

  test('says hello without a number, takes the snapshot, then frames in order', () => {
    const { statuses, events, snapshots } = start()
    const socket = socketNow()
    socket.hear('connect')
    expect(socket.hello?.request).toMatchObject({ version: 1, lastSeq: null })
    socket.hear('events', { seq: 9, events: [event(9)] })
    expect(events).toEqual([]) // before the welcome nothing can be placed
    welcome(socket, snapshot(10))
    socket.hear('events', { seq: 10, events: [event(10), event(11)] })
    expect(snapshots()).toBe(1)
    expect(events).toEqual([event(11)])
    expect(statuses.map(({ type }) => type)).toEqual(['connecting', 'live'])
  })

  test('reconnects after 0.5 s with the last number it saw, and resumes', () => {
    const { statuses, events } = start()
    socketNow().hear('connect')
    welcome(socketNow(), snapshot(10))
    socketNow().hear('disconnect')
    expect(statuses.at(-1)).toMatchObject({ type: 'lost', attempt: 1 })
    vi.advanceTimersByTime(499)
    expect(sockets).toHaveLength(1)
    vi.advanceTimersByTime(1)
    socketNow().hear('connect')
    expect(socketNow().hello?.request).toMatchObject({ version: 1, lastSeq: 10, history: 'h1' })
    welcome(socketNow(), { type: 'resume', from: { seq: 11, events: [event(11)] }, ...common })
    expect(events).toEqual([event(11)])
    expect(statuses.at(-1)).toEqual({ type: 'live' })
  })

  test('keeps the time of the loss over failed attempts, and waits longer each time', () => {
    const { statuses } = start()
    socketNow().hear('connect')
    welcome(socketNow(), snapshot(1))
    socketNow().hear('disconnect')
    const first = statuses.at(-1)
    vi.advanceTimersByTime(500)
    socketNow().hear('connect_error', new Error('websocket error'))
    const second = statuses.at(-1)
    if (first?.type !== 'lost' || second?.type !== 'lost') throw new Error('should be lost')
    expect(second.since).toBe(first.since)
    expect(second.attempt).toBe(2)
    expect(second.retryAt - Date.now()).toBe(1000)
  })

  test('a gap asks for a snapshot', () => {
    const { events, snapshots } = start()
    socketNow().hear('connect')
    welcome(socketNow(), snapshot(10))
    socketNow().hear('events', { seq: 13, events: [event(13)] })
    expect(events).toEqual([])
    expect(socketNow().hello?.request).toMatchObject({ version: 1, lastSeq: null })
    welcome(socketNow(), snapshot(13))
    expect(snapshots()).toBe(2)
  })

  test('a wrong token is final: no further attempt until somebody asks for one', () => {
    const { statuses } = start()
    socketNow().active = false
    socketNow().hear('connect_error', new Error('The access token is wrong.'))
    expect(statuses.at(-1)).toEqual({ type: 'refused', why: 'token', detail: 'The access token is wrong.' })
    vi.advanceTimersByTime(60_000)
    expect(sockets).toHaveLength(1)
  })

  test('a full gateway is not a wrong token, and is asked again only on request', () => {
    const { feed, statuses } = start()
    socketNow().active = false
    socketNow().hear('connect_error', Object.assign(new Error('200 pages.'), { data: { code: 'FULL' } }))
    expect(statuses.at(-1)).toEqual({ type: 'refused', why: 'full', detail: '200 pages.' })
    feed.retryNow()
    expect(statuses.at(-1)).toEqual({ type: 'connecting' })
    expect(sockets).toHaveLength(2)
  })

  test('an event that does not fit asks for a snapshot; the third within a minute ends it', () => {
    const warned = vi.spyOn(console, 'warn').mockImplementation(() => {})
    const { statuses, snapshots } = start(() => {
      throw new Error('no such event')
    })
    socketNow().hear('connect')
    welcome(socketNow(), snapshot(10))
    for (let seq = 11; seq < 13; seq += 1) {
      socketNow().hear('events', { seq, events: [event(seq)] })
      expect(socketNow().hello?.request).toMatchObject({ version: 1, lastSeq: null })
      welcome(socketNow(), snapshot(seq))
      expect(statuses.at(-1)).toEqual({ type: 'live' })
    }
    socketNow().hear('events', { seq: 13, events: [event(13)] })
    expect(statuses.at(-1)).toEqual({ type: 'refused', why: 'outdated', detail: '' })
    expect(snapshots()).toBe(3)
    expect(warned).toHaveBeenCalledTimes(3)
    warned.mockRestore()
  })

  test('another version is refused with what the gateway said', () => {
    const { statuses } = start()
    socketNow().hear('connect')
    welcome(socketNow(), { type: 'refused', reason: 'Reload it.' })
    expect(statuses.at(-1)).toEqual({ type: 'refused', why: 'version', detail: 'Reload it.' })
  })

  test('questions are always answered: offline, late, and as the gateway says', async () => {
    const { feed } = start()
    await expect(feed.ask('member:kill', { sid: 1 })).resolves.toMatchObject({ ok: false, code: 'OFFLINE' })
    socketNow().hear('connect')
    const late = feed.ask('member:kill', { sid: 1 })
    socketNow().sent.at(-1)?.acknowledge(new Error('timeout'))
    await expect(late).resolves.toMatchObject({ ok: false, code: 'TIMEOUT' })
    const answered = feed.ask('member:kill', { sid: 1 })
    socketNow().sent.at(-1)?.acknowledge(null, { ok: true, value: null })
    await expect(answered).resolves.toEqual({ ok: true, value: null })
  })
})
