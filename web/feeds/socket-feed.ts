// The live feed: Socket.IO to the gateway that served this page. It says hello with the last event it saw,
// gets the missing events or a snapshot, and then passes frames on in order. Reconnecting is done here and
// not by Socket.IO, because the page shows when the next attempt is.

import { io, type Socket } from 'socket.io-client'
import {
  type ClientToServer,
  type NumberedEvents,
  PROTOCOL_VERSION,
  type ServerToClient,
  type Welcome,
} from '#shared/events/socket-protocol.ts'
import { type AskAnswer, type AskName, type AskRequest, type Feed, type FeedSink, failed } from './feed.ts'
import { placeFrame, retryDelayMs } from './frame-order.ts'

type Wire = Socket<ServerToClient, ClientToServer>

const ANSWER_WITHIN_MS = 10_000

export function createSocketFeed(token: string): Feed {
  let sink: FeedSink | null = null
  let socket: Wire | null = null
  let lastSeq: number | null = null
  let welcomed = false
  let attempt = 0
  let lostSince = 0
  let retryTimer: ReturnType<typeof setTimeout> | undefined
  let stopped = false

  function connect(): void {
    clearTimeout(retryTimer)
    socket?.removeAllListeners()
    socket?.disconnect()
    welcomed = false
    const wire: Wire = io({
      auth: { token },
      reconnection: false,
      forceNew: true,
      transports: ['websocket'],
    })
    socket = wire
    wire.on('connect', () => sayHello(wire))
    wire.on('connect_error', (error) => onConnectError(wire, error.message))
    wire.on('disconnect', onLost)
    wire.on('events', (frame) => onFrame(wire, frame))
    wire.on('resync', () => sayHello(wire))
    wire.on('tree:changed', (change) => sink?.treeChanged(change))
    wire.on('locks:changed', (view) => sink?.lockChanged(view))
    wire.on('locks:directories', (directories) => sink?.lockDirectories(directories))
  }

  function sayHello(wire: Wire): void {
    welcomed = false
    wire.timeout(ANSWER_WITHIN_MS).emit('hello', { version: PROTOCOL_VERSION, lastSeq }, (late, welcome) => {
      if (wire !== socket) return
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
    sink?.about(welcome.about)
    if (welcome.type === 'snapshot') {
      lastSeq = welcome.seq
      sink?.snapshot(welcome.view)
    } else onFrame(wire, welcome.from)
    sink?.status({ type: 'live' })
  }

  function onFrame(wire: Wire, frame: NumberedEvents): void {
    if (!welcomed || lastSeq === null) return
    const verdict = placeFrame(lastSeq, frame)
    if (verdict.type === 'gap') {
      lastSeq = null // only a snapshot closes a gap
      sayHello(wire)
    } else if (verdict.type === 'apply') {
      lastSeq = verdict.lastSeq
      sink?.events(verdict.events)
    }
  }

  function onConnectError(wire: Wire, message: string): void {
    // Not active: the gateway itself said no. Otherwise it could not be reached.
    if (!wire.active) refuse('token', message)
    else onLost()
  }

  function refuse(why: 'token' | 'version', detail: string): void {
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
      stopped = false
      connect()
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
        const wire = socket.timeout(ANSWER_WITHIN_MS) as unknown as {
          emit(name: string, request: unknown, done: (late: Error | null, answer: unknown) => void): void
        }
        wire.emit(name, request, (late, value) =>
          answer(late ? failed('TIMEOUT', 'The gateway did not answer within 10 s. Try again.') : value),
        )
      })
    },
  }
}
