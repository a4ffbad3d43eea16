import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, expect, test } from 'vitest'
import { bundle } from '../../launch/bundle.mjs'
import { Ensemble } from '../harness/ensemble.ts'
import { cClient, zkCli } from './command-lines.ts'
import { kazooPeer } from './libraries.ts'
import type { Peer } from './peer.ts'

const memberEntry = fileURLToPath(new URL('../../../dist/peers/member.js', import.meta.url))
const programs = fileURLToPath(new URL('./programs', import.meta.url))
/** Those that meet the server's rules most; `npm run peers` has all of them. */
const RECIPES = ['basics', 'acls', 'transactions', 'watches', 'lock', 'counter', 'tree_cache', 'session_survives']

beforeAll(() => bundle('server/launch/member-main.ts', memberEntry))

async function failures(peer: Peer): Promise<string[]> {
  const ensemble = await Ensemble.start({ kinds: ['ours', 'ours', 'ours'], memberEntry })
  try {
    await ensemble.whenServing()
    const scratch = join(ensemble.directory, 'scratch')
    await mkdir(scratch)
    const results = await peer.run({ ensemble, programs, scratch, own: scratch })
    expect(results.length).toBeGreaterThan(0)
    return results.filter(({ outcome }) => outcome !== 'passed').map(({ name, note }) => `${name}: ${note}`)
  } finally {
    await ensemble.close()
  }
}

for (const peer of [zkCli, cClient, kazooPeer(RECIPES)]) {
  const missing = peer.missing()
  if (missing) console.log(`${peer.name} is not tested: ${missing}`)
  test.skipIf(missing)(`${peer.name} works, with the leader killed under it`, async () => {
    expect(await failures(peer)).toEqual([])
  })
}
