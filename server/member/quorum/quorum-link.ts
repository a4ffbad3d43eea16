// One connection on a quorum port, from either end: packets out (gathered per turn), packets in, and the
// snapshot stream behind a SNAP in both directions. Which links exist is quorum-port.ts's business.

import type { Socket } from 'node:net'
import { assert } from '#shared/base/assert.ts'
import { ByteQueue } from '#shared/jute/byte-queue.ts'
import { writePacket } from '#shared/jute/records/packet.ts'
import { lastAckOfRun, type PacketRead, readLeaderPacket, readLearnerPacket } from '#shared/jute/records/read-packet.ts'
import { JuteWriter } from '#shared/jute/writer.ts'
import type { DataTree } from '#shared/tree/data-tree.ts'
import type { LeaderPacket, LearnerPacket, QuorumPacket } from '#shared/zk/packet.ts'
import { formatZxid, type Zxid } from '#shared/zk/zxid.ts'
import { onBytes } from '../socket-reads.ts'
import { SocketWriter } from '../socket-writer.ts'
import type { Turn } from '../turn.ts'

/** What may wait for one server, beside a snapshot's own bytes: beyond, it is too slow to be kept. */
export const LINK_QUEUE_BYTES_MAX = 128 * 1024 * 1024
/** Unknown packets that are skipped on one link before it is given up. */
export const UNKNOWN_PACKETS_MAX = 100
/** Of a snapshot, 64 KiB each. */
const SLICES_PER_TURN_MAX = 16
/** Instead of a length: what follows the packet is a snapshot stream. */
const BEFORE_SNAPSHOT = -1

/** Reads the stream behind a SNAP; the storage's. */
export interface SnapshotReader {
  /** Takes a chunk; the tree and the bytes behind the stream once it is whole, null before. Throws on damage. */
  push(chunk: Uint8Array): { readonly tree: DataTree; readonly rest: Uint8Array } | null
}

/** What operators are told of one connection. */
export interface LinkFacts {
  /** `127.0.0.1:43970`. */
  readonly address: string
  /** Milliseconds since 1970. */
  readonly establishedMs: number
  readonly queuedBytes: number
  readonly packetsReceived: number
  readonly packetsSent: number
  readonly bytesReceived: number
  readonly bytesSent: number
  /** Requests of clients that came over it. */
  readonly requests: number
  resetCounts(): void
}

export interface QuorumLinkOptions {
  readonly socket: Socket
  readonly turn: Turn
  /** Whether `swap` may be called. */
  readonly mayBeSwapped: boolean
  /** Who is at the other end. */
  readonly from: 'leader' | 'learner'
  /** `zxid`: of the SNAP packet. */
  readonly newSnapshotReader: (zxid: Zxid) => SnapshotReader
  readonly onPacket: (packet: QuorumPacket) => void
  readonly onSnapshot: (tree: DataTree) => void
  /** The link is of no more use; never after `close`. */
  readonly onDown: (reason: string) => void
  readonly onSkipped: (what: string) => void
}

export class QuorumLink implements LinkFacts {
  readonly address: string
  readonly establishedMs = Date.now()
  packetsReceived = 0
  packetsSent = 0
  requests = 0
  readonly #options: QuorumLinkOptions
  #socket: Socket
  readonly #writer: SocketWriter
  readonly #arrived = new ByteQueue()
  #snapshotReader: SnapshotReader | null = null
  /** Slices of the snapshot that is being sent, and what is to follow it. */
  #slices: Iterator<Uint8Array> | null = null
  #behind: JuteWriter | null = null
  #unknown = 0
  #spokeBefore = false
  #open = true

  constructor(options: QuorumLinkOptions) {
    this.#options = options
    const { socket } = options
    this.address = `${socket.remoteAddress ?? 'unknown'}:${socket.remotePort ?? 0}`
    this.#socket = socket
    this.#writer = new SocketWriter(socket, options.turn)
    this.#hear(socket)
  }

  /** From now on this socket is read and written, which stands before the one so far. */
  swap(socket: Socket): void {
    const { data, drain, error, end, close } = this.#listeners
    this.#socket.off('data', data).off('drain', drain).off('error', error).off('end', end).off('close', close)
    this.#socket = socket
    this.#writer.swap(socket)
    this.#hear(socket)
    this.#sendSlices()
  }

  readonly #listeners = {
    data: (chunk: Uint8Array) => this.#onData(chunk),
    drain: () => this.#sendSlices(),
    error: (error: Error) => this.#down(error.message),
    end: () => this.#down('the other side closed it'),
    close: () => this.#down('it was cut'),
  }

  #hear(socket: Socket): void {
    const { data, drain, error, end, close } = this.#listeners
    // Below the streams nobody else could listen, or step in between.
    if (this.#options.mayBeSwapped) socket.on('data', data)
    else onBytes(socket, data)
    socket.on('drain', drain).on('error', error).on('end', end).on('close', close)
  }

  send(packet: LearnerPacket | LeaderPacket): void {
    if (!this.#open) return
    this.packetsSent += 1
    if (this.#behind) {
      writePacket(this.#behind, packet)
    } else {
      writePacket(this.#writer.records, packet)
      this.#writer.touch()
    }
    if (this.queuedBytes > LINK_QUEUE_BYTES_MAX)
      this.#down(`the other side is too slow: ${this.queuedBytes} bytes wait for it`)
  }

  /** Streams a snapshot behind what was sent so far; packets sent from now on follow it. */
  sendSnapshot(slices: Iterator<Uint8Array>): void {
    if (!this.#open) return
    assert(this.#slices === null, 'a link carries one snapshot at a time')
    this.#writer.flush()
    this.#behind = new JuteWriter()
    this.#slices = slices
    // The first slice belongs to this moment, whether the socket is ready for it or not.
    const first = slices.next()
    if (!first.done) this.#socket.write(first.value)
    this.#sendSlices()
  }

  /** Whether a whole packet has come. */
  get hasSpoken(): boolean {
    return this.#spokeBefore || this.packetsReceived > 0
  }

  resetCounts(): void {
    this.#spokeBefore = this.hasSpoken
    this.packetsReceived = 0
    this.packetsSent = 0
    this.requests = 0
  }

  get bytesReceived(): number {
    return this.#socket.bytesRead
  }

  get bytesSent(): number {
    return this.#socket.bytesWritten
  }

  get queuedBytes(): number {
    return this.#writer.queuedBytes + (this.#behind?.length ?? 0)
  }

  /** Sends what waits, then closes; `onDown` stays silent. */
  close(): void {
    if (!this.#open) return
    this.#open = false
    if (this.#slices) this.#socket.destroy()
    else this.#writer.end()
  }

  #down(reason: string): void {
    if (!this.#open) return
    this.#open = false
    this.#socket.destroy()
    this.#options.onDown(reason)
  }

  /** As many slices as the socket takes, and not so many that everything else waits. */
  #sendSlices(): void {
    if (!this.#slices || !this.#open) return
    const { turn } = this.#options
    const socket = this.#socket
    for (let sent = 0; !socket.writableNeedDrain; sent += 1) {
      if (sent === SLICES_PER_TURN_MAX) {
        turn.atEnd(() => this.#sendSlices())
        return
      }
      const slice = this.#slices.next()
      if (slice.done) return this.#endSnapshot()
      if (slice.value.length > 0) socket.write(slice.value)
    }
    // The socket's `drain` brings us back.
  }

  #endSnapshot(): void {
    const behind = this.#behind
    this.#slices = null
    this.#behind = null
    if (behind && behind.length > 0) {
      this.#writer.records.raw(behind.view())
      this.#writer.touch()
    }
  }

  #onData(chunk: Uint8Array): void {
    if (!this.#open) return
    if (this.#snapshotReader) {
      this.#onSnapshotChunk(this.#snapshotReader, chunk)
    } else {
      this.#arrived.push(chunk)
    }
    while (this.#open && !this.#snapshotReader && this.#readPackets()) {
      // Each turn of the loop takes what comes before the next snapshot stream.
    }
  }

  /** Takes the packets that have arrived, through one window on all; true when a snapshot has come between. */
  #readPackets(): boolean {
    const window = this.#arrived.view()
    for (let at = 0; this.#open; ) {
      if (this.#options.from === 'learner') {
        const last = lastAckOfRun(window, at)
        this.#arrived.consume(last - at)
        at = last
      }
      const taken = this.#readOne(window, at)
      if (taken === 0) return false
      if (taken === BEFORE_SNAPSHOT) return true
      at += taken
    }
    return false
  }

  /** Takes the packet at `at`; how many bytes it has, 0 when it is not whole yet, or BEFORE_SNAPSHOT. */
  #readOne(window: Uint8Array, at: number): number {
    const { from } = this.#options
    const read: PacketRead<QuorumPacket> =
      from === 'learner' ? readLearnerPacket(window, at) : readLeaderPacket(window, at)
    switch (read.type) {
      case 'incomplete':
        return 0
      case 'malformed':
        this.#down(`the other side sent what is no packet: ${read.reason}`)
        return 0
      case 'unknown':
        this.#arrived.consume(read.length)
        this.#unknown += 1
        if (this.#unknown > UNKNOWN_PACKETS_MAX) this.#down('the other side speaks of things that we do not know')
        else this.#options.onSkipped(`packet type ${read.packetType}, zxid ${formatZxid(read.zxid)}`)
        return read.length
      case 'packet':
        this.#arrived.consume(read.length)
        this.packetsReceived += 1
        if (read.packet.type === 'REQUEST') this.requests += 1
        this.#options.onPacket(read.packet)
        if (read.packet.type !== 'SNAP') return read.length
        if (this.#open) this.#beginSnapshot(read.packet.zxid)
        return BEFORE_SNAPSHOT
    }
  }

  #beginSnapshot(zxid: Zxid): void {
    const reader = this.#options.newSnapshotReader(zxid)
    this.#snapshotReader = reader
    const arrived = this.#arrived.view().slice()
    this.#arrived.consume(arrived.length)
    this.#onSnapshotChunk(reader, arrived)
  }

  #onSnapshotChunk(reader: SnapshotReader, chunk: Uint8Array): void {
    let received: ReturnType<SnapshotReader['push']>
    try {
      received = reader.push(chunk)
    } catch (error) {
      this.#down(`the snapshot stream is damaged: ${error instanceof Error ? error.message : String(error)}`)
      return
    }
    if (!received) return
    this.#snapshotReader = null
    if (received.rest.length > 0) this.#arrived.push(received.rest)
    this.#options.onSnapshot(received.tree)
  }
}
