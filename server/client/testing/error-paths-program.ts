// A program of its own that meets every bad server, prints what it was told as a line of JSON each, and then has
// nothing left to do: if it does not end by itself, a timer or a socket was left behind.

import net from 'node:net'
import type { ConnectOptions } from '../connect-options.ts'
import { ZooKeeper } from '../zookeeper.ts'
import { MISDEEDS, type Misdeed, startBadServer } from './bad-server.ts'

/** Wide apart, so that a line says which of them ended the wait. */
const CONNECT_TIMEOUT_MS = 600
const CALL_TIMEOUT_MS = 500
const SESSION_TIMEOUT_MS = 900

export interface Told {
  readonly what: string
  /** The name of the error's class; null when there was none. */
  readonly error: string | null
  readonly message: string
  readonly ms: number
}

async function tell(what: string, work: () => Promise<unknown>): Promise<void> {
  const startedAt = performance.now()
  let told: { readonly error: string | null; readonly message: string } = { error: null, message: '' }
  try {
    await work()
  } catch (error) {
    told =
      error instanceof Error ? { error: error.name, message: error.message } : { error: 'unknown', message: `${error}` }
  }
  console.log(JSON.stringify({ what, ...told, ms: performance.now() - startedAt } satisfies Told))
}

const limits = { connectTimeoutMs: CONNECT_TIMEOUT_MS, handshakeTimeoutMs: 200, sessionTimeoutMs: SESSION_TIMEOUT_MS }

async function handshake(misdeed: Misdeed, name: string, options: Partial<ConnectOptions> = {}): Promise<void> {
  const server = await startBadServer(misdeed, 'handshake', SESSION_TIMEOUT_MS)
  await tell(name, () => ZooKeeper.connect({ servers: server.address, ...limits, ...options }))
  server.close()
}

async function request(misdeed: Misdeed): Promise<void> {
  const server = await startBadServer(misdeed, 'request', SESSION_TIMEOUT_MS)
  const zk = await ZooKeeper.connect({ servers: server.address, ...limits, connectTimeoutMs: 5000 })
  await tell(`request: ${misdeed}`, () => zk.getData('/a', { timeoutMs: CALL_TIMEOUT_MS }))
  await tell(`request, no timeout: ${misdeed}`, () => zk.getData('/a'))
  const watching = tell(`watch: ${misdeed}`, async () => {
    for await (const _event of await zk.addWatch('/a')) return
  })
  await Promise.all([watching, zk.close()])
  server.close()
}

async function nobody(): Promise<void> {
  const port = await new Promise<number>((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const at = server.address()
      server.close(() => resolve(typeof at === 'object' ? (at?.port ?? 0) : 0))
    })
  })
  await tell('nobody is there', () => ZooKeeper.connect({ servers: `127.0.0.1:${port}`, ...limits }))
  await tell('no such name', () => ZooKeeper.connect({ servers: 'name.invalid:2181', ...limits }))
  await tell('given up', () =>
    ZooKeeper.connect({ servers: `127.0.0.1:${port}`, ...limits, signal: AbortSignal.timeout(100) }),
  )
  const dial = () => {
    throw new Error('a dial of the caller that fails')
  }
  await tell('a dial that throws', () => ZooKeeper.connect({ servers: 'a:1', ...limits, dial }))
}

const misdeeds = Object.keys(MISDEEDS) as Misdeed[] // the keys of MISDEEDS are Misdeeds by definition
await Promise.all([
  nobody(),
  ...misdeeds.map((misdeed) => handshake(misdeed, `handshake: ${misdeed}`)),
  ...misdeeds.map((misdeed) => handshake(misdeed, `TLS: ${misdeed}`, { tls: { rejectUnauthorized: false } })),
  ...misdeeds.map((misdeed) => request(misdeed)),
])
