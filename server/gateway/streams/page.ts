// One connected page: its messages in, its answers and frames out, the cluster that it looks at. A page that cannot keep up
// gets `resync` instead of an ever longer queue. What requests do is the dispatcher's business.

import type { DefaultEventsMap, Socket } from 'socket.io'
import {
  type NumberedEvents,
  PROTOCOL_VERSION,
  type ServerToClient,
  type Welcome,
} from '#shared/events/socket-protocol.ts'
import type { Performer } from '../api/perform.ts'
import type { Role } from '../api/roles.ts'
import { explainIssues, OPERATIONS } from '../api/table.ts'
import type { Authority } from '../auth/authenticator.ts'
import { Dispatcher } from '../dispatcher.ts'
import type { Overload } from '../http/overload.ts'
import { BAD_MESSAGES_MAX, LAG_MS_MAX, WAITING_MESSAGES_MAX } from '../limits.ts'
import type { PageClient } from '../page-client.ts'
import { refusal } from '../request-error.ts'
import type { Channel, Follower } from './channel.ts'
import type { Channels } from './channels.ts'

export type PageSocket = Socket<DefaultEventsMap, ServerToClient>

/** Reasons of a `resync`. */
const FALLEN_BEHIND = 'This page could not keep up with the events.'
const LOOKS_ELSEWHERE = 'This page looks at another cluster now.'

export interface PageParts {
  readonly socket: PageSocket
  readonly authority: Authority
  /** Whoever is at its other end. */
  readonly address: string
  readonly channels: Channels
  readonly performer: Performer
  readonly overload: Pick<Overload, 'turnAway'>
  readonly onProblem: (error: Error) => void
}

export class Page implements Follower {
  readonly user: string
  readonly #parts: PageParts
  readonly #dispatcher: Dispatcher
  #look: Look
  /** It has been made to look at another cluster since its last hello. */
  #moved = false
  #badMessages = 0
  /** Messages handed over since the last that left for the operating system. */
  #waiting = 0
  #giveUp: NodeJS.Timeout | null = null

  constructor(parts: PageParts) {
    const { socket, authority, performer, overload, channels } = parts
    this.#parts = parts
    this.user = authority.user
    this.#look = this.#lookAt(channels.first)
    this.#dispatcher = new Dispatcher(performer, () => this.#look, overload, performance.now())
    socket.onAny((...message: unknown[]) => void this.#onMessage(message))
    socket.on('error', parts.onProblem)
    socket.on('disconnect', () => {
      this.#caughtUp()
      this.#leaveFrames()
      this.#look.end()
    })
    socket.conn.on('packetCreate', () => {
      this.#waiting += 1
    })
    socket.conn.on('flush', () => {
      this.#waiting = 0
    })
  }

  /** [S-4] A socket does not outlive its authority. */
  leaveUnlessAllowed(): boolean {
    const { authority, socket } = this.#parts
    const allowed = authority.role() !== null
    if (!allowed) socket.disconnect(true)
    return allowed
  }

  get isSlow(): boolean {
    return this.#waiting > WAITING_MESSAGES_MAX
  }

  /** No more events until the page says hello again; a page that does not is let go. */
  fallBehind(reason = FALLEN_BEHIND): void {
    if (this.#giveUp) return
    const { socket } = this.#parts
    this.#leaveFrames()
    socket.emit('resync', reason)
    this.#giveUp = setTimeout(() => socket.disconnect(true), LAG_MS_MAX)
  }

  #emit<Name extends keyof ServerToClient>(name: Name, args: Parameters<ServerToClient[Name]>): void {
    const { socket } = this.#parts
    if (!socket.connected) return
    if (this.isSlow) this.fallBehind()
    else socket.emit(name, ...args)
  }

  #leaveFrames(): void {
    const { socket } = this.#parts
    const { channel } = this.#look
    channel.leave(this)
    const room = channel.live.leave(socket.id)
    if (room !== null) void socket.leave(room)
    void socket.leave(channel.room)
  }

  #caughtUp(): void {
    if (this.#giveUp) clearTimeout(this.#giveUp)
    this.#giveUp = null
  }

  #lookAt(channel: Channel): Look {
    const { socket, authority, address, channels } = this.#parts
    const look: Look = new Look({
      id: socket.id,
      user: authority.user,
      address,
      channel,
      // It may have become less, or nothing; then the page is about to be disconnected.
      role: () => authority.role() ?? 'viewer',
      mustProve: () => authority.mustProve(),
      emit: (name, args) => {
        if (look === this.#look) this.#emit(name, args)
      },
      lookAt: (id) => {
        const other = channels.find(id)
        if (!other || other === this.#look.channel) return
        this.#leaveFrames()
        this.#turnTo(other)
        this.#moved = true
        this.fallBehind(LOOKS_ELSEWHERE)
      },
    })
    return look
  }

  /** What it held of the other cluster is let go. Its frames are left already. */
  #turnTo(channel: Channel): void {
    if (channel === this.#look.channel) return
    this.#look.end()
    this.#look = this.#lookAt(channel)
  }

  async #onMessage([name, payload, acknowledge, ...rest]: unknown[]): Promise<void> {
    const { socket, authority } = this.#parts
    if (typeof name !== 'string' || typeof acknowledge !== 'function' || rest.length > 0) {
      this.#badMessages += 1
      if (this.#badMessages >= BAD_MESSAGES_MAX) socket.disconnect(true)
      return
    }
    if (!this.leaveUnlessAllowed()) return
    authority.used()
    const fast = !this.#dispatcher.takeTurn(performance.now())
    const reason = 'Too many requests at once. Wait a second and try again.'
    if (name === 'hello') acknowledge(fast ? { type: 'refused', reason } : this.#welcome(payload))
    else acknowledge(fast ? refusal('RATE', reason) : await this.#dispatcher.answer(name, payload))
  }

  #welcome(payload: unknown): Welcome {
    const hello = OPERATIONS.hello.input.safeParse(payload)
    if (!hello.success) return { type: 'refused', reason: `${explainIssues('hello', hello.error)} Reload the page.` }
    const { version, lastSeq, views, cluster, history } = hello.data
    if (version !== PROTOCOL_VERSION)
      return {
        type: 'refused',
        reason: `This page is of another version (${version}, not ${PROTOCOL_VERSION}). Reload it.`,
      }
    const { channels, socket } = this.#parts
    // One that is gone: the first, and `about` says so.
    const channel = channels.find(cluster ?? this.#look.channel.cluster.id) ?? channels.first
    // Others get what is due first, so that this page's next frame follows its welcome without a gap.
    channel.flush()
    this.#caughtUp()
    this.#leaveFrames()
    const turned = channel !== this.#look.channel || this.#moved
    this.#turnTo(channel)
    this.#moved = false
    channel.join(this)
    void socket.join([channel.room, channel.live.enter(socket.id, views)])
    const known = history === undefined ? !turned : history === channel.cluster.history.id
    return this.#welcomeTo(channel, known && lastSeq !== null ? channel.cluster.history.since(lastSeq) : null)
  }

  #welcomeTo({ cluster, live }: Channel, missed: NumberedEvents | null): Welcome {
    const { history } = cluster
    const common = { about: cluster.about(), history: history.id, clusters: this.#parts.channels.summaries() }
    return missed
      ? { type: 'resume', from: live.missed(this.#parts.socket.id, missed), ...common }
      : { type: 'snapshot', seq: history.lastSeq, view: history.view, ...common }
  }
}

interface LookParts {
  readonly id: string
  readonly user: string
  readonly address: string
  readonly channel: Channel
  readonly role: () => Role
  readonly mustProve: () => boolean
  readonly emit: (name: keyof ServerToClient, args: Parameters<ServerToClient[keyof ServerToClient]>) => void
  readonly lookAt: (cluster: string) => void
}

/** The page while it looks at one cluster: what it asked for there ends with it. */
class Look implements PageClient {
  readonly channel: Channel
  readonly #parts: LookParts
  readonly #gone = new AbortController()

  constructor(parts: LookParts) {
    this.#parts = parts
    this.channel = parts.channel
  }

  get id(): string {
    return this.#parts.id
  }

  get user(): string {
    return this.#parts.user
  }

  get address(): string {
    return this.#parts.address
  }

  get cluster(): string {
    return this.channel.cluster.id
  }

  get role(): Role {
    return this.#parts.role()
  }

  get mustProve(): boolean {
    return this.#parts.mustProve()
  }

  get gone(): AbortSignal {
    return this.#gone.signal
  }

  lookAt(cluster: string): void {
    this.#parts.lookAt(cluster)
  }

  emit<Name extends keyof ServerToClient>(name: Name, ...args: Parameters<ServerToClient[Name]>): void {
    this.#parts.emit(name, args)
  }

  end(): void {
    this.#gone.abort()
    this.channel.cluster.forget(this)
  }
}
