// The bars of a large database, measured: how long a start takes on it, what it weighs, and the longest pause while a
// snapshot of it is written and writes go on. `npm run bar:snapshot`; the tree is made by a process of its own, so that
// its garbage is not counted.

import { fork } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { monitorEventLoopDelay, PerformanceObserver } from 'node:perf_hooks'
import { applyEntry } from '#shared/tree/apply.ts'
import { createTree } from '#shared/tree/create-tree.ts'
import type { DataTree } from '#shared/tree/data-tree.ts'
import { emptyZnode } from '#shared/tree/data-tree.ts'
import { finishLoad, loadNode } from '#shared/tree/snapshot.ts'
import type { DiskOp } from '#shared/zab/contract.ts'
import { NO_SESSION } from '#shared/zk/ids.ts'
import type { Entry } from '#shared/zk/txn.ts'
import { makeZxid } from '#shared/zk/zxid.ts'
import { nodeDisk } from '../storage/disk.ts'
import { openStorage } from '../storage/open-storage.ts'
import { writeSnapshot } from '../storage/snapshot-file.ts'

const PER_DIRECTORY = 1000
const DATA_BYTES = 100
const PAUSE_MS_MAX = 50
const RSS_MIB_MAX = 600
/** Apache 3.8.0 reads the snapshot of a million in 7 s, and serves after 15; a third of that. */
const START_MS_MAX = 5000
const WRITES_EVERY_MS = 5
const WRITES_AT_ONCE = 10

const LABEL = makeZxid(1, 1)

async function make(dir: string, nodes: number): Promise<void> {
  const tree = createTree()
  const data = new Uint8Array(DATA_BYTES).fill(0x2a)
  for (let i = 0; i < nodes; i += 1) {
    const directory = `/directory-${String(Math.floor(i / PER_DIRECTORY)).padStart(4, '0')}`
    const node = { ...emptyZnode(), czxid: LABEL, mzxid: LABEL, pzxid: LABEL }
    if (i % PER_DIRECTORY === 0) loadNode(tree, directory, node)
    loadNode(tree, `${directory}/node-${String(i).padStart(7, '0')}`, { ...node, data })
  }
  finishLoad(tree)
  tree.lastProcessedZxid = LABEL
  fs.mkdirSync(`${dir}/version-2`, { recursive: true })
  await writeSnapshot(nodeDisk, `${dir}/version-2/snapshot.${LABEL.toString(16)}`, tree, true, { aborted: false })
}

interface Figures {
  readonly nodes: number
  readonly startMs: number
  readonly startPauseMs: number
  readonly startedMib: number
  readonly snapshotMs: number
  readonly pauseMs: number
  readonly gcPauseMs: number
  readonly peakMib: number
  readonly writes: number
}

function mib(bytes: number): number {
  return Math.round(bytes / 2 ** 20)
}

async function measure(dir: string): Promise<Figures> {
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  const startedAt = performance.now()
  const { storage, recovered } = await openStorage({ dataDir: dir, log: () => undefined })
  const startMs = performance.now() - startedAt
  const startPauseMs = delay.max / 1e6
  const startedMib = mib(process.memoryUsage.rss())
  const { tree } = recovered
  let peak = 0
  const memory = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss())
  }, 20)
  let gcPauseMs = 0
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) gcPauseMs = Math.max(gcPauseMs, duration)
  })
  observer.observe({ entryTypes: ['gc'] })
  storage.listen({
    onPersisted: () => undefined,
    onFailed: (error) => {
      throw error
    },
  })
  let writes = 0
  const writer = setInterval(() => {
    for (let i = 0; i < WRITES_AT_ONCE; i += 1) {
      writes += 1
      write(tree, writes, (op, entry) => storage.append(op, entry))
    }
  }, WRITES_EVERY_MS)
  // What the start has left behind is not the snapshot's.
  await new Promise((resolve) => setTimeout(resolve, 2000))
  gcPauseMs = 0
  delay.reset()
  const from = performance.now()
  if (!(await storage.takeSnapshot(tree))) throw new Error('there is no snapshot')
  const snapshotMs = performance.now() - from
  const pauseMs = delay.max / 1e6
  clearInterval(writer)
  clearInterval(memory)
  observer.disconnect()
  await storage.close()
  return {
    nodes: tree.nodes.size,
    startMs,
    startPauseMs,
    startedMib,
    snapshotMs,
    pauseMs,
    gcPauseMs,
    peakMib: mib(peak),
    writes,
  }
}

/** A setData of a node somewhere, as a leader would have logged it. */
function write(tree: DataTree, n: number, append: (op: DiskOp, entry: Entry) => void): void {
  const at = (n * 700_001) % 1_000_000
  const directory = `/directory-${String(Math.floor(at / PER_DIRECTORY)).padStart(4, '0')}`
  const txn = {
    type: 'setData',
    path: `${directory}/node-${String(at).padStart(7, '0')}`,
    data: new Uint8Array(DATA_BYTES),
    version: n,
  } as const
  const entry: Entry = {
    zxid: makeZxid(1, n + 1),
    sessionId: NO_SESSION,
    cxid: n,
    timeMs: Date.now(),
    txn,
    digest: null,
  }
  append(n as DiskOp, entry)
  applyEntry(tree, entry)
}

async function inChild(args: readonly string[]): Promise<unknown> {
  const child = fork(process.argv[1] ?? '', [...args])
  let answer: unknown = null
  child.on('message', (message) => {
    answer = message
  })
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}`)
  return answer
}

async function main(nodes: number): Promise<number> {
  const dir = fs.mkdtempSync(path.join(process.env.BAR_DIR ?? os.tmpdir(), 'zabscope-bar-'))
  try {
    await inChild(['make', dir, String(nodes)])
    const figures = (await inChild(['measure', dir])) as Figures // our own process sends nothing else
    const line = (what: string, figure: number, unit: string, max: number | null) => {
      const held = max === null || figure <= max
      console.log(
        `  ${what.padEnd(44)} ${figure.toFixed(0).padStart(8)} ${unit}${max === null ? '' : `   bar ${max}: ${held ? 'held' : 'MISSED'}`}`,
      )
      return held
    }
    console.log(`a database of ${figures.nodes} znodes, ${DATA_BYTES} bytes of data each`)
    const held = [
      line('from opening the directory to the tree', figures.startMs, 'ms', START_MS_MAX),
      line('  longest pause meanwhile', figures.startPauseMs, 'ms', null),
      line('resident memory then', figures.startedMib, 'MiB', RSS_MIB_MAX),
      line('writing a snapshot, with writes going on', figures.snapshotMs, 'ms', null),
      line('  longest pause meanwhile', figures.pauseMs, 'ms', PAUSE_MS_MAX),
      line('  of it garbage collection, longest', figures.gcPauseMs, 'ms', null),
      line('  resident memory, most', figures.peakMib, 'MiB', RSS_MIB_MAX),
      line('  writes meanwhile and before', figures.writes, '', null),
    ]
    return held.includes(false) ? 1 : 0
  } finally {
    fs.rmSync(dir, { recursive: true })
  }
}

const [mode, ...rest] = process.argv.slice(2)
if (mode === 'make') await make(rest[0] ?? '', Number(rest[1]))
else if (mode === 'measure') process.send?.(await measure(rest[0] ?? ''))
else process.exitCode = await main(Number(mode ?? 1_000_000))
