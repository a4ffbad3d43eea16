// One raw client connection to a server: the handshake, and frames out of bytes. A frame is shown to its owner where
// it lies in the memory that all connections read into. What is asked and answered is the owner's.

import { JuteReader } from '#shared/jute/reader.ts'
import { readConnectResponse, writeConnectRequest } from '#shared/jute/records/connect.ts'
import { JuteWriter } from '#shared/jute/writer.ts'
import { NO_SESSION, type SessionId } from '#shared/zk/ids.ts'
import { ZERO_ZXID, type Zxid } from '#shared/zk/zxid.ts'
import { chunk, type Link, openLink } from './link.ts'

/** As jute.maxbuffer has it, with room for what surrounds a znode's data. */
const FRAME_BYTES_MAX = 4 * 1024 * 1024

const chunkView = new DataView(chunk.buffer)

export interface WireOwner {
  /** The session is there; asked is what comes next. */
  onOpen(): void
  /** A frame without its length: view[at..end). Holds until the call returns. */
  onFrame(view: DataView, at: number, end: number): void
  /** All frames of one read have been shown. */
  onTurn(): void
  /** Once, and last; also after `end`. */
  onClosed(why: string): void
}

/** A session to ask for again. */
export interface SessionKey {
  readonly sessionId: SessionId
  readonly passwd: Uint8Array
  readonly lastZxid: Zxid
}

export class Wire {
  readonly #link: Link
  readonly #owner: WireOwner
  /** The beginning of a frame whose rest has not come. */
  #held = Buffer.alloc(0)
  #heldBytes = 0
  #opened = false
  #closed = false
  /** performance.now() at the read that is being handled. */
  readAtMs = 0
  session: SessionKey | null = null

  constructor(port: number, timeoutMs: number, owner: WireOwner, again: SessionKey | null = null) {
    this.#owner = owner
    this.#link = openLink(port, {
      onConnect: () => this.#link.write(helloFrame(timeoutMs, again)),
      onBytes: (count) => this.#received(count),
      onClosed: (why) => this.#close(why),
    })
  }

  /** `bytes` belong to the connection until the answers to what they hold are there. */
  write(bytes: Uint8Array): void {
    this.#link.write(bytes)
  }

  /** Closes without another word. */
  end(): void {
    this.#link.end()
    this.#close('closed by us')
  }

  #close(why: string): void {
    if (this.#closed) return
    this.#closed = true
    this.#owner.onClosed(why)
  }

  #received(count: number): void {
    if (this.#closed) return
    this.readAtMs = performance.now()
    if (this.#heldBytes === 0) {
      const rest = this.#frames(chunkView, 0, count)
      if (rest < count) this.#hold(rest, count)
    } else {
      this.#hold(0, count)
      const bytes = this.#heldBytes
      const view = new DataView(this.#held.buffer, this.#held.byteOffset, bytes)
      const rest = this.#frames(view, 0, bytes)
      this.#held.copyWithin(0, rest, bytes)
      this.#heldBytes = bytes - rest
    }
    if (!this.#closed) this.#owner.onTurn()
  }

  #hold(from: number, to: number): void {
    const needed = this.#heldBytes + to - from
    if (needed > this.#held.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.#held.length * 2))
      this.#held.copy(larger, 0, 0, this.#heldBytes)
      this.#held = larger
    }
    chunk.copy(this.#held, this.#heldBytes, from, to)
    this.#heldBytes = needed
  }

  /** Shows all whole frames; returns where the first one begins that is not whole. */
  #frames(view: DataView, from: number, to: number): number {
    let at = from
    while (to - at >= 4 && !this.#closed) {
      const length = view.getInt32(at)
      if (length < 0 || length > FRAME_BYTES_MAX) {
        this.#close(`a frame of ${length} bytes came`)
        this.#link.end()
        return to
      }
      const end = at + 4 + length
      if (end > to) break
      if (this.#opened) this.#owner.onFrame(view, at + 4, end)
      else this.#open(new Uint8Array(view.buffer, view.byteOffset + at + 4, length))
      at = end
    }
    return this.#closed ? to : at
  }

  #open(bytes: Uint8Array): void {
    const { sessionId, passwd, timeoutMs } = readConnectResponse(new JuteReader(bytes))
    if (timeoutMs <= 0 || sessionId === NO_SESSION) {
      this.#close('the session is over')
      this.#link.end()
      return
    }
    this.#opened = true
    this.session = { sessionId, passwd: Uint8Array.from(passwd), lastZxid: ZERO_ZXID }
    this.#owner.onOpen()
  }
}

/** Of new sessions, by their timeout. */
const newSessionFrames = new Map<number, Uint8Array>()

function helloFrame(timeoutMs: number, again: SessionKey | null): Uint8Array {
  const known = again === null ? newSessionFrames.get(timeoutMs) : undefined
  if (known) return known
  const writer = new JuteWriter()
  const place = writer.beginLength()
  writeConnectRequest(writer, {
    protocolVersion: 0,
    lastZxidSeen: again?.lastZxid ?? ZERO_ZXID,
    timeoutMs,
    sessionId: again?.sessionId ?? NO_SESSION,
    passwd: again?.passwd ?? new Uint8Array(16),
    readOnly: false,
  })
  writer.endLength(place)
  const frame = writer.take()
  if (again === null) newSessionFrames.set(timeoutMs, frame)
  return frame
}
