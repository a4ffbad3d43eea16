// A text in names and data of a subtree: names are looked through as soon as they are listed, a portion at a time, and data
// as the walk comes by. It ends at its limits with what it has found, and says which one it was.

import { setImmediate as nextTurn } from 'node:timers/promises'
import type { SearchMatch, SearchResult } from '#shared/events/tree-requests.ts'
import { baseName, joinPath } from '#shared/zk/path.ts'
import type { Stat } from '#shared/zk/stat.ts'
import {
  SEARCH_AT_ONCE,
  SEARCH_DATA_BYTES_MAX,
  SEARCH_MS_MAX,
  SEARCH_NODES_MAX,
  SEARCH_REQUESTS_PER_SECOND,
} from '../limits.ts'
import { RequestError } from '../request-error.ts'
import type { Job } from './jobs.ts'
import type { NameList } from './name-list.ts'
import { walkNames } from './name-walk.ts'
import { PatientReader, type TreeReader } from './patient-reader.ts'
import { cancelled, walkTree } from './walk.ts'

/** Names looked at in one portion: some milliseconds. */
const NAMES_PORTION = 5000

interface Wanted {
  readonly path: string
  readonly text: string
  readonly in: 'name' | 'data' | 'both'
  readonly limit: number
}

/** What has been found within the limits; upper and lower case are the same. */
export async function search(reader: TreeReader, wanted: Wanted, { signal, progress }: Job): Promise<SearchResult> {
  const found = new Found(wanted, progress)
  const limits = AbortSignal.any([found.enough, AbortSignal.timeout(SEARCH_MS_MAX)])
  const stop = AbortSignal.any([signal, limits])
  const patient = new PatientReader(reader, stop)
  const result = { denied: 0, complete: false }
  const limited = {
    signal: stop,
    nodesMax: SEARCH_NODES_MAX,
    atOnce: SEARCH_AT_ONCE,
    requestsPerSecond: SEARCH_REQUESTS_PER_SECOND,
  }
  const onListed = (parent: string, names: NameList) => searchNames(found, parent, names, stop)
  try {
    found.total = await totalOf(patient, wanted.path)
    if (wanted.in !== 'data') found.addName(wanted.path)
    const walked = await (wanted.in === 'name'
      ? walkNames(patient, wanted.path, { ...limited, total: found.total, onListed })
      : walkTree(patient, wanted.path, {
          ...limited,
          ...(wanted.in === 'data' ? {} : { onListed }),
          read: (path) => searchData(patient, found, path),
          onNodes: (nodes) => found.visit(nodes.length),
        }))
    // A limit may be met by the very last znodes.
    if (stop.aborted) throw cancelled()
    const denied = walked.denied + found.denied
    const reason = walked.complete
      ? ''
      : `Only the first ${SEARCH_NODES_MAX} znodes were searched. Search further below.`
    return { ...result, matches: found.matches, visited: walked.visited, denied, complete: walked.complete, reason }
  } catch (error) {
    // The person's own cancel is an error; a limit of ours is an answer.
    if (signal.aborted || !limits.aborted) throw error
    return { ...result, matches: found.matches, visited: found.visited, denied: found.denied, reason: found.why() }
  }
}

/** How many znodes there are to look at; null where a server cannot count them. */
async function totalOf(reader: TreeReader, path: string): Promise<number | null> {
  return reader.countBelow(path).then(
    (below) => below + 1,
    () => null,
  )
}

async function searchNames(found: Found, parent: string, names: NameList, stop: AbortSignal): Promise<void> {
  for (let i = 0; i < names.count && !stop.aborted; i += 1) {
    const name = names.at(i)
    if (found.isIn(name)) found.add({ path: joinPath(parent, name), where: 'name' })
    if (i % NAMES_PORTION !== NAMES_PORTION - 1) continue
    found.visitNames(NAMES_PORTION)
    await nextTurn()
  }
  found.visitNames(names.count % NAMES_PORTION)
}

/** The stat of a node whose data has been looked into; null when it may not be, or has gone. */
async function searchData(reader: TreeReader, found: Found, path: string): Promise<Stat | null> {
  try {
    const { data, stat } = await reader.data(path)
    if (data !== null) found.addData(path, data)
    return stat
  } catch (error) {
    if (!(error instanceof RequestError)) throw error
    if (path === found.root || !['NOAUTH', 'NONODE'].includes(error.code)) throw error
    // Who may not read the data may not list the children either: both take READ.
    if (error.code === 'NOAUTH') found.denied += 1
    return null
  }
}

class Found {
  readonly matches: SearchMatch[] = []
  visited = 0
  denied = 0
  total: number | null = null
  readonly #wanted: Wanted
  readonly #text: string
  readonly #progress: Job['progress']
  readonly #enough = new AbortController()
  /** What progress has not told yet. */
  #fresh: SearchMatch[] = []
  #bytes = 0

  constructor(wanted: Wanted, progress: Job['progress']) {
    this.#wanted = wanted
    this.#text = wanted.text.toLowerCase()
    this.#progress = progress
  }

  /** Aborted when there is no need to go on. */
  get enough(): AbortSignal {
    return this.#enough.signal
  }

  isIn(text: string): boolean {
    return text.toLowerCase().includes(this.#text)
  }

  add(match: SearchMatch): void {
    if (this.matches.length >= this.#wanted.limit) {
      this.#enough.abort()
      return
    }
    this.matches.push(match)
    this.#fresh.push(match)
  }

  addName(path: string): void {
    if (this.isIn(baseName(path))) this.add({ path, where: 'name' })
  }

  addData(path: string, data: Uint8Array): void {
    this.#bytes += data.length
    if (this.#bytes > SEARCH_DATA_BYTES_MAX) this.#enough.abort()
    // A znode that was found by its name is not told twice.
    if (this.#wanted.in === 'both' && this.isIn(baseName(path))) return
    if (this.isIn(Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('utf8')))
      this.add({ path, where: 'data' })
  }

  get root(): string {
    return this.#wanted.path
  }

  visitNames(count: number): void {
    if (this.#wanted.in === 'name') this.visited += count
    this.#tell()
  }

  visit(count: number): void {
    if (this.#wanted.in !== 'name') this.visited += count
    this.#tell()
  }

  #tell(): void {
    this.#progress(this.visited, this.total, this.#fresh)
    this.#fresh = []
  }

  why(): string {
    if (!this.#enough.signal.aborted) return 'It took too long. Search further below.'
    return this.#bytes > SEARCH_DATA_BYTES_MAX
      ? `So much data was read that it ended here: ${SEARCH_DATA_BYTES_MAX} bytes. Search further below.`
      : `There are more than ${this.#wanted.limit} matches. Make the text longer, or search further below.`
  }
}
