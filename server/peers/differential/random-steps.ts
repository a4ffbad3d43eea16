// A seeded client of few names and many kinds of requests, on three connections: what one does, the others see.

import { createPrng, nextInt, type Prng, pick } from '#shared/base/prng.ts'
import { anyRead, anyWrite, type Choose, chooseBy } from '#shared/tree/programs.ts'
import type { ClientRequest } from '#shared/zk/request.ts'
import type { Zxid } from '#shared/zk/zxid.ts'
import { type Hello, PLAIN_HELLO, type Place, type Step } from './step.ts'

const PLACES: readonly Place[] = [0, 1, 2]
/** Here all watches are persistent, elsewhere none: 3.8 loses the one kind when both meet on a path (ZOOKEEPER-4466). */
const PERSISTENT_PLACE: Place = 2
const USERS = ['alice:secret', 'bob:secret', 'super:secret']

export class RandomSteps {
  readonly #prng: Prng
  readonly #choose: Choose
  #sessions = 0

  constructor(seed: number) {
    this.#prng = createPrng(seed)
    this.#choose = chooseBy(this.#prng)
  }

  /** The connections, opened. */
  first(): Step[] {
    return PLACES.map((at) => this.#open(at, PLAIN_HELLO))
  }

  /** `lastZxid`: the newest that any connection has seen; `sessions`: how many were opened. */
  next(lastZxid: Zxid, sessions: number): Step {
    this.#sessions = sessions
    const at = pick(this.#prng, PLACES)
    const dice = nextInt(this.#prng, 100)
    if (dice < 3) return this.#reopen(at)
    if (dice < 5) return { type: 'auth', at, scheme: 'digest', auth: pick(this.#prng, USERS) }
    if (dice < 6) return { type: 'ask', at, request: { type: 'whoAmI' } }
    if (dice < 7)
      return { type: 'ask', at, request: { type: 'sync', path: pick(this.#prng, ['/', '/a', '', '/nowhere']) } }
    if (dice < 55) {
      const options = { allFlags: false, racy: true, quotaTexts: false }
      return { type: 'ask', at, request: anyWrite(this.#choose, options) }
    }
    return { type: 'ask', at, request: this.#read(at, lastZxid) }
  }

  #read(at: Place, lastZxid: Zxid): ClientRequest {
    const request = anyRead(this.#choose, lastZxid)
    if (at === PERSISTENT_PLACE) return asPersistent(request)
    if (request.type === 'addWatch') return { type: 'getChildren', path: request.path, watch: true }
    if (request.type === 'setWatches2') return { ...request, persistent: [], persistentRecursive: [] }
    return request
  }

  #reopen(at: Place): Step {
    const resume = this.#sessions > 0 && nextInt(this.#prng, 2) === 0 ? nextInt(this.#prng, this.#sessions) : null
    const readOnly = pick(this.#prng, [false, false, true, null])
    const timeoutMs = pick(this.#prng, [30_000, 0, -1, 4_000_000, 12_345])
    const zxidAhead = pick(this.#prng, [null, 0, 0, -3])
    return this.#open(at, { resume, readOnly, timeoutMs, zxidAhead, passwd: 'right' })
  }

  #open(at: Place, hello: Hello): Step {
    return { type: 'open', at, hello }
  }
}

/** One mode a path, and no standard watch. */
function asPersistent(request: ClientRequest): ClientRequest {
  switch (request.type) {
    case 'exists':
    case 'getData':
    case 'getChildren':
    case 'getChildren2':
      return { ...request, watch: false }
    case 'addWatch':
      return request.mode > 1 ? request : { ...request, mode: request.path.length % 2 }
    case 'removeWatches':
      return { ...request, watcherType: 3 }
    case 'setWatches':
    case 'setWatches2': {
      const paths = [...request.persistent, ...request.persistentRecursive]
      const lists = { data: [], exist: [], child: [] }
      const ofMode = (mode: number) => paths.filter((path) => path.length % 2 === mode)
      return { ...request, type: 'setWatches2', ...lists, persistent: ofMode(0), persistentRecursive: ofMode(1) }
    }
    default:
      return request
  }
}
