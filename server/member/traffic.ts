// What a server counts about its clients, for text commands and observers. Plain numbers, always on.

import { createMetrics, type Metrics, resetMetrics } from './metrics/metrics.ts'

export interface Latency {
  count: number
  /** Milliseconds. */
  sumMs: number
  minMs: number
  maxMs: number
}

/** A group commit: how long it took, how many txns became durable, and how many bytes they are. */
export type FlushListener = (ms: number, txns: number, bytes: number) => void

export interface Traffic {
  /** Everything that has a name of ZooKeeper's and no field here. */
  readonly metrics: Metrics
  /** Frames of clients, and frames to clients; a text command is one, and so is each piece of its answer. */
  received: number
  sent: number
  /** Client requests that were handed to the peer and are not answered yet. */
  outstanding: number
  latency: Latency
  /** Bytes of a reply; -1 before the first. */
  lastResponseBytes: number
  minResponseBytes: number
  maxResponseBytes: number
  /** Bytes of a proposal; -1 before the first one as leader. */
  lastProposalBytes: number
  minProposalBytes: number
  maxProposalBytes: number
  connectionsRejected: number
  connectionsDropped: number
  authFailed: number
  /** Auth packets of the scheme `ensemble`. */
  ensembleAuthSucceeded: number
  ensembleAuthFailed: number
  ensembleAuthSkipped: number
  /** Handshakes of clients: done, failed, refused because too many were under way, and under way now. */
  tlsHandshakes: number
  tlsHandshakesFailed: number
  tlsHandshakesExceeded: number
  tlsHandshakesUnderWay: number
  /** Connections of clients without TLS, from other machines and from this one. */
  nonMtlsRemote: number
  nonMtlsLocal: number
  /** Txns after which our tree had another digest than the leader's. */
  digestMismatches: number
  /** Flushes that took longer than FSYNC_WARNING_MS. */
  slowFsyncs: number
  /** Told of each group commit while somebody watches. */
  onFlush: FlushListener | null
}

export function createTraffic(metrics = createMetrics()): Traffic {
  return {
    metrics,
    received: 0,
    sent: 0,
    outstanding: 0,
    latency: createLatency(),
    lastResponseBytes: -1,
    minResponseBytes: -1,
    maxResponseBytes: -1,
    lastProposalBytes: -1,
    minProposalBytes: -1,
    maxProposalBytes: -1,
    connectionsRejected: 0,
    connectionsDropped: 0,
    authFailed: 0,
    ensembleAuthSucceeded: 0,
    ensembleAuthFailed: 0,
    ensembleAuthSkipped: 0,
    tlsHandshakes: 0,
    tlsHandshakesFailed: 0,
    tlsHandshakesExceeded: 0,
    tlsHandshakesUnderWay: 0,
    nonMtlsRemote: 0,
    nonMtlsLocal: 0,
    digestMismatches: 0,
    slowFsyncs: 0,
    onFlush: null,
  }
}

export function createLatency(): Latency {
  return { count: 0, sumMs: 0, minMs: 0, maxMs: 0 }
}

export function addLatency(latency: Latency, ms: number): void {
  latency.minMs = latency.count === 0 || ms < latency.minMs ? ms : latency.minMs
  if (ms > latency.maxMs) latency.maxMs = ms
  latency.count += 1
  latency.sumMs += ms
}

/** Apache writes the answer to a text command in pieces of so many characters, and counts them as packets. */
const TEXT_PIECE = 8192

export function countText(traffic: Traffic, answer: string): void {
  traffic.sent += Math.ceil(answer.length / TEXT_PIECE)
}

export function countResponse(traffic: Traffic, bytes: number): void {
  traffic.sent += 1
  traffic.lastResponseBytes = bytes
  if (bytes > traffic.maxResponseBytes) traffic.maxResponseBytes = bytes
  if (traffic.minResponseBytes === -1 || bytes < traffic.minResponseBytes) traffic.minResponseBytes = bytes
}

export function countProposal(traffic: Traffic, bytes: number): void {
  traffic.lastProposalBytes = bytes
  if (bytes > traffic.maxProposalBytes) traffic.maxProposalBytes = bytes
  if (traffic.minProposalBytes === -1 || bytes < traffic.minProposalBytes) traffic.minProposalBytes = bytes
}

/** `srst`: what is counted starts anew; what is under way stays. */
export function resetTraffic(traffic: Traffic): void {
  resetMetrics(traffic.metrics)
  Object.assign(traffic, {
    ...createTraffic(traffic.metrics),
    outstanding: traffic.outstanding,
    tlsHandshakesUnderWay: traffic.tlsHandshakesUnderWay,
    onFlush: traffic.onFlush,
  })
}

/** As ZooKeeper shows averages: up to four decimals. */
export function averageMs(latency: Latency): number {
  return latency.count === 0 ? 0 : fourDecimals(latency.sumMs / latency.count)
}

export function fourDecimals(value: number): number {
  return Math.round(value * 10_000) / 10_000
}

export function averageText(latency: Latency): string {
  return javaDouble(averageMs(latency))
}

/** As Java's Double.toString, which everything that prints a figure of ZooKeeper's goes through. */
export function javaDouble(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity'
  const size = Math.abs(value)
  if (size !== 0 && (size < 1e-3 || size >= 1e7)) {
    const [digits = '0', exponent = '0'] = value.toExponential().split('e')
    return `${digits.includes('.') ? digits : `${digits}.0`}E${Number(exponent)}`
  }
  return Number.isInteger(value) ? `${value}.0` : String(value)
}
