// A small ZooKeeper client for driving the tests: one connection, requests answered in order. Written from the
// description of the protocol and sharing no code with the product, so that both cannot be wrong alike.
// It does not reconnect: a journey that kills a member says which member it talks to.

import { createConnection, type Socket } from 'node:net'
import { Reader, Writer } from './jute.ts'

const OP = { create: 1, delete: 2, exists: 3, getData: 4, setData: 5, getChildren: 8, sync: 9, ping: 11, close: -11 }
const XID_NOTIFICATION = -1
const XID_PING = -2
export const NONODE = -101
/** 31 = READ, WRITE, CREATE, DELETE, ADMIN. */
const PERMS_ALL = 31

export const FLAGS = { persistent: 0, ephemeral: 1, sequential: 2, ephemeralSequential: 3 } as const

export class ZkError extends Error {
  override readonly name = 'ZkError'
  readonly code: number
  constructor(code: number, what: string) {
    super(`${what} was answered with error ${code}`)
    this.code = code
  }
}

interface Waiting {
  readonly xid: number
  readonly what: string
  readonly resolve: (body: Reader) => void
  readonly reject: (error: Error) => void
}

export class ZkClient {
  /** Negotiated, as `0x…`. */
  session = ''
  readonly #socket: Socket
  readonly #waiting: Waiting[] = []
  #buffer = Buffer.alloc(0)
  #nextXid = 1
  #pinger: NodeJS.Timeout | undefined
  #opened: ((frame: Reader) => void) | null = null
  #failed: Error | null = null

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (chunk) => this.#receive(chunk))
    socket.on('error', (error) => this.#fail(error))
    socket.on('close', () => this.#fail(new Error('the server closed the connection')))
  }

  /** Opens a session at `address` (`host:port`). Rejects when the server does not serve. */
  static async connect(address: string, timeoutMs = 10_000): Promise<ZkClient> {
    const [host = '127.0.0.1', port = ''] = address.split(':')
    const socket = createConnection({ host, port: Number(port), noDelay: true })
    const client = new ZkClient(socket)
    const opening = new Promise<Reader>((resolve, reject) => {
      client.#opened = resolve
      client.#waiting.push({ xid: 0, what: `connecting to ${address}`, resolve, reject })
    })
    const hello = new Writer().int(0).long(0n).int(timeoutMs).long(0n).bytes(Buffer.alloc(16)).bool(false)
    socket.write(hello.frame())
    const answer = await opening
    answer.int()
    const negotiatedMs = answer.int()
    client.session = `0x${BigInt.asUintN(64, answer.long()).toString(16)}`
    if (negotiatedMs === 0) throw new Error('the server refused the session')
    client.#pinger = setInterval(() => client.#send(XID_PING, OP.ping, new Writer()), negotiatedMs / 3)
    return client
  }

  /** The path made, with its number when sequential. */
  async create(path: string, data = '', flags: number = FLAGS.persistent): Promise<string> {
    const request = new Writer().text(path).bytes(Buffer.from(data)).int(1)
    request.int(PERMS_ALL).text('world').text('anyone').int(flags)
    return (await this.#ask(OP.create, request, `create ${path}`)).text()
  }

  /** The new version. */
  async set(path: string, data: string, version = -1): Promise<number> {
    const request = new Writer().text(path).bytes(Buffer.from(data)).int(version)
    return (await this.#ask(OP.setData, request, `setData ${path}`)).stat().version
  }

  async get(path: string): Promise<string> {
    const body = await this.#ask(OP.getData, new Writer().text(path).bool(false), `getData ${path}`)
    return body.bytes().toString()
  }

  async delete(path: string, version = -1): Promise<void> {
    await this.#ask(OP.delete, new Writer().text(path).int(version), `delete ${path}`)
  }

  /** `watch` leaves a one-shot watch, on the absent node, too. */
  async exists(path: string, watch = false): Promise<boolean> {
    try {
      await this.#ask(OP.exists, new Writer().text(path).bool(watch), `exists ${path}`)
      return true
    } catch (error) {
      if (error instanceof ZkError && error.code === NONODE) return false
      throw error
    }
  }

  async children(path: string): Promise<string[]> {
    const body = await this.#ask(OP.getChildren, new Writer().text(path).bool(false), `getChildren ${path}`)
    return Array.from({ length: body.int() }, () => body.text())
  }

  /** Afterwards this server has applied every write that was committed before. */
  async sync(): Promise<void> {
    await this.#ask(OP.sync, new Writer().text('/'), 'sync')
  }

  /** Ends the session, with its ephemerals, and the connection. */
  async close(): Promise<void> {
    if (this.#failed) return
    await this.#ask(OP.close, new Writer(), 'closeSession').catch(() => undefined)
    this.drop()
  }

  /** Cuts the connection and leaves the session to time out. */
  drop(): void {
    clearInterval(this.#pinger)
    this.#socket.destroy()
  }

  #ask(op: number, request: Writer, what: string): Promise<Reader> {
    if (this.#failed) return Promise.reject(this.#failed)
    const xid = this.#nextXid++
    return new Promise((resolve, reject) => {
      this.#waiting.push({ xid, what, resolve, reject })
      this.#send(xid, op, request)
    })
  }

  #send(xid: number, op: number, body: Writer): void {
    this.#socket.write(new Writer().int(xid).int(op).raw(body).frame())
  }

  #receive(chunk: Buffer): void {
    this.#buffer = Buffer.concat([this.#buffer, chunk])
    while (this.#buffer.length >= 4) {
      const length = this.#buffer.readInt32BE(0)
      if (this.#buffer.length < 4 + length) return
      const frame = new Reader(this.#buffer.subarray(4, 4 + length))
      this.#buffer = this.#buffer.subarray(4 + length)
      this.#onFrame(frame)
    }
  }

  #onFrame(frame: Reader): void {
    if (this.#opened) {
      this.#opened = null
      this.#waiting.shift()?.resolve(frame)
      return
    }
    const xid = frame.int()
    frame.long()
    const code = frame.int()
    if (xid === XID_NOTIFICATION || xid === XID_PING) return
    const waiting = this.#waiting.shift()
    if (waiting?.xid !== xid) this.#fail(new Error(`answer ${xid} came where ${waiting?.xid} was due`))
    else if (code !== 0) waiting.reject(new ZkError(code, waiting.what))
    else waiting.resolve(frame)
  }

  #fail(error: Error): void {
    this.#failed ??= error
    clearInterval(this.#pinger)
    for (const { what, reject } of this.#waiting.splice(0)) reject(new Error(`${what}: ${error.message}`))
  }
}
