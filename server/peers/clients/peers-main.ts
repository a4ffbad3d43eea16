// `npm run peers`: the clients that people use, one after the other against three members of ours, with kills in
// between. Exit codes: 0 when none failed (what is not installed is said, and does not count), 1 otherwise.

import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readOptions, UsageError } from '../harness/arguments.ts'
import { Ensemble } from '../harness/ensemble.ts'
import { cClient, zkCli } from './command-lines.ts'
import { curator, kazooPeer, npmPeer } from './libraries.ts'
import { patroni } from './patroni.ts'
import type { Peer } from './peer.ts'
import type { Result } from './program.ts'
import { zkCliSasl, zkCliTls } from './secure-command-lines.ts'

const PEERS: Readonly<Record<string, Peer>> = {
  zkcli: zkCli,
  'zkcli-sasl': zkCliSasl,
  'zkcli-tls': zkCliTls,
  c: cClient,
  kazoo: kazooPeer(),
  curator,
  'node-zookeeper-client': npmPeer('node-zookeeper-client'),
  zookeeper: npmPeer('zookeeper'),
  patroni,
}
const NAME_COLUMNS = 46

/** `programs` is the folder with the clients' own programs. */
export async function peersMain(args: readonly string[], memberEntry: string, programs: string): Promise<number> {
  const options = readOptions(args, { only: 'all', servers: 'ours' })
  const names = options.only === 'all' ? Object.keys(PEERS) : options.only.split(',')
  for (const name of names)
    if (!Object.hasOwn(PEERS, name)) throw new UsageError(`--only takes some of ${Object.keys(PEERS).join(',')}`)
  const { servers } = options
  if (servers !== 'ours' && servers !== 'apache') throw new UsageError('--servers takes ours or apache')
  const results: Result[] = []
  for (const name of names) {
    const peer = PEERS[name]
    if (peer) results.push(...(await runPeer(peer, servers, memberEntry, programs)))
  }
  for (const line of describeResults(results)) console.log(line)
  return results.some(({ outcome }) => outcome === 'failed') ? 1 : 0
}

/** Each in an ensemble of its own: one that breaks something spoils nothing for the next. */
async function runPeer(
  peer: Peer,
  servers: 'ours' | 'apache',
  memberEntry: string,
  programs: string,
): Promise<readonly Result[]> {
  const missing = peer.missing()
  if (missing !== null) return [{ name: peer.name, outcome: 'not installed', note: missing }]
  console.log(`  … ${peer.name}`)
  if (peer.configure && servers === 'apache')
    return [{ name: peer.name, outcome: 'not installed', note: 'its configuration is for our members only' }]
  const own = await mkdtemp(join(tmpdir(), 'zabscope-peer-'))
  const config = peer.configure?.(own) ?? {}
  const ensemble = await Ensemble.start({ kinds: [servers, servers, servers], memberEntry, config })
  try {
    await ensemble.whenServing()
    const scratch = join(ensemble.directory, 'scratch')
    await mkdir(scratch)
    return await peer.run({ ensemble, programs, scratch, own })
  } catch (error) {
    return [{ name: peer.name, outcome: 'failed', note: error instanceof Error ? error.message : String(error) }]
  } finally {
    await ensemble.close()
    await rm(own, { recursive: true })
  }
}

export function describeResults(results: readonly Result[]): string[] {
  const lines = results.map(({ name, outcome, note }) =>
    `  ${name.padEnd(NAME_COLUMNS)} ${outcome.padEnd(14)} ${note}`.trimEnd(),
  )
  const count = (outcome: Result['outcome']) => results.filter((result) => result.outcome === outcome).length
  return [...lines, `  ${count('passed')} passed, ${count('failed')} failed, ${count('not installed')} not installed`]
}
