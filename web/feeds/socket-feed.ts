// The live feed: Socket.IO to the gateway that served this page. It says hello with the last event it saw,
// gets the missing events or a snapshot of the cluster that it wants, and passes frames on in order. Reconnecting is done here and
// not by Socket.IO, because the page shows when the next attempt is.

import { io, type Socket } from 'socket.io-client'
import {
  type ClientToServer,
  type ConnectRefusal,
  type NumberedEvents,
  PROTOCOL_VERSION,
  type ServerToClient,
  type Welcome,
} from '#shared/events/socket-protocol.ts'
import { STREAM_VIEWS } from '#shared/events/subscription.ts'
import {
  type AskAnswer,
  type AskName,
  type AskRequest,
  type Feed,
  type FeedSink,
  failed,
  type RefusedWhy,
} from './feed.ts'
import { placeFrame, retryDelayMs } from './frame-order.ts'
import { gatewayPath } from './gateway-path.ts'

type Wire = Socket<ServerToClient, ClientToServer>

const ANSWER_WITHIN_MS = 10_000
/** Whole subtrees take longer; the gateway ends them after ten minutes itself, and they can be cancelled. */
const JOB_WITHIN_MS = 11 * 60_000
/** A page that cannot place an event starts over from a snapshot; this often within this time it is too old. */
const MISFITS_MAX = 3
const MISFITS_WITHIN_MS = 60_000

/** @param cluster the one that is looked at first, by id; null: the gateway's first */
export function createSocketFeed(token: string, cluster: string | null = null): Feed {
  let wanted = cluster
  /** Whose numbers `lastSeq` counts. */
  let history: string | null = null
  let sink: FeedSink | null = null
  let socket: Wire | null = null
  let lastSeq: number | null = null
  let welcomed = false
  let attempt = 0
  let lostSince = 0
  let retryTimer: ReturnType<typeof setTimeout> | undefined
  let stopped = false
  let misfits: number[] = []
  let hellos = 0

  function connect(): void {
    clearTimeout(retryTimer)
    socket?.removeAllListeners()
    socket?.disconnect()
    welcomed = false
    const wire: Wire = io({
      path: gatewayPath('socket.io/'),
      auth: { token },
      reconnection: false,
      forceNew: true,
      transports: ['websocket'],
    })
    socket = wire
    wire.on('connect', () => sayHello(wire))
    wire.on('connect_error', (error) => onConnectError(wire, error))
    wire.on('disconnect', onLost)
    wire.on('events', (frame) => onFrame(wire, frame))
    wire.on('resync', () => sayHello(wire))
    wire.on('about', (about) => {
      // One of before the page turned to another cluster may still be on its way.
      if (welcomed) sink?.about(about)
    })
    wire.on('clusters', (clusters) => sink?.clusters(clusters))
    wire.on('tree:changed', (change) => sink?.treeChanged(change))
    wire.on('locks:changed', (view) => sink?.lockChanged(view))
    wire.on('locks:directories', (directories) => sink?.lockDirectories(directories))
    wire.on('job:progress', (progress) => sink?.jobProgress(progress))
  }

  function sayHello(wire: Wire): void {
    welcomed = false
    hellos += 1
    const mine = hellos
    const hello = {
      version: PROTOCOL_VERSION,
      lastSeq,
      views: STREAM_VIEWS,
      ...(wanted === null ? {} : { cluster: wanted }),
      ...(history === null ? {} : { history }),
    }
    wire.timeout(ANSWER_WITHIN_MS).emit('hello', hello, (late, welcome) => {
      if (wire !== socket || mine !== hellos) return
      if (late) wire.disconnect()
      else onWelcome(wire, welcome)
    })
  }

  function onWelcome(wire: Wire, welcome: Welcome): void {
    if (welcome.type === 'refused') {
      refuse('version', welcome.reason)
      return
    }
    welcomed = true
    attempt = 0
    lostSince = 0
    history = welcome.history
    // The one that was wanted may be gone.
    if (wanted !== null) wanted = welcome.about.cluster.id
    sink?.clusters(welcome.clusters)
    sink?.about(welcome.about)
    if (welcome.type === 'snapshot') {
      lastSeq = welcome.seq
      sink?.snapshot(welcome.view)
    } else onFrame(wire, welcome.from)
    if (welcomed) sink?.status({ type: 'live' })
  }

  function onFrame(wire: Wire, frame: NumberedEvents): void {
    if (!welcomed || lastSeq === null) return
    const verdict = placeFrame(lastSeq, frame)
    if (verdict.type === 'gap') {
      lastSeq = null // only a snapshot closes a gap
      sayHello(wire)
    } else if (verdict.type === 'apply') {
      lastSeq = verdict.lastSeq
      try {
        sink?.events(verdict.events)
      } catch (error) {
        onMisfit(wire, error)
      }
    }
  }

  /** What is shown may be half of the truth now: start over, but not for ever. */
  function onMisfit(wire: Wire, error: unknown): void {
    console.warn('an event did not fit', error)
    const now = Date.now()
    misfits = [...misfits.filter((t) => now - t < MISFITS_WITHIN_MS), now]
    if (misfits.length >= MISFITS_MAX) {
      refuse('outdated', '')
      return
    }
    lastSeq = null
    sayHello(wire)
  }

  function onConnectError(wire: Wire, error: Error): void {
    // Not active: the gateway itself said no. Otherwise it could not be reached.
    if (!wire.active) refuse(refusalCode(error) === 'FULL' ? 'full' : 'token', error.message)
    else onLost()
  }

  function refuse(why: RefusedWhy, detail: string): void {
    stopped = true
    socket?.disconnect()
    sink?.status({ type: 'refused', why, detail })
  }

  function onLost(): void {
    if (stopped) return
    welcomed = false
    attempt += 1
    if (lostSince === 0) lostSince = Date.now()
    const delay = retryDelayMs(attempt)
    sink?.status({ type: 'lost', since: lostSince, retryAt: Date.now() + delay, attempt })
    clearTimeout(retryTimer)
    retryTimer = setTimeout(connect, delay)
  }

  return {
    start(to) {
      sink = to
      sink.status({ type: 'connecting' })
      connect()
    },
    retryNow() {
      if (stopped) sink?.status({ type: 'connecting' })
      stopped = false
      misfits = []
      connect()
    },
    lookAt(other) {
      if (other === wanted) return
      wanted = other
      lastSeq = null
      if (socket?.connected) sayHello(socket)
    },
    stop() {
      stopped = true
      clearTimeout(retryTimer)
      socket?.removeAllListeners()
      socket?.disconnect()
      socket = null
    },
    ask<K extends AskName>(name: K, request: AskRequest<K>): Promise<AskAnswer<K>> {
      return new Promise((resolve) => {
        // The map's types guarantee the pairing of name, request and answer; Socket.IO's cannot express it here.
        const answer = resolve as (answer: unknown) => void
        if (!socket?.connected) {
          answer(failed('OFFLINE', 'The gateway cannot be reached now. Wait for the page to reconnect.'))
          return
        }
        const isJob = 'job' in request && name !== 'job:cancel'
        const wire = socket.timeout(isJob ? JOB_WITHIN_MS : ANSWER_WITHIN_MS) as unknown as {
          emit(name: string, request: unknown, done: (late: Error | null, answer: unknown) => void): void
        }
        wire.emit(name, request, (late, value) =>
          answer(late ? failed('TIMEOUT', 'The gateway did not answer within 10 s. Try again.') : value),
        )
      })
    },
  }
}

function refusalCode(error: Error): ConnectRefusal['code'] | null {
  const data = 'data' in error ? error.data : null
  return typeof data === 'object' && data !== null && 'code' in data && data.code === 'FULL' ? 'FULL' : null
}
