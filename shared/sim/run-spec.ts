// A run, written down: everything that decides what happens in it. As JSON it can be kept, sent and cut shorter.

import type { AuthId } from '../zk/acl.ts'
import type { Sid } from '../zk/ids.ts'
import type { Timed, WorldOptions } from './world/contract.ts'

export interface ClientPlan {
  readonly timeoutMs: number
  readonly pipeline: number
  readonly thinkMaxUs: number
  readonly operationsMax: number
  /** Of all requests, those that change something, 0 … 1. */
  readonly writes: number
  readonly registers: number
  /** Ends its session in good order now and then. */
  readonly closes: boolean
  readonly identities: readonly AuthId[]
  /** How often, 0 … 1, it goes to another server right after an answer. */
  readonly roams: number
  /** Has other clients' session ids and no passwords. */
  readonly isImpostor: boolean
  /** How often, 0 … 1, it reconfigures the ensemble. */
  readonly reconfigs: number
}

export interface RunSpec {
  readonly options: WorldOptions
  readonly clients: readonly ClientPlan[]
  /** Sorted by time. */
  readonly faults: readonly Timed[]
  /** Then the core is healed, and must work again. */
  readonly faultsEndUs: number
  /** Holds a quorum. Whoever is not in it stays dead or unreachable from then on. */
  readonly core: readonly Sid[]
}
