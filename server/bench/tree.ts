// The benchmark of shared/tree: how long a million znodes take, what they weigh, and whether reading one
// depends on how many there are.

import { readRequest, type TreeRead } from '#shared/tree/read.ts'
import { NO_SESSION } from '#shared/zk/ids.ts'
import { type Benchmark, formatCount, formatNs, formatSeconds, type Report } from './benchmark.ts'
import { measureHeap } from './heap.ts'
import { directoryPath, type Loader, loadTree, nodePath } from './tree-load.ts'

const PER_DIRECTORY = 1000
const SMALL_NODES = 1000
/** Bars of the project, for a million znodes of 100 bytes. */
const CREATE_MS_MAX = 15_000
const HEAP_BYTES_MAX = 400
/** A lookup may cost that much more in the large tree, whose nodes are in no cache of the processor. */
const LOOKUP_FACTOR_MAX = 10
const LISTING_FACTOR_MAX = 10
const LOOKUPS = 500_000
const LISTINGS = 2_000
const BAR_NODES = 1_000_000
const BAR_BYTES = 100

export const treeBenchmark: Benchmark = {
  about: 'znodes created, kept and read; the bars are for a million of 100 bytes',
  options: { nodes: BAR_NODES, bytes: BAR_BYTES },
  run({ nodes = BAR_NODES, bytes = BAR_BYTES }, report) {
    const hasBar = nodes === BAR_NODES && bytes === BAR_BYTES
    loadTree({ nodes: 20_000, perDirectory: PER_DIRECTORY, dataBytes: bytes }) // until the code is compiled
    const small = loadTree({ nodes: SMALL_NODES, perDirectory: PER_DIRECTORY, dataBytes: bytes })
    reportLarge(small, { nodes, bytes, hasBar }, report)
    reportOneDirectory({ nodes, bytes }, report)
  },
}

interface Size {
  readonly nodes: number
  readonly bytes: number
}

/** The tree is garbage once this returns. */
function reportLarge(
  small: Loader,
  { nodes, bytes, hasBar }: Size & { readonly hasBar: boolean },
  report: Report,
): void {
  const before = measureHeap()
  const startMs = performance.now()
  const startCpu = process.cpuUsage()
  const large = loadTree({ nodes, perDirectory: PER_DIRECTORY, dataBytes: bytes })
  const tookMs = performance.now() - startMs
  const cpu = process.cpuUsage(startCpu)
  const after = measureHeap()
  report(
    `${formatCount(nodes)} znodes of ${bytes} bytes, prepared and applied`,
    `${formatSeconds(tookMs)}, ${formatCount(nodes / (tookMs / 1000))}/s`,
    hasBar ? { text: `< ${CREATE_MS_MAX / 1000} s`, held: tookMs < CREATE_MS_MAX } : undefined,
  )
  report('  processor time, garbage collection on other cores included', formatSeconds((cpu.user + cpu.system) / 1000))
  const beyond = (after.used - before.used - large.pathBytes - large.dataBytes) / large.nodes
  report(
    'heap per znode beyond its path and data',
    `${formatCount(beyond)} B`,
    hasBar ? { text: `< ${HEAP_BYTES_MAX} B`, held: beyond < HEAP_BYTES_MAX } : undefined,
  )
  report('  path and data of one', `${formatCount((large.pathBytes + large.dataBytes) / large.nodes)} B`)
  report(
    '  resident memory of the process for one',
    `${formatCount((after.resident - before.resident) / large.nodes)} B`,
  )

  const [lookupSmall, lookupLarge] = [lookupNs(small, SMALL_NODES), lookupNs(large, nodes)]
  const lookupFactor = lookupLarge / lookupSmall
  report(`getData at random among ${formatCount(SMALL_NODES)}`, formatNs(lookupSmall))
  report(`getData at random among ${formatCount(nodes)}`, formatNs(lookupLarge), {
    text: `< ${LOOKUP_FACTOR_MAX} times that`,
    held: lookupFactor < LOOKUP_FACTOR_MAX,
  })
  const [listSmall, listLarge] = [listingNs(small, SMALL_NODES), listingNs(large, nodes)]
  report(`getChildren of ${formatCount(PER_DIRECTORY)} among ${formatCount(SMALL_NODES)}`, formatNs(listSmall))
  report(`getChildren of ${formatCount(PER_DIRECTORY)} among ${formatCount(nodes)}`, formatNs(listLarge), {
    text: `< ${LISTING_FACTOR_MAX} times that`,
    held: listLarge / listSmall < LISTING_FACTOR_MAX,
  })
}

function reportOneDirectory({ nodes, bytes }: Size, report: Report): void {
  measureHeap() // what was measured before is garbage, and not to be collected while the clock runs
  const startMs = performance.now()
  const wide = loadTree({ nodes, perDirectory: nodes, dataBytes: bytes })
  const tookMs = performance.now() - startMs
  report(`the same in one directory`, `${formatSeconds(tookMs)}, ${formatCount(nodes / (tookMs / 1000))}/s`)
  const listMs = performance.now()
  read(wide, { type: 'getChildren', path: directoryPath(0), watch: false })
  report(`getChildren of ${formatCount(nodes)}`, formatNs((performance.now() - listMs) * 1e6))
}

function read(loader: Loader, request: TreeRead): void {
  const { err } = readRequest(loader.tree, request, [], NO_SESSION)
  if (err !== 0) throw new Error(`${JSON.stringify(request)} failed with ${err}`)
}

/** Mean time of one, over paths that were made before the clock ran. */
function lookupNs(loader: Loader, nodes: number): number {
  const requests: TreeRead[] = []
  // A step that is prime to most sizes visits all, in an order that no cache foresees.
  for (let i = 0, at = 0; i < LOOKUPS; i += 1, at = (at + 700_001) % nodes)
    requests.push({ type: 'getData', path: nodePath(at, PER_DIRECTORY), watch: false })
  return meanNs(requests, loader)
}

function listingNs(loader: Loader, nodes: number): number {
  const directories = Math.ceil(nodes / PER_DIRECTORY)
  const requests: TreeRead[] = []
  for (let i = 0; i < LISTINGS; i += 1)
    requests.push({ type: 'getChildren', path: directoryPath((i * 7) % directories), watch: false })
  return meanNs(requests, loader)
}

function meanNs(requests: readonly TreeRead[], loader: Loader): number {
  for (const request of requests.slice(0, 1000)) read(loader, request)
  const startMs = performance.now()
  for (const request of requests) read(loader, request)
  return ((performance.now() - startMs) * 1e6) / requests.length
}
