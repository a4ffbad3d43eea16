// The gateway's Socket.IO side: admits pages that know the access token, answers `hello` with what they
// missed or with a snapshot, and sends each live page one frame of events every 50 ms. A page that cannot keep
// up gets `resync` instead of an ever longer queue. What requests do is the dispatcher's business.

import type { Server as HttpServer } from 'node:http'
import type { Logger } from 'pino'
import { type DefaultEventsMap, Server, type Socket } from 'socket.io'
import { z } from 'zod'
import {
  type About,
  type ConnectRefusal,
  PROTOCOL_VERSION,
  type ServerToClient,
  type Welcome,
} from '#shared/events/socket-protocol.ts'
import { type Access, clientAddress, loginCookie } from './access.ts'
import type { Performer } from './api/perform.ts'
import type { Role } from './api/roles.ts'
import { explainIssues, OPERATIONS } from './api/table.ts'
import type { Authenticator, Authority } from './auth/authenticator.ts'
import { Dispatcher } from './dispatcher.ts'
import type { History } from './history.ts'
import { OVERLOADED, type Overload } from './http/overload.ts'
import { SOCKET_PATH } from './http-server.ts'
import {
  BAD_MESSAGES_MAX,
  CONNECT_TIMEOUT_MS,
  FRAME_MS,
  LAG_MS_MAX,
  LOAD_TELL_MS,
  MESSAGE_BYTES_MAX,
  SOCKETS_MAX,
  SOCKETS_PER_USER_MAX,
  USER_FILE_CHECK_MS,
  WAITING_MESSAGES_MAX,
} from './limits.ts'
import type { PageClient } from './page-client.ts'
import { refusal } from './request-error.ts'
import { LiveFrames } from './streams/live-frames.ts'

const LIVE = 'live'

type Io = Server<DefaultEventsMap, ServerToClient>
type PageSocket = Socket<DefaultEventsMap, ServerToClient>

export interface SocketsOptions {
  readonly server: HttpServer
  readonly access: () => Access
  readonly authenticator: Authenticator
  readonly history: History
  readonly about: () => About
  readonly performer: Performer
  readonly overload: Overload
  /** The page is gone: let go of what it held. */
  readonly onGone: (client: PageClient) => void
  readonly log: Logger
  /** Pages connected at once; SOCKETS_MAX unless a test says otherwise. */
  readonly pagesMax?: number
}

export interface Sockets {
  /** Pages connected now. */
  count(): number
  /** Sends what is due to live pages at once. */
  flush(): void
  /** What `about` says now is news to live pages. */
  tellAbout(): void
  close(): Promise<void>
}

const credentials = z.object({ token: z.string().max(256) })

export function attachSockets(options: SocketsOptions): Sockets {
  const { server, access, authenticator, history, log, pagesMax = SOCKETS_MAX } = options
  const io: Io = new Server(server, {
    path: SOCKET_PATH,
    transports: ['websocket'],
    serveClient: false,
    allowEIO3: false,
    perMessageDeflate: false,
    httpCompression: false,
    maxHttpBufferSize: MESSAGE_BYTES_MAX,
    connectTimeout: CONNECT_TIMEOUT_MS,
    pingInterval: 25_000,
    pingTimeout: 20_000,
  })
  const pages = new Map<string, Page>()
  const live = new LiveFrames(io)
  let sentSeq = history.lastSeq

  const flush = (): void => {
    if (history.lastSeq === sentSeq) return
    const frame = history.since(sentSeq)
    sentSeq = history.lastSeq
    for (const page of pages.values()) if (frame === null || page.isSlow) page.fallBehind()
    if (frame) live.send(frame)
  }
  const timer = setInterval(flush, FRAME_MS)
  timer.unref()

  const authorityOf = (socket: PageSocket): Authority | null => {
    const given = credentials.safeParse(socket.handshake.auth)
    const cookie = loginCookie(access(), socket.request)
    return given.success ? authenticator.identify({ token: given.data.token, cookie }) : null
  }
  const socketsOf = (user: string): number => [...pages.values()].filter((page) => page.user === user).length
  const guardTimer = setInterval(() => {
    for (const page of pages.values()) page.leaveUnlessAllowed()
  }, USER_FILE_CHECK_MS)
  guardTimer.unref()
  let toldLoad = ''
  const tellAbout = (): void => {
    const about = options.about()
    toldLoad = JSON.stringify(about.load)
    io.to(LIVE).emit('about', about)
  }
  const loadTimer = setInterval(() => {
    if (JSON.stringify(options.about().load) !== toldLoad) tellAbout()
  }, LOAD_TELL_MS)
  loadTimer.unref()

  io.use((socket, next) => {
    const authority = authorityOf(socket)
    if (!authority || authority.role() === null)
      next(
        refused(
          'TOKEN',
          'The access token is wrong, or from an earlier start. Open the address that zabscope printed, or log in.',
        ),
      )
    else if (socketsOf(authority.user) >= SOCKETS_PER_USER_MAX)
      next(refused('FULL', `${SOCKETS_PER_USER_MAX} pages of yours are connected already. Close one, then try again.`))
    else if (options.overload.turnAway()) next(refused('FULL', OVERLOADED))
    else if (io.sockets.sockets.size >= pagesMax)
      next(refused('FULL', `${pagesMax} pages are connected already. Close one, then try again.`))
    else next()
  })
  io.on('connection', (socket) => {
    const authority = authorityOf(socket)
    if (!authority) return socket.disconnect(true)
    pages.set(socket.id, new Page(socket, authority, options, live, flush))
    socket.on('disconnect', () => pages.delete(socket.id))
  })
  io.engine.on('connection_error', (error: { code: unknown; message: unknown }) =>
    log.warn({ code: error.code, reason: error.message }, 'handshake refused'),
  )
  return {
    count: () => io.sockets.sockets.size,
    flush,
    tellAbout,
    close: async () => {
      for (const each of [timer, guardTimer, loadTimer]) clearInterval(each)
      await io.close()
    },
  }
}

/** Socket.IO sends `data` along with the message. */
function refused(code: ConnectRefusal['code'], message: string): Error {
  const data: ConnectRefusal = { code }
  return Object.assign(new Error(message), { data })
}

/** One connected page: its messages in, its answers out. */
class Page implements PageClient {
  readonly id: string
  readonly user: string
  readonly address: string
  readonly #authority: Authority
  readonly #gone = new AbortController()
  readonly #socket: PageSocket
  readonly #options: SocketsOptions
  readonly #live: LiveFrames
  readonly #dispatcher: Dispatcher
  readonly #flush: () => void
  #badMessages = 0
  /** Messages handed over since the last that left for the operating system. */
  #waiting = 0
  #giveUp: NodeJS.Timeout | null = null

  constructor(socket: PageSocket, authority: Authority, options: SocketsOptions, live: LiveFrames, flush: () => void) {
    this.id = socket.id
    this.user = authority.user
    this.address = clientAddress(options.access(), socket.request)
    this.#authority = authority
    this.#socket = socket
    this.#options = options
    this.#live = live
    this.#flush = flush
    this.#dispatcher = new Dispatcher(options.performer, this, options.overload, performance.now())
    socket.onAny((...message: unknown[]) => void this.#onMessage(message))
    socket.on('error', (error) => options.log.warn({ socket: this.id, err: error }, 'socket error'))
    socket.on('disconnect', () => {
      this.#caughtUp()
      this.#gone.abort()
      live.leave(this.id)
      options.onGone(this)
    })
    socket.conn.on('packetCreate', () => {
      this.#waiting += 1
    })
    socket.conn.on('flush', () => {
      this.#waiting = 0
    })
  }

  /** Asked at each use: it may have become less, or nothing; then the page is about to be disconnected. */
  get role(): Role {
    return this.#authority.role() ?? 'viewer'
  }

  get mustProve(): boolean {
    return this.#authority.mustProve()
  }

  get gone(): AbortSignal {
    return this.#gone.signal
  }

  /** [S-4] A socket does not outlive its authority. */
  leaveUnlessAllowed(): boolean {
    const allowed = this.#authority.role() !== null
    if (!allowed) this.#socket.disconnect(true)
    return allowed
  }

  get isSlow(): boolean {
    return this.#waiting > WAITING_MESSAGES_MAX
  }

  /** No more events until the page says hello again; a page that does not is let go. */
  fallBehind(): void {
    if (this.#giveUp) return
    this.#leaveFrames()
    void this.#socket.leave(LIVE)
    this.#socket.emit('resync', 'This page could not keep up with the events.')
    this.#giveUp = setTimeout(() => this.#socket.disconnect(true), LAG_MS_MAX)
  }

  #leaveFrames(): void {
    const room = this.#live.leave(this.id)
    if (room !== null) void this.#socket.leave(room)
  }

  #caughtUp(): void {
    if (this.#giveUp) clearTimeout(this.#giveUp)
    this.#giveUp = null
  }

  emit<Name extends keyof ServerToClient>(name: Name, ...args: Parameters<ServerToClient[Name]>): void {
    if (!this.#socket.connected) return
    if (this.isSlow) this.fallBehind()
    else this.#socket.emit(name, ...args)
  }

  async #onMessage([name, payload, acknowledge, ...rest]: unknown[]): Promise<void> {
    if (typeof name !== 'string' || typeof acknowledge !== 'function' || rest.length > 0) {
      this.#badMessages += 1
      if (this.#badMessages >= BAD_MESSAGES_MAX) this.#socket.disconnect(true)
      return
    }
    if (!this.leaveUnlessAllowed()) return
    this.#authority.used()
    const fast = !this.#dispatcher.takeTurn(performance.now())
    const reason = 'Too many requests at once. Wait a second and try again.'
    if (name === 'hello') acknowledge(fast ? { type: 'refused', reason } : this.#welcome(payload))
    else acknowledge(fast ? refusal('RATE', reason) : await this.#dispatcher.answer(name, payload))
  }

  #welcome(payload: unknown): Welcome {
    const hello = OPERATIONS.hello.input.safeParse(payload)
    if (!hello.success) return { type: 'refused', reason: `${explainIssues('hello', hello.error)} Reload the page.` }
    const { version, lastSeq, views } = hello.data
    if (version !== PROTOCOL_VERSION)
      return {
        type: 'refused',
        reason: `This page is of another version (${version}, not ${PROTOCOL_VERSION}). Reload it.`,
      }
    // Others get what is due first, so that this page's next frame follows its welcome without a gap.
    this.#flush()
    this.#caughtUp()
    this.#leaveFrames()
    void this.#socket.join([LIVE, this.#live.enter(this.id, views)])
    const { history } = this.#options
    const about = this.#options.about()
    const missed = lastSeq === null ? null : history.since(lastSeq)
    return missed
      ? { type: 'resume', from: this.#live.missed(this.id, missed), about }
      : { type: 'snapshot', seq: history.lastSeq, view: history.view, about }
  }
}
