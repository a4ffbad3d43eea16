// The state machine against the reference: random requests go to an Apache server, pipelined by several clients
// at once; then our leader prepares what its log holds, and must come to the same txns and the same digests. Left
// out is what Apache gets wrong: requests behind a setACL in flight are checked against the list from before it, and
// data of the root in flight together with a create below it makes digests that no tree has.

import fs from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { afterAll, describe, expect, test } from 'vitest'
import { createPrng } from '#shared/base/prng.ts'
import { readEntry } from '#shared/jute/records/txn.ts'
import { applyEntry } from '#shared/tree/apply.ts'
import { CONFIG_PATH, createTree } from '#shared/tree/create-tree.ts'
import { DEFAULT_TREE_OPTIONS } from '#shared/tree/options.ts'
import { createPending, retirePending } from '#shared/tree/pending.ts'
import { prepareRequest, proposalDigest } from '#shared/tree/prepare.ts'
import { anyWrite, chooseBy, PEOPLE, quotaRequests } from '#shared/tree/programs.ts'
import { readRequest } from '#shared/tree/read.ts'
import type { AuthId } from '#shared/zk/acl.ts'
import { NO_SESSION } from '#shared/zk/ids.ts'
import { joinPath } from '#shared/zk/path.ts'
import type { WriteRequest } from '#shared/zk/request.ts'
import type { Entry, SubTxn, Txn } from '#shared/zk/txn.ts'
import { type Apache, apacheMissing, startApache } from './testing/apache.ts'
import { type Answer, RawClient } from './testing/raw-client.ts'
import { filesOf, temporaryDir } from './testing/rig.ts'
import { scanLog } from './txn-log-reader.ts'

const missing = apacheMissing()
if (missing) console.log(`skipped: ${missing}`)

const PROPERTIES = {
  'zookeeper.extendedTypesEnabled': 'true',
  'zookeeper.enforceQuota': 'true',
  'zookeeper.DigestAuthenticationProvider.superDigest': PEOPLE.root[2]?.id ?? '',
}
const OPTIONS = { ...DEFAULT_TREE_OPTIONS, extendedTypesEnabled: true, enforceQuota: true }
const SEED = Number(process.env.SEED ?? Date.now() % 2 ** 31)
const BURSTS = 100
const BURST_REQUESTS_MAX = 30
const DIFFERENCES_SHOWN = 12
/** What the requests have to lead to for this to mean anything. */
const REACHED = [
  ...['create', 'create2', 'createContainer', 'createTTL', 'delete', 'setData', 'multi', 'closeSession'],
  ...['error -8', 'error -101', 'error -102', 'error -103', 'error -110', 'error -111', 'error -114'],
]

const made: string[] = []
const running: Apache[] = []
afterAll(async () => {
  for (const apache of running) await apache.kill()
  for (const dir of made) fs.rmSync(dir, { recursive: true })
})

interface Asked {
  readonly request: WriteRequest
  readonly auth: readonly AuthId[]
  answer: Answer | null
}

/** What was asked, by session and xid. */
type Asking = Map<string, Asked>

/** By path, what getData and getACL showed the superuser in the end. */
type Shown = ReadonlyMap<string, readonly [Answer, Answer]>
const SUPER: readonly AuthId[] = PEOPLE.root

class Person {
  readonly auth: readonly AuthId[]
  readonly #users: readonly string[]
  readonly #port: number
  #client: RawClient | null = null

  constructor(port: number, auth: readonly AuthId[]) {
    this.auth = auth
    this.#port = port
    this.#users = auth.filter(({ scheme }) => scheme === 'digest').map(({ id }) => id.replace(/:.*/, ''))
  }

  async #connected(): Promise<RawClient> {
    if (this.#client) return this.#client
    const client = await RawClient.connect(this.#port, this.auth[0]?.id)
    for (const user of this.#users) expect(await client.authenticate(user)).toBe(0)
    this.#client = client
    return client
  }

  async ask(requests: readonly WriteRequest[], asking: Asking): Promise<void> {
    const client = await this.#connected()
    await Promise.all(
      requests.map(async (request) => {
        const asked: Asked = { request, auth: this.auth, answer: null }
        asking.set(`${client.sessionId} ${client.lastXid + 1}`, asked)
        asked.answer = await client.ask(request)
      }),
    )
  }

  async leave(): Promise<void> {
    await this.#client?.ask({ type: 'closeSession' })
    this.#client = null
  }
}

async function logOf(dir: string): Promise<Entry[]> {
  const entries: Entry[] = []
  for (const name of filesOf(dir).filter((file) => file.startsWith('log.')))
    await scanLog(`${dir}/version-2/${name}`, (_zxid, txn) => entries.push(readEntry(Uint8Array.from(txn))) > 0)
  return entries
}

/** In a multi, 3.8.0 logs and answers a create2 as a create; the paths of a closeSession have no order. */
function likeApache(txn: Txn): Txn {
  if (txn.type === 'closeSession') return { ...txn, paths: txn.paths?.toSorted() ?? null }
  if (txn.type !== 'multi') return txn
  const plain = (member: SubTxn): SubTxn => (member.type === 'create2' ? { ...member, type: 'create' } : member)
  return { type: 'multi', txns: txn.txns.map(plain) }
}

async function start(): Promise<{ apache: Apache; dir: string }> {
  const dir = temporaryDir()
  made.push(dir)
  const apache = await startApache(dir, PROPERTIES)
  running.push(apache)
  return { apache, dir }
}

/** Prepares and applies what Apache logged, and compares at every step. Returns how often each kind of txn came. */
function expectSame(log: readonly Entry[], asking: Asking, shown: Shown): Map<string, number> {
  const differences: string[] = []
  const compare = (what: string, ours: unknown, theirs: unknown) => {
    if (!isDeepStrictEqual(ours, theirs)) differences.push(`${what}\n  ours   ${show(ours)}\n  theirs ${show(theirs)}`)
  }
  const tree = createTree()
  const pending = createPending()
  const seen = new Map<string, number>()
  for (const entry of log) {
    const { zxid, timeMs, sessionId, cxid, txn } = entry
    const asked = asking.get(`${sessionId} ${cxid}`)
    const internal: WriteRequest | null =
      txn.type === 'createSession' || txn.type === 'closeSession' ? { ...txn } : null
    const request = asked?.request ?? internal
    if (!request) throw new Error(`nobody asked for ${show(txn)}`)
    const what = `${zxid}: ${show(request)}`
    const ours = prepareRequest(tree, pending, request, { zxid, timeMs, sessionId, auth: asked?.auth ?? [] }, OPTIONS)
    compare(what, likeApache(ours), likeApache(txn))
    compare(`${what} projected`, proposalDigest(pending, ours, OPTIONS), entry.digest)
    const applied = applyEntry(tree, entry, OPTIONS)
    compare(`${what} applied`, applied.mismatch, null)
    retirePending(pending, entry)
    if (asked?.answer) {
      const { err, body } = asked.answer
      compare(`${what} answered`, { err: applied.err, body: applied.body }, { err, body })
    }
    const key = txn.type === 'error' ? `error ${txn.err}` : txn.type
    seen.set(key, (seen.get(key) ?? 0) + 1)
  }
  for (const [path, [data, acl]] of shown) {
    if (path === CONFIG_PATH) continue
    compare(path, readRequest(tree, { type: 'getData', path, watch: false }, SUPER, NO_SESSION).body, data.body)
    compare(path, readRequest(tree, { type: 'getACL', path }, SUPER, NO_SESSION).body, acl.body)
  }
  expect(shown.size).toBe(tree.nodes.size)
  expect(`${differences.length} differences\n${differences.slice(0, DIFFERENCES_SHOWN).join('\n')}`).toBe(
    '0 differences\n',
  )
  return seen
}

function show(value: unknown): string {
  return JSON.stringify(value, (_key, one) => (typeof one === 'bigint' ? `0x${one.toString(16)}` : one))
}

describe.skipIf(missing !== null)('an Apache leader and ours', () => {
  test.each([
    ['pipelined by four clients', false],
    ['one by one, under hard quotas', true],
  ])('[T-1, T-10] %s: the same txns, answers and digests', async (_name, oneByOne) => {
    console.log(`seed ${SEED}: SEED=${SEED} npm run integration -- apache-log`)
    const { apache, dir } = await start()
    const people = Object.values(PEOPLE).map((auth) => new Person(apache.port, auth))
    const [root] = people.slice(-1)
    const asking: Asking = new Map()
    if (oneByOne) for (const request of quotaRequests(3, 45)) await root?.ask([request], asking)
    const prng = createPrng(SEED)
    const choose = chooseBy(prng)
    for (let turn = 0; turn < BURSTS; turn += 1) {
      const requests = Array.from(
        { length: 1 + choose(BURST_REQUESTS_MAX) },
        () =>
          [choose(people.length), anyWrite(choose, { allFlags: false, racy: oneByOne, quotaTexts: false })] as const,
      )
      if (oneByOne) for (const [who, request] of requests) await people[who]?.ask([request], asking)
      else
        await Promise.all(
          people.map((person, who) =>
            person.ask(
              requests.filter(([by]) => by === who).map(([, one]) => one),
              asking,
            ),
          ),
        )
      if (turn % 4 === 3) await people[turn % people.length]?.leave()
    }
    const shown = new Map<string, readonly [Answer, Answer]>()
    const reader = await RawClient.connect(apache.port)
    await reader.authenticate('super')
    const paths = ['/']
    for (let path = paths.pop(); path !== undefined; path = paths.pop()) {
      const [data, acl, children] = await Promise.all([
        reader.ask({ type: 'getData', path, watch: false }),
        reader.ask({ type: 'getACL', path }),
        reader.ask({ type: 'getChildren', path, watch: false }),
      ])
      shown.set(path, [data, acl])
      if (children.body.type === 'children') for (const name of children.body.children) paths.push(joinPath(path, name))
    }
    await apache.kill()
    const seen = expectSame(await logOf(dir), asking, shown)
    for (const type of REACHED) expect(seen.get(type), type).toBeGreaterThan(0)
  })
})
