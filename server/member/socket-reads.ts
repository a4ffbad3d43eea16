// How bytes come in from a plain socket, of a client or of another server. Node gives each read of a socket 64 KB of its own and hands it through a
// stream: several times what the system call costs. Here all sockets read into one piece of memory, which Node offers
// for sockets that one makes (`onread`), not for those that a server accepts. So this reaches for the same switch from
// outside; where it is not found, or something stands in between (TLS, bytes read already), the stream is used.

import { Socket, type TcpSocketConnectOpts } from 'node:net'
import { TLSSocket } from 'node:tls'

/** With a torn packet before it, an arrival is still small enough to be kept whole for the log and the learners. */
const CHUNK_BYTES = 60 * 1024

/** A read is handled to its end before the next one starts, so one chunk serves all sockets. */
const chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES)

/** What Node's Socket keeps for `onread`, by symbols that it does not publish. */
interface Diverted {
  [symbol: symbol]: unknown
  readonly _handle?: { readonly useUserBuffer?: (bytes: Uint8Array) => void } | null
}

const SYMBOLS = findSymbols()

/** Calls back with all bytes that come from now on. They never change, and may be kept. */
export function onBytes(socket: Socket, take: (bytes: Uint8Array) => void): void {
  if (!divert(socket, take)) socket.on('data', take)
}

/** Exported for its test: false where this Node has no such switch. */
export function divert(socket: Socket, take: (bytes: Uint8Array) => void): boolean {
  if (SYMBOLS === null || socket instanceof TLSSocket || socket.readableLength > 0) return false
  const diverted = socket as unknown as Diverted // its inner side
  const handle = diverted._handle
  const readInto = handle?.useUserBuffer
  if (typeof readInto !== 'function') return false
  diverted[SYMBOLS.buffer] = chunk
  diverted[SYMBOLS.callback] = (count: number) => {
    // From Buffer's pool, so it is not filled with zeros and not alone in its memory.
    const bytes = Buffer.allocUnsafe(count)
    chunk.copy(bytes, 0, 0, count)
    take(bytes)
    // `true`: go on. Who wants to pause says so to the socket.
    return true
  }
  readInto.call(handle, chunk)
  socket.resume()
  return true
}

function findSymbols(): { readonly buffer: symbol; readonly callback: symbol } | null {
  const callback = (): boolean => true
  // Its constructor takes it; the types know it for `connect` alone.
  const onread: Pick<TcpSocketConnectOpts, 'onread'> = { onread: { buffer: chunk, callback } }
  const probe = new Socket(onread as ConstructorParameters<typeof Socket>[0])
  const own = Object.getOwnPropertySymbols(probe)
  const holding = (value: unknown): symbol | undefined =>
    own.find((symbol) => (probe as unknown as Diverted)[symbol] === value)
  const [buffer, call] = [holding(chunk), holding(callback)]
  probe.destroy()
  return buffer === undefined || call === undefined ? null : { buffer, callback: call }
}
