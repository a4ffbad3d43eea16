// A socket whose two directions can be disturbed while it is used. Above it stands whoever uses a socket, below it the
// real one. Without rules it only passes on. Which rules hold for it is for its owner to set.

import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import type { Result } from '#shared/base/result.ts'
import { type Held, type HeldAction, LinkLane, type LinkRules } from './link-lane.ts'
import { isSilent } from './link-rule.ts'

/** What one direction may hold before the sender is made to wait. */
export const HELD_BYTES_MAX = 1024 * 1024
/** As long as a connection that its user has given up stays open below, because its end cannot get through. */
const GHOST_MS_MAX = 120_000

/** One direction's bytes as its messages. Keeps what is not whole yet. */
export type Messages = (chunk: Uint8Array) => readonly { readonly bytes: Uint8Array; readonly isMessage: boolean }[]

/** What makes messages of the bytes, for each direction; null: they are one stream. */
export interface MessagesOf {
  readonly out: Messages | null
  readonly in: Messages | null
}

export const ONE_STREAM: MessagesOf = { out: null, in: null }

/** Something on its way out that is held; `bytes` null for the end of the connection. */
export interface HeldOut extends Pick<Held<never>, 'id' | 'isMessage' | 'sinceMs'> {
  readonly bytes: Uint8Array | null
}

type Outgoing = { readonly bytes: Uint8Array; readonly done: (() => void) | null } | { readonly end: () => void }
type Incoming = Uint8Array | 'end' | 'close'

type LikeSocket = Pick<Socket, 'remoteAddress' | 'remotePort' | 'bytesRead' | 'bytesWritten' | 'destroySoon'>

export class FaultySocket extends Duplex implements LikeSocket {
  readonly #raw: Socket
  readonly #out: LinkLane<Outgoing>
  readonly #in: LinkLane<Incoming>
  readonly #outgoing: Messages | null
  #ghost: NodeJS.Timeout | null = null

  /** `random`: from 0 to below 1. */
  constructor(raw: Socket, random: () => number, messages: MessagesOf = ONE_STREAM) {
    super({ allowHalfOpen: false })
    this.#raw = raw
    this.#outgoing = messages.out
    const incoming = messages.in
    this.#out = new LinkLane((item) => this.#send(item), random)
    this.#in = new LinkLane((item) => this.#receive(item), random)
    raw.on('data', (chunk: Buffer) => {
      if (incoming === null) this.#in.push(chunk, chunk.length)
      else for (const { bytes, isMessage } of incoming(chunk)) this.#in.push(bytes, bytes.length, isMessage)
      if (this.#in.heldBytes > HELD_BYTES_MAX) raw.pause()
    })
    raw.on('end', () => this.#in.push('end', 0))
    raw.on('error', () => raw.destroy())
    raw.on('close', () => {
      this.#endGhost()
      this.#in.push('close', 0)
    })
  }

  get remoteAddress(): string | undefined {
    return this.#raw.remoteAddress
  }

  get remotePort(): number | undefined {
    return this.#raw.remotePort
  }

  /** What has crossed the real connection, whether or not it has got through the faults. */
  get bytesRead(): number {
    return this.#raw.bytesRead
  }

  get bytesWritten(): number {
    return this.#raw.bytesWritten
  }

  /** As a Socket's: what was written is sent, then it is closed. */
  destroySoon(): void {
    if (this.writable) this.end()
    if (this.writableFinished) this.destroy()
    else this.once('finish', () => this.destroy())
  }

  /** From now on. What a cut has held back arrives when it ends. */
  setRules(rules: LinkRules): void {
    const { out, in: into } = rules
    if (this.#out.rule !== (out?.rule ?? null)) this.#out.setRule(out?.rule ?? null, out?.hits)
    if (this.#in.rule !== (into?.rule ?? null)) this.#in.setRule(into?.rule ?? null, into?.hits)
    if (this.destroyed && !isSilent(out?.rule ?? null)) this.#endGhost()
  }

  /** What is held on its way out, oldest first. */
  get heldOut(): readonly HeldOut[] {
    return this.#out.held.map(({ id, isMessage, sinceMs, item }) => ({
      ...{ id, isMessage, sinceMs },
      bytes: 'end' in item ? null : item.bytes,
    }))
  }

  /** One of them goes on its way, or does not; the error is a sentence. */
  act(id: number, action: HeldAction): Result<null, string> {
    return this.#out.act(id, action)
  }

  /** Ends it as a network does that has forgotten it: both sides see a reset, at once. */
  reset(): void {
    this.#in.close()
    this.#raw.resetAndDestroy()
    this.destroy()
  }

  override _write(chunk: Uint8Array, _encoding: string, done: () => void): void {
    // Bytes on a long way do not keep the next ones from leaving; too many of them do.
    const mayGoOn = this.#out.heldBytes + chunk.length <= HELD_BYTES_MAX && this.#out.rule !== null
    const pieces = this.#outgoing?.(chunk) ?? [{ bytes: chunk, isMessage: false }]
    const last = mayGoOn ? undefined : pieces.at(-1)
    for (const piece of pieces)
      this.#out.push({ bytes: piece.bytes, done: piece === last ? done : null }, piece.bytes.length, piece.isMessage)
    if (last === undefined) done()
  }

  override _final(done: () => void): void {
    this.#out.push({ end: done }, 0)
  }

  override _read(): void {
    if (this.#in.heldBytes <= HELD_BYTES_MAX) this.#raw.resume()
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#in.close()
    if (isSilent(this.#out.rule) && !this.#raw.destroyed) {
      // Its end does not get through either: the other side goes on believing in it.
      this.#out.close()
      this.#raw.resume()
      this.#ghost = setTimeout(() => this.#raw.destroy(), GHOST_MS_MAX)
      this.#ghost.unref()
    } else {
      this.#out.close()
      this.#raw.destroy()
    }
    done(error)
  }

  #endGhost(): void {
    if (this.#ghost === null) return
    clearTimeout(this.#ghost)
    this.#ghost = null
    this.#raw.destroy()
  }

  /** What fails below is no error here: it shows as the close that follows. */
  #send(item: Outgoing): void {
    if ('end' in item) {
      this.#raw.end(() => item.end())
      return
    }
    const { done } = item
    if (done) this.#raw.write(item.bytes, () => done())
    else this.#raw.write(item.bytes)
  }

  #receive(item: Incoming): void {
    if (this.destroyed) return
    if (item === 'close') this.destroy()
    else if (item === 'end') this.push(null)
    else if (!this.push(item)) this.#raw.pause()
    else if (this.#raw.isPaused() && this.#in.heldBytes <= HELD_BYTES_MAX) this.#raw.resume()
  }
}
