// The same steps to a fresh Apache server and a fresh one of ours, and where their answers part.

import { Ensemble } from '../harness/ensemble.ts'
import { directedSteps } from './directed-steps.ts'
import { isNoAuth, knownDifference, levelled, readableProbes, SEEN_UNREADABLE } from './known-differences.ts'
import { RandomSteps } from './random-steps.ts'
import { Side } from './side.ts'
import { describeStep, type Step } from './step.ts'

/** Later ones are mostly echoes of the first. */
const DIFFERENCES_MAX = 5

/** Containers and TTL znodes go when a server looks for them: in a run neither does. Apache takes it from its command line. */
const REAP_INTERVAL_MS = 2_000_000_000

const REAPING_PROPERTIES = { 'znode.container.checkIntervalMs': String(REAP_INTERVAL_MS) }

const CONFIG = {
  'znode.container.checkIntervalMs': REAP_INTERVAL_MS,
  tickTime: 1000,
  // Nothing expires during a run: when exactly it does is each server's own.
  minSessionTimeout: 600_000,
  maxSessionTimeout: 900_000,
  extendedTypesEnabled: 'true',
  enforceQuota: 'true',
  'DigestAuthenticationProvider.superDigest': 'super:lK75jTNcA+U9vtVEw5vB51mj/w4=',
}

export interface Comparison {
  readonly steps: number
  /** Steps that were left out, by reason. */
  readonly leftOut: ReadonlyMap<string, number>
  /** Each with the step and both answers; empty when the servers are alike. */
  readonly differences: readonly string[]
}

/** The directed steps, then `randomSteps` seeded ones on servers that start anew. Rejects when a server does not start. */
export async function compareServers(memberEntry: string, seed: number, randomSteps: number): Promise<Comparison> {
  const directed = await onFreshServers(memberEntry, async (run) => {
    for (const step of directedSteps()) if (!(await run(step))) return
  })
  if (directed.differences.length > 0 || randomSteps === 0) return directed
  const random = new RandomSteps(seed)
  const found = await onFreshServers(memberEntry, async (run, state) => {
    for (const step of random.first()) if (!(await run(step))) return
    for (let at = 0; at < randomSteps; at += 1)
      if (!(await run(random.next(state.lastZxid(), state.sessions())))) return
  })
  return { ...found, steps: directed.steps + found.steps }
}

type Run = (step: Step) => Promise<boolean>

interface State {
  lastZxid(): Side['lastZxid']
  sessions(): number
}

async function onFreshServers(
  memberEntry: string,
  work: (run: Run, state: State) => Promise<void>,
): Promise<Comparison> {
  const ensembles = await Promise.all(
    (['apache', 'ours'] as const).map((kind) =>
      Ensemble.start({ kinds: [kind], memberEntry, config: CONFIG, properties: REAPING_PROPERTIES }),
    ),
  )
  const differences: string[] = []
  const leftOut = new Map<string, number>()
  let steps = 0
  try {
    for (const ensemble of ensembles) await ensemble.whenServing()
    const [apache, ours] = ensembles.map(({ members }) => {
      const [member] = members
      return new Side(member?.kind ?? '', member?.plan.clientPort ?? 0)
    })
    if (!apache || !ours) throw new Error('two servers are compared')
    const run: Run = async (step) => {
      let unreadable = false
      for (const probe of readableProbes(step)) unreadable = isNoAuth(await put(probe)) || unreadable
      const reason = unreadable ? SEEN_UNREADABLE : knownDifference(step)
      if (reason === null) await put(step)
      else leftOut.set(reason, (leftOut.get(reason) ?? 0) + 1)
      return differences.length < DIFFERENCES_MAX
    }
    /** To both; what Apache says. */
    const put = async (step: Step): Promise<string> => {
      steps += 1
      const [theirs = '', mine = ''] = (await Promise.all([apache.run(step), ours.run(step)])).map(levelled)
      if (theirs !== mine)
        differences.push(`step ${steps}, ${describeStep(step)}\n    apache: ${theirs}\n    ours:   ${mine}`)
      return theirs
    }
    await work(run, { lastZxid: () => apache.lastZxid, sessions: () => apache.sessions })
    apache.close()
    ours.close()
  } finally {
    await Promise.all(ensembles.map((ensemble) => ensemble.close()))
  }
  return { steps, leftOut, differences }
}
