// From the znodes around a path to the picture of one lock. What decides, in this order: a person, a well-known
// application's path, the shape of the directories, the names of the children, their flags and data.
// Source: locks-and-recipes.md §2.7. Watch tables come in later (wake/).

import { tryUtf8Decode } from '../../base/text.ts'
import { NO_SESSION } from '../../zk/ids.ts'
import { baseName, joinPath, parentPath } from '../../zk/path.ts'
import type { ContentionOptions, Family, Lint, LockChild, Recipe } from '../contract.ts'
import { findLints } from '../lints.ts'
import { contentionOf, type Line, readLines } from '../read-contention.ts'
import { standingsOf } from '../standing/blockers.ts'
import { type Application, applicationOf } from './applications.ts'
import { lifetimeCounters } from './counters.ts'
import {
  type Gathering,
  memberOf,
  readClaimedQueue,
  readCounter,
  readDiscovery,
  readDoubleBarrier,
  readGroup,
  readLease,
  readMembers,
} from './gatherings.ts'
import { type Override, overrideFor } from './overrides.ts'
import {
  type Fact,
  isHolder,
  type LockPicture,
  type Permits,
  type Site,
  type SiteNode,
  type Standing,
} from './picture.ts'
import { kazooPermits, readKazooSemaphore, readSemaphoreV2, type SemaphoreReading } from './semaphores.ts'
import { KAZOO_QUEUE } from './site-paths.ts'

/** What the znodes of a site are together. */
export function readSite(site: Site, overrides: readonly Override[] = []): LockPicture {
  const { path } = site
  const node = site.nodes.get(path) ?? null
  const override = overrideFor(path, overrides)
  const application = applicationOf(path, node && tryUtf8Decode(node.data ?? new Uint8Array()))
  const said = saidBy(override, application)
  const base = {
    path,
    application,
    counters: node && lifetimeCounters(node),
    incarnation: node?.czxid ?? null,
  }
  if (!node || override?.recipe === 'none') {
    const recipe = override?.recipe === 'none' ? 'unknown' : (said?.recipe ?? 'unknown')
    return {
      ...base,
      recipe,
      family: null,
      confidence: said ? 'certain' : 'guess',
      facts: factsOf(override, application),
      standings: [],
      permits: null,
      record: null,
      lints: [],
    }
  }
  const options = {
    creates: lifetimeCounters(node).creates,
    ...(override?.permits ? { permits: override.permits } : {}),
  }
  const reading = readShape(site, node, said?.recipe ?? null, options)
  const recipe = said?.recipe && said.recipe !== 'unknown' ? said.recipe : reading.recipe
  const facts = [...factsOf(override, application), ...reading.facts]
  const supported = facts.filter(({ type }) => type !== 'flags').length
  return {
    ...base,
    recipe,
    family: reading.family,
    confidence: said?.recipe
      ? 'certain'
      : reading.confidence === 'guess'
        ? 'guess'
        : supported >= 2
          ? 'certain'
          : 'likely',
    facts,
    standings: reading.standings,
    permits: reading.permits,
    record: reading.record,
    lints: reading.lints,
  }
}

interface Reading {
  readonly recipe: Recipe
  readonly family: Family | null
  readonly confidence: 'likely' | 'guess'
  readonly facts: readonly Fact[]
  readonly standings: readonly Standing[]
  readonly permits: Permits | null
  readonly record: Readonly<Record<string, string>> | null
  readonly lints: readonly Lint[]
}

function saidBy(override: Override | null, application: Application | null): { readonly recipe: Recipe | null } | null {
  if (override && override.recipe !== 'none') return { recipe: override.recipe }
  return application && { recipe: application.recipe }
}

function factsOf(override: Override | null, application: Application | null): Fact[] {
  const facts: Fact[] = override ? [{ type: 'person', detail: override.glob }] : []
  if (application) facts.push({ type: 'path', detail: `${application.system} ${application.pattern}` })
  return facts
}

function readShape(site: Site, node: SiteNode, said: Recipe | null, options: ContentionOptions): Reading {
  const { path } = site
  const near = (name: string) => site.nodes.get(joinPath(path, name)) ?? null
  const [locks, leases, entries, taken] = ['locks', 'leases', 'entries', 'taken'].map(near)
  if (leases && node.children.some((child) => child.name === 'locks'))
    return ofSemaphore(readSemaphoreV2(locks ?? null, leases, options), 'curator', 'locks, leases', options)
  if (entries) return ofGathering(readClaimedQueue(entries, taken ?? null))
  const queue = site.nodes.get(`${path}${KAZOO_QUEUE}`)
  if (queue && (kazooPermits(node) !== null || node.children.some((child) => isLease(child))))
    return ofSemaphore(readKazooSemaphore(node, queue, options), 'kazoo', `${baseName(path)}${KAZOO_QUEUE}`, options)
  if (near('party') && node.children.some((child) => child.name === 'locks'))
    return ofGathering({
      recipe: 'partitions',
      family: 'kazoo',
      standings: readMembers(near('party') ?? node, 'kazoo'),
      facts: [{ type: 'siblings', detail: 'locks, party' }],
    })
  // A barrier is closed while its znode is there; who waits is in watch tables only.
  if (said === 'barrier') return ofGathering({ recipe: 'barrier', family: 'unknown', standings: [], facts: [] })
  if (said === 'counter') return ofGathering(readCounter(node))
  if (said === 'single node' || node.ephemeralOwner !== NO_SESSION)
    return ofGathering(readSingleNode(node), said ? 'likely' : 'guess')
  if (said === 'group' || said === 'discovery')
    return ofGathering({
      recipe: said,
      family: 'unknown',
      standings: readMembers(node, 'unknown'),
      facts: [{ type: 'flags', detail: 'ephemeral' }],
    })
  const gathering =
    readLease(node) ?? readDoubleBarrier(node, said === 'double barrier') ?? readDiscovery(node) ?? readGroup(node)
  if (gathering) return ofGathering(gathering)
  return readLine(path, node, options)
}

function isLease(child: LockChild): boolean {
  return /^[0-9a-f]{32}$/.test(child.name) && child.ephemeralOwner !== NO_SESSION
}

function ofGathering(
  { recipe, family, standings, facts, record }: Gathering,
  confidence: 'likely' | 'guess' = 'likely',
): Reading {
  return { recipe, family, confidence, facts, standings, permits: null, record: record ?? null, lints: [] }
}

function ofSemaphore(
  { lines, standings, permits }: SemaphoreReading,
  family: Family,
  siblings: string,
  options: ContentionOptions,
): Reading {
  const facts: Fact[] = [{ type: 'siblings', detail: siblings }, ...namesFact(lines)]
  const libraries = lines.map((line) => line.sightings)
  // Queue and leases are two lines of one recipe by design.
  const lints = findLints(libraries, [], options).filter(
    ({ name }) => !['mixed libraries', 'duplicate owner', 'permits unknown'].includes(name),
  )
  return { recipe: 'semaphore', family, confidence: 'likely', facts, standings, permits, record: null, lints }
}

/** The node is the lock: whoever owns it holds; who waits is in watch tables only. */
function readSingleNode(node: SiteNode): Gathering {
  const { path, czxid, ctimeMs, ephemeralOwner, data } = node
  const child: LockChild = { name: baseName(path), czxid, ctimeMs, ephemeralOwner, data }
  const standings =
    ephemeralOwner === NO_SESSION ? [] : [memberOf(parentPath(path), child, 'lock', 'unknown', { state: 'granted' })]
  return {
    recipe: 'single node',
    family: 'unknown',
    standings,
    facts: [{ type: 'flags', detail: 'ephemeral, not sequential' }],
  }
}

function readLine(path: string, node: SiteNode, options: ContentionOptions): Reading {
  const children = new Map(node.children.map((child) => [child.name, child]))
  const read = readLines(node.children, options)
  const { lines } = read
  const { recipe, family, confidence, lints } = contentionOf(read, node.children, options)
  const seen = new Set<string>()
  const standings = lines
    .flatMap((line) => standingsOf(path, line, children))
    .filter((standing) => !seen.has(standing.path) && seen.add(standing.path))
  const acknowledged = acknowledge(standings, children.get('leader_ack') ?? null)
  const permits: Permits | null =
    recipe === 'lock' || recipe === 'election'
      ? { count: options.permits ?? 1, basis: options.permits === undefined ? 'exactly one' : 'person' }
      : recipe === 'semaphore' && options.permits !== undefined
        ? { count: options.permits, basis: 'person' }
        : null
  const numbers: Fact[] =
    confidence === 'guess' && standings.length > 0
      ? [{ type: 'numbers', detail: 'rise with the order of creation' }]
      : []
  const flags: Fact[] = standings.some(({ owner }) => owner !== NO_SESSION)
    ? [{ type: 'flags', detail: 'ephemeral, sequential' }]
    : []
  return {
    recipe,
    family,
    confidence,
    facts: [...namesFact(lines), ...numbers, ...flags],
    standings: acknowledged,
    permits,
    record: null,
    lints,
  }
}

/** Ruby's winner says so in `leader_ack`: before, the server has granted and the client may not know. */
function acknowledge(standings: readonly Standing[], ack: LockChild | null): readonly Standing[] {
  if (!ack) return standings
  return standings.map((standing) =>
    isHolder(standing) && standing.owner === ack.ephemeralOwner ? { ...standing, state: 'acknowledged' } : standing,
  )
}

function namesFact(lines: readonly Line[]): Fact[] {
  return lines.flatMap(({ sightings }) => {
    const [first] = sightings
    return first ? [{ type: 'names', detail: first.pattern }] : []
  })
}
