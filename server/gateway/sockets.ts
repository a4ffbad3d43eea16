// The gateway's Socket.IO side: admits pages that know the access token, and sends each live page one frame of events of the
// cluster that it looks at every 33 ms. One connected page is streams/page.ts.

import type { Server as HttpServer } from 'node:http'
import type { Logger } from 'pino'
import { type DefaultEventsMap, Server } from 'socket.io'
import { z } from 'zod'
import type { ConnectRefusal, ServerToClient } from '#shared/events/socket-protocol.ts'
import { type Access, clientAddress, loginCookie } from './access.ts'
import type { Performer } from './api/perform.ts'
import type { Authenticator, Authority } from './auth/authenticator.ts'
import { OVERLOADED, type Overload } from './http/overload.ts'
import { SOCKET_PATH } from './http-server.ts'
import {
  CLUSTERS_TELL_MS,
  CONNECT_TIMEOUT_MS,
  FRAME_MS,
  LOAD_TELL_MS,
  MESSAGE_BYTES_MAX,
  SOCKETS_MAX,
  SOCKETS_PER_USER_MAX,
  USER_FILE_CHECK_MS,
} from './limits.ts'
import { Channels, type PageClusters } from './streams/channels.ts'
import { Page, type PageSocket } from './streams/page.ts'

type Io = Server<DefaultEventsMap, ServerToClient>

export interface SocketsOptions {
  readonly server: HttpServer
  readonly access: () => Access
  readonly authenticator: Authenticator
  readonly clusters: PageClusters
  readonly performer: Performer
  readonly overload: Overload
  readonly log: Logger
  /** Pages connected at once; SOCKETS_MAX unless a test says otherwise. */
  readonly pagesMax?: number
}

export interface Sockets {
  /** Pages connected now. */
  count(): number
  /** Sends what is due to live pages at once. */
  flush(): void
  /** What `about` says now of the cluster `id` is news to pages that look at it. */
  tellAbout(id: string): void
  close(): Promise<void>
}

const credentials = z.object({ token: z.string().max(256) })

export function attachSockets(options: SocketsOptions): Sockets {
  const { server, access, authenticator, performer, overload, clusters, log, pagesMax = SOCKETS_MAX } = options
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
  const channels = new Channels(io, clusters)
  const flush = (): void => channels.flush()
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
  const loadTimer = setInterval(() => channels.tellLoads(), LOAD_TELL_MS)
  loadTimer.unref()
  const listTimer = setInterval(() => channels.tellList(), CLUSTERS_TELL_MS)
  listTimer.unref()

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
    else if (overload.turnAway()) next(refused('FULL', OVERLOADED))
    else if (io.sockets.sockets.size >= pagesMax)
      next(refused('FULL', `${pagesMax} pages are connected already. Close one, then try again.`))
    else next()
  })
  io.on('connection', (socket) => {
    const authority = authorityOf(socket)
    if (!authority) return socket.disconnect(true)
    const address = clientAddress(access(), socket.request)
    const onProblem = (error: Error): void => log.warn({ socket: socket.id, err: error }, 'socket error')
    pages.set(socket.id, new Page({ socket, authority, address, channels, performer, overload, onProblem }))
    socket.on('disconnect', () => pages.delete(socket.id))
  })
  io.engine.on('connection_error', (error: { code: unknown; message: unknown }) =>
    log.warn({ code: error.code, reason: error.message }, 'handshake refused'),
  )
  return {
    count: () => io.sockets.sockets.size,
    flush,
    tellAbout: (id) => channels.find(id)?.tellAbout(),
    close: async () => {
      for (const each of [timer, guardTimer, loadTimer, listTimer]) clearInterval(each)
      channels.close()
      await io.close()
    },
  }
}

/** Socket.IO sends `data` along with the message. */
function refused(code: ConnectRefusal['code'], message: string): Error {
  const data: ConnectRefusal = { code }
  return Object.assign(new Error(message), { data })
}
