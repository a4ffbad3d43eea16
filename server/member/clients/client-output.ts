// What goes out to one client, in order: its ConnectResponse, replies, watch events. Counts what is under
// way, how long answers took, and notices a client that does not read. Who is answered what is decided elsewhere.

import type { Socket } from 'node:net'
import { createQueue, dequeue, enqueue, queueLength } from '#shared/base/queue.ts'
import { writeConnectResponse } from '#shared/jute/records/connect.ts'
import { writeReply } from '#shared/jute/records/reply.ts'
import { writeWatchEvent } from '#shared/jute/records/watch-event.ts'
import { JuteWriter } from '#shared/jute/writer.ts'
import type { ClientEffect } from '#shared/peer/contract.ts'
import type { ErrorCode } from '#shared/zk/errors.ts'
import { NO_BODY, type ReplyBody } from '#shared/zk/reply.ts'
import type { ConnectResponse } from '#shared/zk/request.ts'
import { NO_ZXID, type Zxid } from '#shared/zk/zxid.ts'
import { DisturbedLink, type LinkOwner } from '../../faults/disturbed-link.ts'
import { onlyReads } from '../metrics/request-kind.ts'
import { SocketWriter } from '../socket-writer.ts'
import { addLatency, countResponse, createLatency, type Traffic } from '../traffic.ts'
import type { Turn } from '../turn.ts'

/** Beyond this (watch events come unasked) a client that does not read is cut off. */
export const CLIENT_QUEUE_BYTES_MAX = 64 * 1024 * 1024

type ReplyEffect = Extract<ClientEffect, { type: 'reply' }>
type WatchEffect = Extract<ClientEffect, { type: 'watchEvent' }>

export interface ClientOutputHost {
  readonly turn: Turn
  readonly traffic: Traffic
  readonly nowMs: () => number
}

export class ClientOutput {
  readonly latency = createLatency()
  sent = 0
  lastReplyZxid: Zxid = NO_ZXID
  lastReplyMs = 0
  lastLatencyMs = 0
  readonly #host: ClientOutputHost
  readonly #writer: SocketWriter
  readonly #onTooSlow: () => void
  /** When each unanswered request came in: answers come in that order. */
  readonly #unanswered = createQueue<number>()

  constructor(socket: Socket, host: ClientOutputHost, onTooSlow: () => void, onFlushed: () => void) {
    this.#host = host
    this.#writer = new SocketWriter(socket, host.turn, onFlushed)
    this.#onTooSlow = onTooSlow
  }

  /** From now on everything takes its way through the link that this gives. */
  divert(owner: LinkOwner): DisturbedLink {
    const link = new DisturbedLink(owner, Math.random)
    this.#writer.detour = link
    return link
  }

  /** Requests that the peer has not answered yet. */
  get outstanding(): number {
    return queueLength(this.#unanswered)
  }

  /** Bytes that the client has not taken yet. */
  get queuedBytes(): number {
    return this.#writer.queuedBytes
  }

  /** A request goes to the peer; one reply will answer it. */
  expectReply(): void {
    enqueue(this.#unanswered, this.#host.nowMs())
    this.#host.traffic.outstanding += 1
  }

  connectResponse(response: ConnectResponse): void {
    const place = this.#begin()
    writeConnectResponse(this.#writer.records, response)
    this.#end(place)
  }

  reply(effect: ReplyEffect): void {
    if (this.outstanding > 0) this.#measure(effect.request)
    this.lastReplyZxid = effect.zxid
    const place = this.#begin()
    writeReply(this.#writer.records, effect.xid, effect.zxid, effect.err, effect.body)
    this.#host.traffic.metrics.counters.response_bytes += this.#end(place)
  }

  /** An answer that the peer is not asked for. */
  ownReply(xid: number, zxid: Zxid, err: ErrorCode, body: ReplyBody = NO_BODY): void {
    const place = this.#begin()
    writeReply(this.#writer.records, xid, zxid, err, body)
    this.#end(place)
  }

  /** `onDelivered`: when the operating system has it. */
  watchEvent(effect: WatchEffect, onDelivered: (() => void) | null): void {
    const place = this.#begin()
    this.#writer.records.raw(eventRecord(effect))
    this.#host.traffic.metrics.counters.watch_bytes += this.#end(place)
    if (onDelivered) this.#writer.onceWritten(onDelivered)
  }

  /** Sends what is queued, then ends the connection; `atOnce`: the client waits for nothing but that. */
  end(atOnce: boolean): void {
    this.#writer.end(atOnce)
  }

  /** The connection is gone: nobody waits for its answers any more. */
  abandon(): void {
    this.#host.traffic.outstanding -= this.outstanding
  }

  resetCounts(): void {
    this.sent = 0
    this.lastReplyZxid = NO_ZXID
    this.lastReplyMs = 0
    this.lastLatencyMs = 0
    Object.assign(this.latency, createLatency())
  }

  #measure(request: ReplyEffect['request']): void {
    const { traffic, nowMs } = this.#host
    traffic.outstanding -= 1
    this.lastReplyMs = nowMs()
    this.lastLatencyMs = Math.max(0, this.lastReplyMs - dequeue(this.#unanswered))
    addLatency(this.latency, this.lastLatencyMs)
    addLatency(traffic.latency, this.lastLatencyMs)
    const { advanced } = traffic.metrics
    const summary = onlyReads(request) ? advanced.readlatency : advanced.updatelatency
    summary.add(this.lastLatencyMs)
  }

  /** What is written from here to `#end` is a frame. */
  #begin(): number {
    return this.#writer.records.beginLength()
  }

  /** The bytes of the frame, without its length. */
  #end(place: number): number {
    const { records } = this.#writer
    records.endLength(place)
    this.sent += 1
    const bytes = records.length - place - 4
    countResponse(this.#host.traffic, bytes)
    this.#writer.touch()
    if (this.#writer.queuedBytes > CLIENT_QUEUE_BYTES_MAX) this.#onTooSlow()
    return bytes
  }
}

/** One change fires one event, the same object, at many watchers: it is encoded once for all of them. */
let lastEvent: WatchEffect['event'] | null = null
let lastEventZxid: Zxid = NO_ZXID
let lastRecord: Uint8Array = new Uint8Array(0)
const eventWriter = new JuteWriter()

function eventRecord({ event, zxid }: WatchEffect): Uint8Array {
  if (event !== lastEvent || zxid !== lastEventZxid) {
    writeWatchEvent(eventWriter, zxid, event)
    lastRecord = eventWriter.take()
    lastEvent = event
    lastEventZxid = zxid
  }
  return lastRecord
}
