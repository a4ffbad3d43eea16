// The port for observers, on the loopback only. An observer proves itself with one line, the hexadecimal
// form of the ensemble's secret; then it gets frames behind a 32-bit length: a StreamHello as JSON first, then
// events in the layout of shared/events/wire. What the events are is observe.ts's business.

import { timingSafeEqual } from 'node:crypto'
import { createServer, type Server, type Socket } from 'node:net'
import type { ClusterEvent, StreamHello } from '#shared/events/cluster-event.ts'
import { FrameEncoder } from '#shared/events/wire/encode.ts'
import type { Clock } from '../clock.ts'
import { listen, stopListening } from '../listening.ts'
import type { MemberLogger } from '../logging.ts'
import type { Turn } from '../turn.ts'
import { createEventQueue, type EventQueue } from './event-queue.ts'

export const OBSERVERS_MAX = 8
/**
 * Between two batches. What comes after a longer silence leaves at the end of its turn, with that turn's packets:
 * a leader that is killed has told what its followers know. Under load each batch is a write to a socket that somebody
 * wakes up for: every 5 ms that was half of what being watched cost.
 */
export const BATCH_MS = 20
const SECRET_LINE_BYTES_MAX = 1024
const SECRET_TIMEOUT_MS = 5000
const CLOSE_GRACE_MS = 1000
/** While the socket holds this much unsent, further events wait in the bounded queue. */
const SOCKET_BYTES_MAX = 1024 * 1024
/** A frame that has reached this size takes no more events. */
const FRAME_BYTES_MAX = 256 * 1024

export interface EventStreamOptions {
  readonly port: number
  readonly secret: Uint8Array
  readonly hello: () => StreamHello
  /** Events are made only while somebody watches. */
  readonly onWatched: (watched: boolean) => void
  readonly dropped: (count: number) => ClusterEvent
  /** Another kind of conversation, asked for by `word` behind the secret; `said` came behind that line. Null: none. */
  readonly converse: ((word: string, socket: Socket, said: Buffer) => boolean) | null
  readonly clock: Clock
  readonly turn: Turn
  readonly log: MemberLogger
  /** Bytes that may wait for one observer. */
  readonly queueBytesMax?: number
}

export interface EventStream {
  listen(): Promise<number>
  emit(event: ClusterEvent): void
  close(): Promise<void>
}

interface Observer {
  readonly socket: Socket
  readonly queue: EventQueue
}

export function createEventStream(options: EventStreamOptions): EventStream {
  const observers = new Set<Observer>()
  const sockets = new Set<Socket>()
  const expected = Buffer.from(Buffer.from(options.secret).toString('hex'))
  /** One frame serves all observers. */
  const encoder = new FrameEncoder()
  let timer: NodeJS.Timeout | null = null
  let scheduled = false
  let sentAtMs = Number.NEGATIVE_INFINITY
  const server: Server = createServer({ noDelay: true }, onSocket)

  function onSocket(socket: Socket): void {
    if (sockets.size >= OBSERVERS_MAX * 2) return void socket.destroy()
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => sockets.delete(socket))
    const deadline = setTimeout(() => refuse('did not prove itself in time'), SECRET_TIMEOUT_MS)
    socket.on('close', () => clearTimeout(deadline))
    let said = Buffer.alloc(0)
    const refuse = (reason: string) => {
      options.log.warn({ from: socket.remoteAddress }, `an observer ${reason}`)
      socket.destroy()
    }
    socket.on('data', function onData(chunk: Buffer) {
      said = Buffer.concat([said, chunk])
      const end = said.indexOf('\n')
      if (end === -1) {
        if (said.length > SECRET_LINE_BYTES_MAX) refuse('said too much')
        return
      }
      clearTimeout(deadline)
      socket.off('data', onData)
      socket.resume() // nothing more is expected, but its end has to be noticed
      const [proof, word] = splitLine(said.subarray(0, end))
      if (proof.length !== expected.length || !timingSafeEqual(proof, expected)) return refuse('gave a wrong secret')
      if (observers.size >= OBSERVERS_MAX) return refuse(`is one too many (at most ${OBSERVERS_MAX})`)
      if (word === null) return attach(socket)
      if (!options.converse?.(word, socket, said.subarray(end + 1)))
        refuse(`asked for ${JSON.stringify(word)}, which is not here`)
    })
  }

  function attach(socket: Socket): void {
    endFrame() // what came before is in its hello
    const observer: Observer = { socket, queue: createEventQueue(options.queueBytesMax) }
    observers.add(observer)
    if (observers.size === 1) options.onWatched(true)
    socket.on('drain', () => sendBatch(observer))
    socket.on('close', () => {
      if (observers.delete(observer) && observers.size === 0) options.onWatched(false)
    })
    socket.write(withLength(Buffer.from(JSON.stringify(options.hello()))))
  }

  function schedule(): void {
    if (scheduled) return
    scheduled = true
    const waitMs = sentAtMs + BATCH_MS - options.clock.monotonicMs()
    if (waitMs <= 0) options.turn.atEnd(sendBatches)
    else timer = setTimeout(sendBatches, waitMs)
  }

  function endFrame(): void {
    const { count } = encoder
    const frame = encoder.take()
    if (frame) for (const observer of observers) observer.queue.push(frame, count)
  }

  function sendBatches(): void {
    scheduled = false
    endFrame()
    sentAtMs = options.clock.monotonicMs()
    for (const observer of observers) sendBatch(observer)
  }

  function sendBatch(observer: Observer): void {
    if (observer.socket.writableLength > SOCKET_BYTES_MAX) return // 'drain' comes back here
    const frames = observer.queue.take((count) => encodeAlone(options.dropped(count)))
    if (frames.length === 0) return
    observer.socket.cork()
    for (const frame of frames) observer.socket.write(withLength(frame))
    observer.socket.uncork()
  }

  return {
    listen: () => listen(server, 'event', { host: '127.0.0.1', port: options.port }),
    emit(event) {
      if (observers.size === 0) return
      encoder.push(event)
      if (encoder.length >= FRAME_BYTES_MAX) endFrame()
      schedule()
    },
    async close() {
      if (timer) clearTimeout(timer)
      sendBatches()
      for (const socket of sockets) socket.destroySoon()
      // Whoever does not read its last events does not hold up the end.
      const grace = setTimeout(() => {
        for (const socket of sockets) socket.destroy()
      }, CLOSE_GRACE_MS)
      await stopListening(server)
      clearTimeout(grace)
    },
  }
}

/** The secret, and what stands behind a space after it. */
function splitLine(line: Buffer): readonly [Buffer, string | null] {
  const space = line.indexOf(' ')
  return space === -1 ? [line, null] : [line.subarray(0, space), line.toString('latin1', space + 1)]
}

function encodeAlone(event: ClusterEvent): Uint8Array {
  const encoder = new FrameEncoder()
  encoder.push(event)
  return encoder.take() ?? new Uint8Array() // never: it holds one
}

function withLength(body: Uint8Array): Buffer {
  const framed = Buffer.allocUnsafe(4 + body.length)
  framed.writeUInt32BE(body.length)
  framed.set(body, 4)
  return framed
}
