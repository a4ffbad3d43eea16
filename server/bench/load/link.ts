// One TCP connection of the load generator, as near to the operating system as Node allows: on the handles below its
// sockets, which halve what the generator takes from the processors that the servers need. Where a Node does not show
// them the connection is a socket. All connections read into one piece of memory.

import net from 'node:net'

const CHUNK_BYTES = 256 * 1024
const HOST = '127.0.0.1'

/** A read is handled to its end before the next one starts, so one chunk serves all. */
export const chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES)

export interface Link {
  /** `bytes` belong to the connection until what answers them is there. */
  write(bytes: Uint8Array): void
  /** Closes without another word; nobody is told. */
  end(): void
}

export interface LinkOwner {
  onConnect(): void
  /** So many bytes lie at the front of `chunk`, until the call returns. */
  onBytes(count: number): void
  /** Once, and last; not after `end`. */
  onClosed(why: string): void
}

/** What is used of Node's own bindings, which it does not publish. */
interface Bindings {
  readonly TCP: new (type: number) => TcpHandle
  readonly TCPConnectWrap: new () => Completion
  readonly WriteWrap: new () => Completion
  readonly socketType: number
  readonly state: Int32Array
  readonly readBytesOrError: number
}

/** A request that the system may finish later. */
interface Completion {
  oncomplete?: (status: number) => void
  /** Held until then. */
  bytes?: Uint8Array
}

interface TcpHandle {
  onread: () => void
  connect(request: Completion, host: string, port: number): number
  setNoDelay(on: boolean): number
  useUserBuffer(bytes: Uint8Array): void
  readStart(): number
  writeBuffer(request: Completion, bytes: Uint8Array): number
  close(): void
}

const bindings = findBindings()

/** Begins to connect to a port of this machine. */
export function openLink(port: number, owner: LinkOwner): Link {
  return bindings === null ? openSocket(port, owner) : openHandle(bindings, port, owner)
}

function openHandle(node: Bindings, port: number, owner: LinkOwner): Link {
  const handle = new node.TCP(node.socketType)
  const readInto = handle.useUserBuffer
  let isOver = false
  function close(): void {
    if (isOver) return
    isOver = true
    handle.close()
  }
  function lose(why: string): void {
    if (isOver) return
    close()
    owner.onClosed(why)
  }
  const connecting = new node.TCPConnectWrap()
  connecting.oncomplete = (status) => {
    if (isOver) return
    if (status !== 0) return lose(`connecting failed with error ${status}`)
    handle.setNoDelay(true)
    readInto.call(handle, chunk)
    handle.onread = () => {
      const count = node.state[node.readBytesOrError] ?? 0
      if (isOver || count === 0) return
      if (count > 0) owner.onBytes(count)
      else lose('the server closed the connection')
    }
    handle.readStart()
    owner.onConnect()
  }
  const status = handle.connect(connecting, HOST, port)
  if (status !== 0) queueMicrotask(() => lose(`connecting failed with error ${status}`))
  return {
    write(bytes) {
      if (isOver) return
      const request = new node.WriteWrap()
      request.bytes = bytes
      request.oncomplete = (late) => {
        if (late !== 0) lose(`writing failed with error ${late}`)
      }
      const error = handle.writeBuffer(request, bytes)
      if (error !== 0) queueMicrotask(() => lose(`writing failed with error ${error}`))
    },
    end: close,
  }
}

function openSocket(port: number, owner: LinkOwner): Link {
  let isOver = false
  const lose = (why: string): void => {
    if (!isOver) owner.onClosed(why)
    isOver = true
  }
  const socket = net.connect({
    port,
    host: HOST,
    noDelay: true,
    onread: {
      buffer: chunk,
      callback(count) {
        if (!isOver) owner.onBytes(count)
        return true
      },
    },
  })
  socket.on('connect', () => owner.onConnect())
  socket.on('error', (error) => lose(error.message))
  socket.on('close', () => lose('the server closed the connection'))
  return {
    write: (bytes) => void socket.write(bytes),
    end() {
      isOver = true
      socket.destroy()
    },
  }
}

function findBindings(): Bindings | null {
  try {
    const { binding } = process as unknown as { binding?: (name: string) => Record<string, unknown> }
    const tcp = binding?.('tcp_wrap')
    const stream = binding?.('stream_wrap')
    const constants = tcp?.constants as { readonly SOCKET?: number } | undefined
    if (tcp === undefined || stream === undefined || constants?.SOCKET === undefined) return null
    const found = {
      TCP: tcp.TCP,
      TCPConnectWrap: tcp.TCPConnectWrap,
      WriteWrap: stream.WriteWrap,
      socketType: constants.SOCKET,
      state: stream.streamBaseState,
      readBytesOrError: stream.kReadBytesOrError,
    } as Bindings // checked below
    const isWhole =
      [found.TCP, found.TCPConnectWrap, found.WriteWrap].every((one) => typeof one === 'function') &&
      found.state instanceof Int32Array &&
      typeof found.readBytesOrError === 'number'
    return isWhole ? found : null
  } catch {
    return null
  }
}
