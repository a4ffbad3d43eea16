// Answers what the page asks about znodes: a page of children with their stats, one node in full, and pushes
// when a listed path changes. It reads only what somebody looks at, and keeps no tree.

import type { ConnectionView } from '#shared/events/cluster-view.ts'
import {
  CHILDREN_PAGE,
  DATA_PREVIEW_MAX,
  type NodeDetail,
  type NodeListing,
  type NodeRow,
  type StatJson,
} from '#shared/events/socket-protocol.ts'
import { formatSessionId, NO_SESSION } from '#shared/zk/ids.ts'
import { joinPath } from '#shared/zk/path.ts'
import type { Stat } from '#shared/zk/stat.ts'
import { formatZxid } from '#shared/zk/zxid.ts'
import type { Handlers } from './api/handlers.ts'
import type { RequestOf } from './api/operation.ts'
import type { EnsembleReader } from './ensemble-reader.ts'
import { WATCHES_PER_SOCKET_MAX } from './limits.ts'
import type { PageClient } from './page-client.ts'
import { PathWatches } from './path-watches.ts'
import { RequestError } from './request-error.ts'
import { aclToJson } from './tree/acl-text.ts'
import { ChildrenLists } from './tree/children-lists.ts'

/** Finds where a session is connected; null when no member has told. */
export type FindConnection = (session: string) => ConnectionView | null

type Wanted = Omit<RequestOf<'tree:list'>, 'watch'>

export class TreeService {
  readonly #reader: EnsembleReader
  readonly #findConnection: FindConnection
  readonly #watches: PathWatches
  readonly #lists: ChildrenLists

  constructor(reader: EnsembleReader, findConnection: FindConnection) {
    this.#reader = reader
    this.#findConnection = findConnection
    this.#lists = new ChildrenLists(reader)
    this.#watches = new PathWatches(reader, WATCHES_PER_SOCKET_MAX)
  }

  get handlers(): Pick<Handlers, 'tree:list' | 'tree:forget' | 'node:get'> {
    return {
      'tree:list': async (client, { watch, ...wanted }) => {
        if (watch) await this.#watch(client, wanted.path)
        return this.#list(wanted)
      },
      'tree:forget': async (client, { path }) => {
        this.#watches.forget(client, path)
        return null
      },
      'node:get': (_client, { path }) => this.#node(path),
    }
  }

  forgetAll(client: PageClient): void {
    this.#watches.forgetAll(client)
  }

  #watch(client: PageClient, path: string): Promise<void> {
    return this.#watches.watch(client, path, (change) => {
      // After a gap nobody knows what changed; children is what makes a page ask again.
      client.emit('tree:changed', { path, event: change === 'gap' ? 'children' : change })
    })
  }

  async #list({ path, from, places, ...wanted }: Wanted): Promise<NodeListing> {
    const { stat, names, behind } = await this.#lists.of(path)
    const at = from === undefined ? undefined : names.from(from)
    const offset = at === undefined ? wanted.offset : pageAt(Math.min(at, names.count - 1))
    const page = names.slice(offset, offset + CHILDREN_PAGE)
    const rows = await Promise.all(page.map((name) => this.#row(path, name)))
    return {
      path,
      stat: statJson(stat),
      // A child may have gone since its name was listed; its going is told by the watch.
      children: rows.filter((row) => row !== null),
      offset,
      total: names.count,
      ...(behind ? { behind } : {}),
      ...(at === undefined ? {} : { at }),
      ...(places === undefined ? {} : { places: places.map((name) => names.positionOf(name)) }),
    }
  }

  async #row(parent: string, name: string): Promise<NodeRow | null> {
    const path = joinPath(parent, name)
    const stat = await this.#reader.stat(path)
    return stat && { name, path, stat: statJson(stat) }
  }

  async #node(path: string): Promise<NodeDetail> {
    const [{ data, stat }, acl] = await Promise.all([
      this.#reader.data(path),
      this.#reader.acl(path).catch((error: unknown) => {
        // Who may read the data need not be allowed to read the ACL.
        if (error instanceof RequestError && error.code === 'NOAUTH') return []
        throw error
      }),
    ])
    return {
      path,
      stat: statJson(stat),
      dataBase64: data && Buffer.from(data.subarray(0, DATA_PREVIEW_MAX)).toString('base64'),
      truncated: data !== null && data.length > DATA_PREVIEW_MAX,
      acl: acl.map(aclToJson),
      owner: this.#owner(stat),
    }
  }

  #owner(stat: Stat): NodeDetail['owner'] {
    if (stat.ephemeralOwner === NO_SESSION) return null
    const session = formatSessionId(stat.ephemeralOwner)
    const connection = this.#findConnection(session)
    return { session, address: connection?.address ?? null, sid: connection?.sid ?? null }
  }
}

/** Where the page that holds this position begins. */
function pageAt(position: number): number {
  return Math.max(0, position - (position % CHILDREN_PAGE))
}

export function statJson(stat: Stat): StatJson {
  const { ctime, mtime, version, cversion, aversion, dataLength, numChildren } = stat
  return {
    czxid: formatZxid(stat.czxid),
    mzxid: formatZxid(stat.mzxid),
    pzxid: formatZxid(stat.pzxid),
    ctime,
    mtime,
    version,
    cversion,
    aversion,
    ephemeralOwner: formatSessionId(stat.ephemeralOwner),
    dataLength,
    numChildren,
  }
}
