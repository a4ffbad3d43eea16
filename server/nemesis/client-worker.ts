// The thread in which the clients of a run live, apart from whoever breaks the members: it takes orders from the main
// thread, and gives back what was recorded.

import { parentPort } from 'node:worker_threads'
import type { ConnectionRecord, Operation, WatchArrival } from '#shared/history/history.ts'
import { asSid } from '#shared/zk/ids.ts'
import { ZooKeeper } from '../client/zookeeper.ts'
import { type ClientLinkFault, ClientLinks } from './client-links.ts'
import { createRecorder, OPERATIONS_MAX } from './recorder.ts'
import { RunningClient } from './work/client.ts'
import { MIX } from './work/mix.ts'
import { type Belief, createGround, createShared } from './work/shared-work.ts'

export interface WorkerOptions {
  readonly seed: number
  readonly clients: number
  readonly pauseMs: number
  readonly sessionTimeoutMs: number
  readonly connectString: string
  /** Client port and sid of each member. */
  readonly members: readonly (readonly [number, number])[]
}

export type Order =
  | { readonly type: 'link'; readonly fault: ClientLinkFault }
  | { readonly type: 'reset'; readonly server: number }
  /** No link is disturbed any more. */
  | { readonly type: 'heal' }
  /** Ends the work, asks each connection one more thing, closes the sessions and gives back the history. */
  | { readonly type: 'stop' }

/** What was recorded; plain data, so that it can pass between threads. */
export interface Recorded {
  readonly operations: Operation[]
  readonly events: WatchArrival[]
  readonly connections: ConnectionRecord[]
  readonly misplaced: string[]
  readonly beliefs: Belief[]
  /** Clients stopped early because the history was long enough. */
  readonly isFull: boolean
}

export type Told =
  | { readonly type: 'ready' }
  | { readonly type: 'recorded'; readonly recorded: Recorded }
  | { readonly type: 'failed'; readonly why: string }

const FULL_CHECK_MS = 500

/** Runs until `stop`. */
export function runClients(options: WorkerOptions): void {
  const port = parentPort
  if (!port) throw new Error('clients run in a thread of their own')
  const tell = (told: Told) => port.postMessage(told)
  const recorder = createRecorder()
  const shared = createShared()
  const links = new ClientLinks(recorder, new Map(options.members.map(([at, sid]) => [at, asSid(sid)])))
  let running: RunningClient[] = []
  let isFull = false

  async function begin(): Promise<void> {
    const { connectString: servers, sessionTimeoutMs, seed, clients, pauseMs } = options
    const first = await ZooKeeper.connect({
      servers,
      sessionTimeoutMs,
      dial: links.dialOf(0),
      connectTimeoutMs: 60_000,
    })
    await createGround(first)
    await first.close()
    running = Array.from({ length: clients }, (_, i) => {
      const number = i + 1
      const dial = links.dialOf(number)
      return new RunningClient({ number, seed, servers, sessionTimeoutMs, dial, shared, work: MIX, pauseMs })
    })
    tell({ type: 'ready' })
    const timer = setInterval(() => {
      if (recorder.operations.length < OPERATIONS_MAX) return
      isFull = true
      clearInterval(timer)
      stopAll().catch(fail)
    }, FULL_CHECK_MS)
    timer.unref()
  }

  async function stopAll(): Promise<void> {
    await Promise.all(running.map((client) => client.stop()))
  }

  async function finish(): Promise<void> {
    links.heal()
    await stopAll()
    // W-4: what a connection was owed is known to have arrived once it has answered something later.
    await Promise.all(running.map(({ zk }) => zk?.sync().catch(() => undefined)))
    await Promise.all(running.map(({ zk }) => zk?.exists('/').catch(() => undefined)))
    await Promise.all(running.map(({ zk }) => zk?.close()))
    const { operations, events, connections, misplaced } = recorder
    const { beliefs } = shared
    tell({ type: 'recorded', recorded: { operations, events, connections, misplaced, beliefs, isFull } })
  }

  const fail = (error: unknown) => {
    const why = error instanceof Error ? (error.stack ?? error.message) : String(error)
    tell({ type: 'failed', why })
  }
  port.on('message', (order: Order) => {
    if (order.type === 'link') links.set(order.fault)
    else if (order.type === 'reset') links.reset(order.server)
    else if (order.type === 'heal') links.heal()
    else finish().catch(fail)
  })
  begin().catch(fail)
}
