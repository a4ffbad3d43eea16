// What the processes of the database benchmark do: one fills a data directory as a follower would, snapshots and all,
// and goes on writing while one more snapshot is taken; another one starts on what that has left. Figures only:
// bars and words are database.ts's.

import { monitorEventLoopDelay, PerformanceObserver } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { encodeEntry, readEntry } from '#shared/jute/records/txn.ts'
import { applyEntry } from '#shared/tree/apply.ts'
import type { DataTree } from '#shared/tree/data-tree.ts'
import type { DiskOp } from '#shared/zab/contract.ts'
import { asSessionId } from '#shared/zk/ids.ts'
import type { Txn } from '#shared/zk/txn.ts'
import { makeZxid } from '#shared/zk/zxid.ts'
import { openStorage } from '../storage/open-storage.ts'
import type { Storage } from '../storage/storage.ts'

export type DatabaseJob =
  | { readonly type: 'fill'; readonly dir: string; readonly nodes: number; readonly bytes: number }
  | { readonly type: 'start'; readonly dir: string }

export interface Filled {
  readonly nodes: number
  readonly fillMs: number
  readonly fillPauseMs: number
  readonly snapshots: number
  readonly residentBytes: number
  readonly snapshotMs: number
  readonly snapshotPauseMs: number
  readonly snapshotGcMs: number
  readonly writes: number
  readonly afterwardsBytes: number
}

export interface Started {
  readonly startMs: number
  readonly cpuMs: number
  readonly gcMs: number
  readonly replayed: number
  readonly residentBytes: number
  /** Milliseconds of `loadSnapshot` and the like. */
  readonly parts: Readonly<Record<string, number>>
}

const PER_DIRECTORY = 125_000
/** Creates that one flush makes durable: what a busy ensemble was seen to gather. */
const BATCH = 200
const WRITES_AT_ONCE = 10
const WRITES_EVERY_MS = 5
/** What is logged behind the last snapshot: half of what snapCount allows by default. */
const REPLAYED = 50_000
/** What the filling has left behind is not the snapshot's. */
const SETTLE_MS = 2000
const SESSION = asSessionId(0x100000000000001n)

/** Answers the parent, and waits to be killed. */
export async function runDatabaseJob(job: DatabaseJob): Promise<void> {
  process.send?.(job.type === 'fill' ? await fill(job.dir, job.nodes, job.bytes) : await start(job.dir))
}

async function fill(dir: string, nodes: number, bytes: number): Promise<Filled> {
  const pauses = watchPauses()
  const { storage, recovered } = await openStorage({ dataDir: dir, log: () => undefined })
  const log = new WrittenLog(storage, recovered.tree)
  pauses.reset()
  const startMs = performance.now()
  const data = new Uint8Array(bytes).fill(0x2a)
  for (let i = 0; i < nodes; i += 1) {
    if (i % PER_DIRECTORY === 0) log.write(createTxn(directoryOf(i), null))
    log.write(createTxn(nodePath(i), data))
    if (i % BATCH === 0) await log.flushed()
    if (storage.snapshotDue()) log.snapshot()
  }
  await log.flushed()
  const fillMs = performance.now() - startMs
  await log.snapshotted
  const { snapshots } = log
  const fillPauseMs = pauses.loopMs()
  const residentBytes = process.memoryUsage.rss()

  let writes = 0
  const writer = setInterval(() => {
    for (let i = 0; i < WRITES_AT_ONCE; i += 1) {
      writes += 1
      // A step that is prime to most sizes: all over the tree.
      const at = (writes * 700_001) % nodes
      log.write({ type: 'setData', path: nodePath(at), data: new Uint8Array(bytes), version: writes })
    }
  }, WRITES_EVERY_MS)
  await sleep(SETTLE_MS)
  pauses.reset()
  const fromMs = performance.now()
  log.snapshot()
  await log.snapshotted
  const snapshotMs = performance.now() - fromMs
  const [snapshotPauseMs, snapshotGcMs] = [pauses.loopMs(), pauses.gcMs()]
  clearInterval(writer)
  for (let i = 0; i < REPLAYED; i += 1) {
    writes += 1
    log.write({ type: 'setData', path: nodePath((writes * 700_001) % nodes), data, version: writes })
    if (i % BATCH === 0) await log.flushed()
  }
  await log.flushed()
  const afterwardsBytes = process.memoryUsage.rss()
  const found = { fillMs, fillPauseMs, snapshots, residentBytes, snapshotMs, snapshotPauseMs, snapshotGcMs, writes }
  return { nodes: recovered.tree.nodes.size, ...found, afterwardsBytes }
}

async function start(dir: string): Promise<Started> {
  const parts: Record<string, number> = {}
  const pauses = watchPauses()
  const startCpu = process.cpuUsage()
  const startMs = performance.now()
  await openStorage({
    dataDir: dir,
    log: () => undefined,
    measured(what, value) {
      parts[what] = value
    },
  })
  const tookMs = performance.now() - startMs
  const { user, system } = process.cpuUsage(startCpu)
  const { replayedRecords = 0, open: _whole, ...times } = parts
  return {
    startMs: tookMs,
    cpuMs: (user + system) / 1000,
    gcMs: pauses.gcMs(),
    replayed: replayedRecords,
    residentBytes: process.memoryUsage.rss(),
    parts: times,
  }
}

function directoryOf(n: number): string {
  return `/directory-${Math.floor(n / PER_DIRECTORY)}`
}

function nodePath(n: number): string {
  return `${directoryOf(n)}/node-${String(n).padStart(10, '0')}`
}

function createTxn(path: string, data: Uint8Array | null): Txn {
  return { type: 'create', path, data, acl: null, ephemeral: false, parentCVersion: -1 }
}

/** Txns logged and applied, each decoded anew as from a leader's packet. */
class WrittenLog {
  readonly #storage: Storage
  readonly #tree: DataTree
  #last = 0
  #persisted = 0
  #wake: (() => void) | null = null
  snapshots = 0
  /** The last snapshot that was asked for. */
  snapshotted: Promise<void> = Promise.resolve()

  constructor(storage: Storage, tree: DataTree) {
    this.#storage = storage
    this.#tree = tree
    storage.listen({
      onPersisted: (upTo) => {
        this.#persisted = upTo
        this.#wake?.()
      },
      onFailed(error) {
        throw error
      },
    })
  }

  write(txn: Txn): void {
    this.#last += 1
    const made = { zxid: makeZxid(1, this.#last), sessionId: SESSION, cxid: this.#last, timeMs: Date.now(), txn }
    const entry = readEntry(encodeEntry({ ...made, digest: null }))
    this.#storage.append(this.#last as DiskOp, entry)
    applyEntry(this.#tree, entry)
  }

  async flushed(): Promise<void> {
    while (this.#persisted < this.#last)
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
  }

  snapshot(): void {
    this.snapshotted = this.#storage.takeSnapshot(this.#tree).then((written) => {
      if (written) this.snapshots += 1
    })
  }
}

function watchPauses() {
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  let gcMs = 0
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) gcMs = Math.max(gcMs, duration)
  })
  observer.observe({ entryTypes: ['gc'] })
  return {
    reset(): void {
      delay.reset()
      gcMs = 0
    },
    loopMs: () => delay.max / 1e6,
    gcMs: () => gcMs,
  }
}
