// What many runs came to: a simulation that elected, cut and crashed nothing has proved nothing.

import type { RunFacts } from '#shared/sim/check/facts.ts'
import { createJudge, type RunJudge } from '#shared/sim/judge.ts'
import type { Outcome } from '#shared/sim/run.ts'
import type { World } from '#shared/sim/world/world.ts'

export interface Totals {
  runs: number
  steps: number
  operations: number
  readonly facts: Map<string, number>
}

const judges = new WeakMap<World, RunJudge>()

/** The judge for a run; its facts are found again by `addFacts`. */
export function judgeOf(world: World): RunJudge {
  const judge = createJudge(world)
  judges.set(world, judge)
  return judge
}

export function createTotals(): Totals {
  return { runs: 0, steps: 0, operations: 0, facts: new Map() }
}

export function addFacts(totals: Totals, { world }: Outcome): void {
  totals.runs += 1
  totals.steps += world.steps
  totals.operations += world.recorder.operations.length
  const facts: RunFacts | undefined = judges.get(world)?.facts
  for (const [name, count] of Object.entries(facts ?? {}))
    totals.facts.set(name, (totals.facts.get(name) ?? 0) + Number(count))
}

export function describeTotals({ runs, steps, operations, facts }: Totals, checked: boolean): string {
  const number = (n: number): string => n.toLocaleString('en')
  const lines = [
    `${number(runs)} runs, ${number(steps)} core steps, ${number(operations)} client requests: nothing wrong`,
    `  ${[...facts].map(([name, count]) => `${words(name)} ${number(count)}`).join(' · ')}`,
  ]
  return checked ? lines.join('\n') : `${lines[0]} (checkers were off)`
}

/** `crashesMidStep` → `crashes mid step`. */
function words(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
}
