// A program written with somebody else's client, run against an ensemble. It prints `RESULT name ok` or
// `RESULT name FAILED why`; when it prints `KILL` the leader is killed, the program told, and the leader restarted.

import type { Child } from '../harness/child.ts'
import type { Ensemble } from '../harness/ensemble.ts'
import { delay } from '../harness/wait-for.ts'

const POLL_MS = 20
const DOWN_MS = 1500
const OUTPUT_SHOWN_CHARS = 3000

export interface Result {
  readonly name: string
  readonly outcome: 'passed' | 'failed' | 'not installed'
  /** Why it failed, what to install, or a figure worth knowing. */
  readonly note: string
}

/** Follows `child` to its end. A program that ends without saying DONE has failed. */
export async function followProgram(
  peer: string,
  child: Child,
  ensemble: Ensemble,
  timeoutMs: number,
): Promise<Result[]> {
  const deadline = performance.now() + timeoutMs
  let kills = 0
  const restarts: Promise<void>[] = []
  while (child.running && performance.now() < deadline) {
    if (countOf(child.output, /^KILL$/gm) > kills) {
      kills += 1
      await Promise.all(restarts.splice(0))
      restarts.push((await killLeader(ensemble)).restarted)
      child.write('killed\n')
    }
    await delay(POLL_MS)
  }
  const late = child.running
  if (late) await child.killNow()
  await Promise.all(restarts)
  const results = readResults(peer, child.output)
  if (!/^DONE$/m.test(child.output)) {
    const end = child.output.slice(-OUTPUT_SHOWN_CHARS)
    results.push({
      name: peer,
      outcome: 'failed',
      note: `${late ? `not done in ${timeoutMs} ms` : 'ended early'}:\n${end}`,
    })
  }
  return results
}

/** Kills the leader now; it comes back after a while, when the ensemble has gone on without it. */
async function killLeader(ensemble: Ensemble): Promise<{ readonly restarted: Promise<void> }> {
  await ensemble.whenServing()
  const leader = await ensemble.leader()
  await leader.kill()
  const restart = async () => {
    await delay(DOWN_MS)
    leader.start()
    await ensemble.whenServing()
  }
  return { restarted: restart() }
}

export function readResults(peer: string, output: string): Result[] {
  return [...output.matchAll(/^RESULT (\S+) (ok|FAILED)(?: (.*))?$/gm)].map(([, name = '', how, note = '']) => ({
    name: `${peer}: ${name.replaceAll('_', ' ')}`,
    outcome: how === 'ok' ? 'passed' : 'failed',
    note,
  }))
}

function countOf(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0
}
