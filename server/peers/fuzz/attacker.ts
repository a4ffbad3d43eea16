// Strangers at one port: each connects, says something that it should not, and leaves in one of the ways in which
// connections end; or stays, and says nothing, or a byte at a time.

import net from 'node:net'
import { nextInt, type Prng } from '#shared/base/prng.ts'
import { delay } from '../harness/wait-for.ts'
import { createGarbage, type Garbage, type PortKind } from './garbage.ts'

const ANSWER_WAIT_MS = 40
const CONNECT_TIMEOUT_MS = 3000
/** Connections that stay open and silent, and such that drip, per port. */
const SILENT = 150
const DRIPPING = 20
const DRIP_EVERY_MS = 50
const FLOOD = 300
const FLOOD_EVERY_MS = 4000
const PARALLEL = 6

export class Attacker {
  readonly kind: PortKind
  readonly #port: number
  readonly #seed: number
  readonly counts: Record<string, number> = {}
  #stopping = false
  #work: Promise<unknown> = Promise.resolve()

  constructor(kind: PortKind, port: number, seed: number) {
    this.kind = kind
    this.#port = port
    this.#seed = seed
  }

  start(): void {
    const strangers = Array.from({ length: PARALLEL }, (_, index) => this.#speak(this.#seed * 1000 + index))
    this.#work = Promise.all([...strangers, this.#stay(), this.#drip(), this.#flood()])
  }

  async stop(): Promise<void> {
    this.#stopping = true
    await this.#work
  }

  #count(what: string): void {
    this.counts[what] = (this.counts[what] ?? 0) + 1
  }

  async #speak(seed: number): Promise<void> {
    const garbage = createGarbage(seed)
    while (!this.#stopping) {
      const said = garbage.next(this.kind)
      const socket = await this.#connect()
      if (socket === null) {
        await delay(20)
        continue
      }
      this.#count(said.kind)
      await this.#say(garbage.prng, socket, said)
    }
  }

  /** In one piece or several; then waits for an answer, or closes, or resets, at once. */
  async #say(prng: Prng, socket: net.Socket, { bytes }: Garbage): Promise<void> {
    const middle = nextInt(prng, bytes.length + 1)
    socket.write(bytes.subarray(0, middle))
    if (nextInt(prng, 2) === 0) await delay(nextInt(prng, 5))
    socket.write(bytes.subarray(middle))
    const ending = nextInt(prng, 3)
    if (ending === 0) socket.resetAndDestroy()
    else if (ending === 1) socket.end()
    await delay(ANSWER_WAIT_MS)
    socket.destroy()
  }

  /** Half open: they say nothing, for as long as the server lets them. */
  async #stay(): Promise<void> {
    const sockets = new Set<net.Socket>()
    while (!this.#stopping) {
      if (sockets.size < SILENT) {
        const socket = await this.#connect()
        if (socket) {
          this.#count('silent')
          sockets.add(socket)
          socket.on('close', () => sockets.delete(socket))
        }
      }
      await delay(10)
    }
    for (const socket of sockets) socket.destroy()
  }

  async #drip(): Promise<void> {
    const garbage = createGarbage(this.#seed * 1000 + 999)
    const open = new Map<net.Socket, { bytes: Uint8Array; at: number }>()
    while (!this.#stopping) {
      if (open.size < DRIPPING) {
        const socket = await this.#connect()
        if (socket) {
          this.#count('dripping')
          open.set(socket, { bytes: garbage.next(this.kind).bytes, at: 0 })
          socket.on('close', () => open.delete(socket))
        }
      }
      for (const [socket, drop] of open) {
        socket.write(drop.bytes.subarray(drop.at, drop.at + 1))
        drop.at += 1
        if (drop.at >= drop.bytes.length) socket.destroy()
      }
      await delay(DRIP_EVERY_MS)
    }
    for (const socket of open.keys()) socket.destroy()
  }

  async #flood(): Promise<void> {
    while (!this.#stopping) {
      const sockets = await Promise.all(Array.from({ length: FLOOD }, () => this.#connect()))
      for (const socket of sockets) {
        if (socket === null) continue
        this.#count('flooding')
        socket.destroy()
      }
      for (let waited = 0; waited < FLOOD_EVERY_MS && !this.#stopping; waited += 100) await delay(100)
    }
  }

  #connect(): Promise<net.Socket | null> {
    return new Promise((resolve) => {
      const socket = net.connect(this.#port, '127.0.0.1', () => resolve(socket))
      socket.setTimeout(CONNECT_TIMEOUT_MS, () => {
        if (socket.connecting) socket.destroy()
      })
      socket.on('error', () => undefined)
      socket.on('close', () => resolve(null))
      socket.resume()
    })
  }
}
