// Makes a failing run shorter: fewer faults, fewer clients, less work, an earlier end; whatever can go while the
// same rule is still broken goes. Greedy, and bounded in runs.

import type { Outcome } from './run.ts'
import type { RunSpec } from './run-spec.ts'

export interface Shrunk {
  readonly spec: RunSpec
  readonly outcome: Outcome
  /** How many runs it took. */
  readonly runs: number
}

const RUNS_MAX = 400

/** `fails` runs a spec and gives its outcome; `spec` is known to break `first.verdict`'s rule. */
export function shrink(spec: RunSpec, first: Outcome, fails: (spec: RunSpec) => Outcome): Shrunk {
  let best: Shrunk = { spec, outcome: first, runs: 0 }
  let runs = 0
  const rule = first.verdict?.id
  const attempt = (smaller: RunSpec): boolean => {
    if (runs >= RUNS_MAX) return false
    runs += 1
    const outcome = fails(smaller)
    if (outcome.verdict?.id !== rule) return false
    best = { spec: smaller, outcome, runs }
    return true
  }
  for (let before = -1; before !== sizeOf(best.spec) && runs < RUNS_MAX; ) {
    before = sizeOf(best.spec)
    endEarlier(best, attempt)
    dropFaults(() => best.spec, attempt)
    dropClients(() => best.spec, attempt)
    calmWorld(() => best.spec, attempt)
  }
  return { ...best, runs }
}

function sizeOf(spec: RunSpec): number {
  const operations = spec.clients.reduce((sum, client) => sum + client.operationsMax, 0)
  return spec.faults.length * 1000 + spec.clients.length * 100 + operations + spec.options.observers
}

type Attempt = (spec: RunSpec) => boolean

/** Nothing after the failure matters. */
function endEarlier(best: Shrunk, attempt: Attempt): void {
  const atUs = best.outcome.verdict?.atUs ?? best.spec.faultsEndUs
  const faults = best.spec.faults.filter((fault) => fault.atUs <= atUs)
  if (faults.length < best.spec.faults.length) attempt({ ...best.spec, faults })
}

/** Halves first, then ever smaller pieces. */
function dropFaults(spec: () => RunSpec, attempt: Attempt): void {
  for (let size = Math.ceil(spec().faults.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < spec().faults.length; ) {
      const faults = [...spec().faults.slice(0, from), ...spec().faults.slice(from + size)]
      if (!attempt({ ...spec(), faults })) from += size
    }
    if (size === 1) return
  }
}

function dropClients(spec: () => RunSpec, attempt: Attempt): void {
  for (let n = spec().clients.length - 1; n >= 0 && spec().clients.length > 1; n -= 1)
    attempt({ ...spec(), clients: spec().clients.filter((_, i) => i !== n) })
  for (let n = 0; n < spec().clients.length; n += 1)
    for (const factor of [0.1, 0.5]) {
      const clients = spec().clients.map((client, i) =>
        i === n ? { ...client, operationsMax: Math.ceil(client.operationsMax * factor) } : client,
      )
      if (attempt({ ...spec(), clients })) break
    }
}

/** No observers, and a network and disks without whims. */
function calmWorld(spec: () => RunSpec, attempt: Attempt): void {
  const { options } = spec()
  if (options.observers > 0)
    attempt({
      ...spec(),
      options: { ...options, observers: 0 },
      core: spec().core.filter((sid) => sid <= options.voters),
    })
  if (options.delayMaxUs > options.delayMinUs)
    attempt({ ...spec(), options: { ...spec().options, delayMaxUs: options.delayMinUs } })
  if (options.flushMaxUs > options.flushMinUs)
    attempt({ ...spec(), options: { ...spec().options, flushMaxUs: options.flushMinUs } })
}
