// One run of the suite: an ensemble of one kind, two clients, every scenario again and again, and all the while the
// server that a client is connected to is killed and started anew.

import { createPrng, nextInt, nextUint32, type Prng } from '#shared/base/prng.ts'
import { ConnectionLossError } from '../../client/errors.ts'
import { ZooKeeper } from '../../client/zookeeper.ts'
import { Ensemble } from '../harness/ensemble.ts'
import type { MemberKind } from '../harness/member-process.ts'
import { delay } from '../harness/wait-for.ts'
import { OPERATIONS } from './operations.ts'
import { Interrupted, type Scenario, Wrong } from './scenario.ts'
import { startThroughout } from './throughout.ts'
import { WATCHES } from './watches.ts'

export interface ConformanceOptions {
  readonly kind: MemberKind
  readonly memberEntry: string
  /** Ends when both are reached, and every scenario has come to its end. */
  readonly seconds: number
  readonly kills: number
  readonly seed: number
  readonly say: (line: string) => void
}

export interface ConformanceReport {
  /** Scenarios by name, and how often each came to its end. */
  readonly passed: ReadonlyMap<string, number>
  /** Begun again, because the connection broke where nothing can be said of what follows. */
  readonly interrupted: number
  readonly kills: number
  /** Acknowledged, of the writer that wrote all the time. */
  readonly writes: number
  readonly wrong: readonly string[]
}

const SCENARIOS: Readonly<Record<string, Scenario>> = { ...OPERATIONS, ...WATCHES }
/** On one connection, so that requests of several are in flight at a kill. */
const LANES = 3
const SESSION_TIMEOUT_MS = 10_000
const CONNECT_TIMEOUT_MS = 60_000
/** Between a whole ensemble and the next kill, at most. */
const PAUSE_MS_MAX = 700
/** Tries of one scenario; a run in which it never gets through is wrong. */
const TRIES_MAX = 200
const ROOT = '/conformance'

export async function runConformance(options: ConformanceOptions): Promise<ConformanceReport> {
  const { kind, memberEntry, seed, say } = options
  const ensemble = await Ensemble.start({
    kinds: [kind, kind, kind],
    memberEntry,
    config: { tickTime: 250, maxSessionTimeout: 60_000, extendedTypesEnabled: 'true' },
  })
  const clients: ZooKeeper[] = []
  const connect = async () => {
    const limits = { sessionTimeoutMs: SESSION_TIMEOUT_MS, connectTimeoutMs: CONNECT_TIMEOUT_MS }
    const zk = await ZooKeeper.connect({ servers: ensemble.connectString, ...limits })
    clients.push(zk)
    return zk
  }
  try {
    await ensemble.whenServing()
    const [zk, other] = [await connect(), await connect()]
    await zk.create(ROOT)
    const run = new Run(options, ensemble, zk, other)
    const throughout = await startThroughout(zk, other)
    await run.untilDone()
    const wrong = [...run.wrong, ...(await throughout.stop())]
    const { passed, interrupted, kills } = run
    if (wrong.length > 0) say(`  seed ${seed}`)
    return { passed, interrupted, kills, writes: throughout.writes(), wrong }
  } finally {
    await Promise.all(clients.map((zk) => zk.close()))
    await ensemble.close()
  }
}

class Run {
  readonly passed = new Map<string, number>(Object.keys(SCENARIOS).map((name) => [name, 0]))
  readonly wrong: string[] = []
  interrupted = 0
  kills = 0
  readonly #options: ConformanceOptions
  readonly #ensemble: Ensemble
  readonly #clients: readonly [ZooKeeper, ZooKeeper]
  readonly #prng: Prng
  readonly #endAt: number
  #queue: string[] = []
  #directories = 0
  #over = false

  constructor(options: ConformanceOptions, ensemble: Ensemble, zk: ZooKeeper, other: ZooKeeper) {
    this.#options = options
    this.#ensemble = ensemble
    this.#clients = [zk, other]
    this.#prng = createPrng(options.seed)
    this.#endAt = performance.now() + options.seconds * 1000
  }

  async untilDone(): Promise<void> {
    const killing = this.#killServers()
    const lanes = Array.from({ length: LANES }, () => this.#lane())
    try {
      await Promise.race([Promise.all(lanes), killing.then(() => Promise.all(lanes))])
    } finally {
      this.#over = true
      await killing
    }
  }

  #isDone(): boolean {
    if (this.#over || this.wrong.length > 0) return true
    const all = [...this.passed.values()].every((times) => times > 0)
    return all && this.kills >= this.#options.kills && performance.now() >= this.#endAt
  }

  async #lane(): Promise<void> {
    while (!this.#isDone()) {
      const name = this.#next()
      const scenario = SCENARIOS[name]
      if (scenario) await this.#untilPassed(name, scenario)
    }
  }

  /** All of them, in an order of their own each time. */
  #next(): string {
    if (this.#queue.length === 0) this.#queue = shuffled(Object.keys(SCENARIOS), this.#prng)
    return this.#queue.pop() ?? ''
  }

  async #untilPassed(name: string, scenario: Scenario): Promise<void> {
    const [zk, other] = this.#clients
    const { connectString: servers } = this.#ensemble
    for (let tries = 1; tries <= TRIES_MAX; tries += 1) {
      this.#directories += 1
      const dir = `${ROOT}/${this.#directories}`
      try {
        await zk.create(dir)
        await other.sync(dir)
        await scenario({ zk, other, dir, servers })
        this.passed.set(name, (this.passed.get(name) ?? 0) + 1)
        return
      } catch (error) {
        if (!(error instanceof ConnectionLossError || error instanceof Interrupted)) {
          this.wrong.push(`${name}: ${error instanceof Wrong ? error.message : String(error)}`)
          return
        }
        this.interrupted += 1
      }
    }
    this.wrong.push(`${name}: ${TRIES_MAX} times the connection broke before its end`)
  }

  /** One server at a time: the others are a quorum, so that the clients always have somewhere to go. */
  async #killServers(): Promise<void> {
    while (!this.#isDone()) {
      await delay(nextInt(this.#prng, PAUSE_MS_MAX))
      const client = this.#clients[nextUint32(this.#prng) % 2]
      const member = this.#ensemble.members.find(({ address }) => address === client?.server)
      if (!member) continue
      this.#options.say(`  kills ${member.name}`)
      await member.kill()
      this.kills += 1
      await delay(nextInt(this.#prng, PAUSE_MS_MAX))
      member.start()
      await this.#ensemble.whenServing()
    }
  }
}

function shuffled(names: readonly string[], prng: Prng): string[] {
  const left = [...names]
  const result: string[] = []
  while (left.length > 0) result.push(...left.splice(nextInt(prng, left.length), 1))
  return result
}
