// One client's connection: frames in, replies and watch events out, in order. It decides nothing about
// znodes or sessions; that is the peer's. What it does decide is what every server must: who may speak, how
// much may wait, and what garbage gets. Source: NIOServerCnxn, ZooKeeperServer.processPacket; client-protocol.md §2–4.

import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { Framer } from '#shared/jute/framer.ts'
import { DecodeError } from '#shared/jute/reader.ts'
import { createFrameReader, readClientFrame } from '#shared/jute/records/client-frame.ts'
import { readConnectRequest } from '#shared/jute/records/connect.ts'
import type { ClientEffect, ConnId, PeerInput } from '#shared/peer/contract.ts'
import { ERROR_CODES } from '#shared/zk/errors.ts'
import { NO_SESSION, type SessionId } from '#shared/zk/ids.ts'
import { OP_CODES, XIDS } from '#shared/zk/op.ts'
import type { ClientRequest, ConnectRequest } from '#shared/zk/request.ts'
import { NO_ZXID } from '#shared/zk/zxid.ts'
import type { DisturbedLink } from '../../faults/disturbed-link.ts'
import type { LinkRules } from '../../faults/link-lane.ts'
import { PASSWORD_BYTES, passwordIsRight, sessionPassword } from '../auth/session-password.ts'
import { onBytes } from '../socket-reads.ts'
import { countText } from '../traffic.ts'
import { ClientOutput } from './client-output.ts'
import type { ConnectionHost } from './connection-host.ts'
import { ConnectionProof } from './connection-proof.ts'
import { lastOpWord } from './op-words.ts'

/** A ConnectRequest has 45 bytes, and some room for a password of odd length. */
export const CONNECT_FRAME_BYTES_MAX = 4096
/** Answers that a client has not read: beyond this nothing more is read from it. */
export const READ_AHEAD_BYTES_MAX = 1024 * 1024

/** What a disturbed connection may have sent us that we are not allowed to know yet; then it is read no further. */
const DISTURBED_BYTES_MAX = 1024 * 1024

/** Behind the word `stmk`: the mask, eight bytes. */
const ARGUMENT_BYTES = 8

type ReplyEffect = Extract<ClientEffect, { type: 'reply' }>
type SessionEffect = Extract<ClientEffect, { type: 'session' }>
type WatchEffect = Extract<ClientEffect, { type: 'watchEvent' }>

/** fresh: nothing said. text: a four-letter word. connecting: the peer sets up the session. */
type Phase = 'fresh' | 'text' | 'connecting' | 'open' | 'closing' | 'closed'

export class ClientConnection {
  readonly id: ConnId
  /** Without port, IPv4 in its own form. */
  readonly address: string
  readonly port: number
  readonly openedAtMs: number
  readonly isSecure: boolean
  /** Since 1970, for `cons`. */
  readonly establishedWallMs = Date.now()
  readonly output: ClientOutput
  sessionId: SessionId = NO_SESSION
  timeoutMs = 0
  received = 0
  lastCxid = -1
  readonly #host: ConnectionHost
  readonly #socket: Socket
  readonly #framer: Framer
  readonly #proof: ConnectionProof
  #phase: Phase = 'fresh'
  #connect: ConnectRequest | null = null
  /** An answer of our own that waits until all requests before it are answered. */
  #barrier: (() => void) | null = null
  /** Nothing is read until the client has taken some of its answers. */
  #waitsForOutput = false
  #closeReason = 'the client closed it'
  /** Frames that may be taken before those of others, see `proceed`. */
  #share = 0
  #lastOp: ClientRequest['type'] | 'sasl' | null = null
  /** Null until a fault is first put on this connection. */
  #link: DisturbedLink | null = null

  /** `certificate`: the client's, verified, DER. */
  constructor(id: ConnId, socket: Socket, certificate: Uint8Array | null, host: ConnectionHost) {
    this.id = id
    this.#host = host
    this.#socket = socket
    this.address = plainAddress(socket.remoteAddress ?? 'unknown')
    this.port = socket.remotePort ?? 0
    this.isSecure = socket instanceof TLSSocket
    this.#proof = new ConnectionProof(this, host, certificate)
    this.openedAtMs = host.nowMs()
    this.output = new ClientOutput(
      socket,
      host,
      () => this.#onTooSlow(),
      () => this.#readOn(),
    )
    this.#framer = new Framer(host.frameBytesMax)
    onBytes(socket, (chunk) => {
      if (this.#link === null) return this.#take(chunk)
      this.#link.received(chunk)
      if (this.#link.inBytes > DISTURBED_BYTES_MAX) socket.pause()
    })
    socket.on('drain', () => this.#readOn())
    socket.on('error', (error) => {
      if (this.#link === null) this.#destroy(error.message)
    })
    socket.on('close', () => (this.#link === null ? this.#onClosed() : this.#link.closed()))
  }

  #take(chunk: Uint8Array): void {
    if (this.#phase === 'text' || this.#phase === 'closing') return
    this.#framer.push(chunk)
    this.proceed()
  }

  /** Holds this connection to `rules` from now on, as a network between here and the client would. */
  disturb(rules: LinkRules): void {
    if (this.#link === null && rules.out === null && rules.in === null) return
    this.#link ??= this.output.divert({
      write: (bytes) => void (this.#socket.destroyed || this.#socket.write(bytes)),
      take: (bytes) => this.#take(bytes),
      closed: () => this.#onClosed(),
    })
    this.#link.setRules(rules)
  }

  /** Breaks as a network breaks a connection that it has forgotten: the client sees a reset. */
  reset(): void {
    this.#closeReason = 'the connection was reset'
    this.#link?.drop()
    this.#socket.resetAndDestroy()
    this.#onClosed()
  }

  /** As `cons` names it. */
  get lastOp(): string {
    return this.#lastOp === null ? 'NA' : lastOpWord(this.#lastOp)
  }

  get isSessionless(): boolean {
    return this.#phase === 'fresh'
  }

  get hasSession(): boolean {
    return this.#phase === 'open'
  }

  /**
   * Handles what has arrived, as far as that may be done now; stops reading from the socket otherwise.
   * @param share so many frames before those of others that wait
   */
  proceed(share = 0): void {
    this.#share = share
    while (this.#mayRead()) {
      if (this.#phase === 'fresh' && !this.#checkFirst()) return
      const found = this.#framer.read(frameReader)
      if (found === false) {
        if (this.#socket.isPaused()) this.#socket.resume()
        return
      }
      if (found !== true) {
        this.#refuse(`a frame of ${found} bytes; the limit is ${this.#host.frameBytesMax} (jute.maxbuffer)`)
        return
      }
      this.#onFrame()
    }
    if (this.#phase === 'connecting' || this.#phase === 'open') this.#socket.pause()
  }

  #readOn(): void {
    if (!this.#waitsForOutput) return
    this.#waitsForOutput = false
    this.proceed()
  }

  #mayRead(): boolean {
    if (this.#phase === 'fresh') return true
    if (this.#phase !== 'open' || this.#barrier) return false
    if (this.output.queuedBytes > READ_AHEAD_BYTES_MAX) {
      this.#waitsForOutput = true
      return false
    }
    const { traffic, outstandingMax } = this.#host
    if (this.output.outstanding === 0) return true
    if (traffic.outstanding < outstandingMax && (this.#share > 0 || !this.#host.othersWait())) return true
    this.#host.onHeld(this)
    return false
  }

  /** Looks at the first four bytes; false when there is no frame to be read behind them. */
  #checkFirst(): boolean {
    const word = this.#framer.peekWord()
    if (word === null) return false
    if (this.#host.isTextCommand(word)) {
      const argument = this.#framer.view().slice(4, 4 + ARGUMENT_BYTES)
      if (word !== 'stmk' || argument.length === ARGUMENT_BYTES) this.#answerText(word, argument)
      return false
    }
    const length = new DataView(this.#framer.view().slice(0, 4).buffer).getInt32(0)
    if (length <= 0 || length > CONNECT_FRAME_BYTES_MAX) {
      this.#refuse(`a first frame of ${length} bytes, which is no connect request`)
      return false
    }
    if (!this.#host.isServing()) {
      this.#host.traffic.metrics.counters.cnxn_closed_without_zk_server_running += 1
      this.#destroy('not serving')
      return false
    }
    return true
  }

  #answerText(word: string, argument: Uint8Array): void {
    this.#phase = 'text'
    const { traffic } = this.#host
    this.received += 1
    traffic.received += 1
    traffic.metrics.counters.bytes_received_count += word.length
    this.#host.textCommand(word, this, argument).then(
      (answer) => {
        countText(traffic, answer)
        if (this.#link === null) return void this.#socket.end(answer)
        this.#link.write(Buffer.from(answer))
        this.#link.after(() => this.#socket.end())
      },
      (error: Error) => {
        this.#host.log.error({ word }, `text command failed: ${error.message}`)
        this.#socket.destroy()
      },
    )
  }

  /** Takes the frame that `frameReader` is set on. */
  #onFrame(): void {
    this.#share -= 1
    this.received += 1
    this.#host.traffic.received += 1
    this.#host.traffic.metrics.counters.bytes_received_count += frameReader.remaining + 4
    try {
      if (this.#phase === 'fresh') this.#onConnect(readConnectRequest(frameReader))
      else this.#onRequestFrame()
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error
      this.#refuse(error.message)
    }
  }

  #onConnect(connect: ConnectRequest): void {
    const { passwords, mayResume, onWrongPassword, feed } = this.#host
    const resumes = connect.sessionId !== NO_SESSION
    const { counters } = this.#host.traffic.metrics
    counters.connection_request_count += 1
    if (resumes) counters.connection_revalidate_count += 1
    if (resumes && !mayResume(this.address)) {
      this.#destroy('too many wrong session passwords from this address')
      return
    }
    const passwordOk = !resumes || passwordIsRight(passwords, connect.sessionId, connect.passwd)
    if (!passwordOk) onWrongPassword(this.address)
    this.#phase = 'connecting'
    this.#connect = connect
    const { sessionId, timeoutMs, lastZxidSeen } = connect
    const readOnly = connect.readOnly === true
    const auth = this.#proof.initial
    feed({ type: 'connect', conn: this.id, sessionId, passwordOk, timeoutMs, lastZxidSeen, readOnly, auth })
  }

  #onRequestFrame(): void {
    const frame = readClientFrame(frameReader)
    if (this.#proof.isMissing && this.#proof.refuse(frame.xid, frame.op)) return
    if (frame.op === OP_CODES.ping) {
      this.#lastOp = 'ping'
      this.#ask(XIDS.ping, PING)
      return
    }
    this.lastCxid = frame.xid
    switch (frame.type) {
      case 'auth':
        this.#lastOp = null
        return this.#proof.onAuth(frame.auth)
      case 'sasl':
        this.#lastOp = 'sasl'
        return this.#answerInTurn(() => this.#proof.onSasl(frame.xid, frame.token))
      case 'unknownOp':
        this.#host.log.warn({ from: this.address, op: frame.op }, 'unknown operation: answered UNIMPLEMENTED, closed')
        return this.#answerInTurn(() => {
          this.output.ownReply(frame.xid, NO_ZXID, ERROR_CODES.UNIMPLEMENTED)
          this.end('it asked for an unknown operation')
        })
      case 'request':
        this.#lastOp = frame.request.type
        this.#ask(frame.xid, frame.request)
    }
  }

  #ask(xid: number, request: Extract<PeerInput, { type: 'request' }>['request']): void {
    this.output.expectReply()
    this.#host.feed({ type: 'request', conn: this.id, xid, request })
  }

  /** Replies leave in the order of requests: ours waits for those that are under way. */
  #answerInTurn(answer: () => void): void {
    if (this.output.outstanding === 0) answer()
    else this.#barrier = answer
  }

  #onTooSlow(): void {
    this.#host.log.warn({ from: this.address, conn: this.id }, 'client cut off: it does not read its answers')
    this.#host.traffic.connectionsDropped += 1
    this.#destroy('it does not read its answers')
  }

  /** Performs `session`: the answer to the ConnectRequest. */
  onSession({ sessionId, timeoutMs, readOnly: isReadOnly }: SessionEffect): void {
    if (this.#phase !== 'connecting' || !this.#connect) return
    const valid = timeoutMs > 0
    this.sessionId = sessionId
    this.timeoutMs = timeoutMs
    const passwd = valid ? sessionPassword(this.#host.passwords, sessionId) : new Uint8Array(PASSWORD_BYTES)
    const readOnly = this.#connect.readOnly === null ? null : isReadOnly === true
    this.output.connectResponse({ protocolVersion: 0, timeoutMs, sessionId, passwd, readOnly })
    this.#connect = null
    if (!valid) return
    this.#phase = 'open'
    this.proceed()
  }

  /** Performs `reply`. */
  onReply(effect: ReplyEffect): void {
    if (this.#phase !== 'open') return
    this.output.reply(effect)
    if (this.#barrier && this.output.outstanding === 0) {
      const answer = this.#barrier
      this.#barrier = null
      answer()
      this.proceed()
    }
  }

  /** Performs `watchEvent`; `onDelivered` when the operating system has it. */
  onWatchEvent(effect: WatchEffect, onDelivered: (() => void) | null): void {
    if (this.#phase === 'open') this.output.watchEvent(effect, onDelivered)
  }

  /** Performs `closeConn`: sends what is queued, then closes. */
  end(reason: string): void {
    if (this.#phase === 'closing' || this.#phase === 'closed') return
    this.#closeReason = reason
    this.#phase = 'closing'
    // Behind its closeSession a client says nothing. (Of what is unread the system would tell it by a reset.)
    this.output.end(this.#lastOp === 'closeSession' && this.output.outstanding === 0)
  }

  /** Takes no more requests, answers those that it has taken, then closes. */
  endInTurn(reason: string): void {
    if (this.#phase === 'text') return // it ends with its answer
    const before = this.#barrier
    this.#answerInTurn(() => {
      before?.()
      this.end(reason)
    })
  }

  /** Closes at once. */
  cut(reason: string): void {
    this.#destroy(reason)
  }

  /** `crst`, which forgets the last operation too. */
  resetCounts(): void {
    this.received = 0
    this.#lastOp = null
    this.lastCxid = -1
    this.output.resetCounts()
  }

  #refuse(what: string): void {
    this.#host.log.warn({ from: this.address, conn: this.id }, `client closed: it sent ${what}`)
    this.#destroy(`it sent ${what}`)
  }

  #destroy(reason: string): void {
    if (this.#phase === 'closed') return
    if (this.#phase !== 'closing') this.#closeReason = reason
    // Not even the end gets through a cut.
    if (this.#link === null) this.#socket.destroy()
    else this.#link.after(() => this.#socket.destroy())
    this.#onClosed()
  }

  #onClosed(): void {
    if (this.#phase === 'closed') return
    this.#phase = 'closed'
    this.output.abandon()
    this.#host.onClosed(this, this.#closeReason)
  }
}

const PING = { type: 'ping' } as const
/** Set on one frame after the other of all connections: what stands in it is read at once. */
const frameReader = createFrameReader()

/** `127.0.0.1` for `::ffff:127.0.0.1`. */
function plainAddress(address: string): string {
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address
}
