// After a run: is every promise kept on every server, and are the trees one tree?

import type { Ensemble } from '../harness/ensemble.ts'
import { waitFor } from '../harness/wait-for.ts'
import { compareTrees, readTree, type Tree } from './tree.ts'
import type { Writer } from './writer.ts'

const EPHEMERALS_GONE_TIMEOUT_MS = 30_000
const FINDINGS_MAX = 20

export interface Verdict {
  readonly nodes: number
  readonly acknowledged: number
  /** Sentences; empty when all is well. */
  readonly wrong: readonly string[]
}

/** Reads every server and compares. All members must run, and nobody may write. */
export async function verify(ensemble: Ensemble, writers: readonly Writer[]): Promise<Verdict> {
  await ensemble.whenServing()
  const wrong = writers.flatMap((writer) => (writer.wrong === null ? [] : [writer.wrong]))
  const trees = await settledTrees(ensemble)
  const [first] = trees
  if (first === undefined) throw new Error('an ensemble without members')
  wrong.push(...findDifferences(trees))
  for (const { name, tree } of trees) for (const writer of writers) wrong.push(...brokenPromises(name, tree, writer))
  wrong.push(...(await digestMismatches(ensemble)))
  const acknowledged = writers.reduce((sum, writer) => sum + writer.acknowledged, 0)
  return { nodes: first.tree.size, acknowledged, wrong: wrong.slice(0, FINDINGS_MAX) }
}

interface Named {
  readonly name: string
  readonly tree: Tree
}

/** Of all from the first. */
function findDifferences([first, ...others]: readonly Named[]): string[] {
  if (first === undefined) return []
  return others.flatMap((other) => compareTrees(first.name, first.tree, other.name, other.tree))
}

/** Read until they are equal: sessions of clients that went away may still end. What differs for good is reported. */
async function settledTrees(ensemble: Ensemble): Promise<Named[]> {
  let last: Named[] = []
  await waitFor('the trees to settle', EPHEMERALS_GONE_TIMEOUT_MS, async () => {
    last = []
    for (const member of ensemble.members)
      last.push({ name: member.name, tree: await readTree(member.plan.clientPort) })
    return findDifferences(last).length === 0
  }).catch((error: unknown) => {
    if (last.length < ensemble.members.length) throw error
    // They stay different: the comparison says how.
  })
  return last
}

/** What this server should have and has not, or the reverse. */
export function brokenPromises(name: string, tree: Tree, writer: Writer): string[] {
  const wrong: string[] = []
  for (const [path, fate] of writer.fates) {
    if (fate === 'created' && !tree.has(path)) wrong.push(`${name} has lost ${path}, whose create was acknowledged`)
    if (fate === 'deleted' && tree.has(path)) wrong.push(`${name} still has ${path}, whose delete was acknowledged`)
  }
  const { acked, sent } = writer.register
  const text = tree.get(`${writer.directory}/register`)?.split(' | ')[0]
  const value = text === undefined || text === '' ? -1 : Number(text)
  if (value < acked || value > sent)
    wrong.push(`${name} has ${writer.directory}/register=${value}; ${acked} was acknowledged and ${sent} the last sent`)
  return wrong
}

/** Apache compares its tree with the digest in each txn of the leader, and counts what differs. */
async function digestMismatches(ensemble: Ensemble): Promise<string[]> {
  const wrong: string[] = []
  for (const member of ensemble.members) {
    if (member.kind !== 'apache') continue
    const count = /^zk_digest_mismatches_count\s+(\d+)/m.exec(await member.ask('mntr'))?.[1]
    if (count === undefined) wrong.push(`${member.name} does not tell its digest mismatches`)
    else if (count !== '0') wrong.push(`${member.name} counts ${count} txns whose digest is not its tree's`)
  }
  return wrong
}
