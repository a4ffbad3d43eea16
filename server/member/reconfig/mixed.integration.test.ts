// Ensembles of Apache's servers and ours that change while they run: proposed by a leader of either kind, with
// restarts after each change, and with observers of either kind.

import fs from 'node:fs'
import { afterEach, describe, expect, test } from 'vitest'
import { apacheMissing, askWord, CfgEnsemble, type Place } from '../testing/cfg-ensemble.ts'

const missing = apacheMissing()
if (missing) console.log(`skipped: ${missing}`)

let ensemble: CfgEnsemble
const { line } = CfgEnsemble
afterEach(() => ensemble.end())

type Kind = 'ours' | 'apache'

async function start(place: Place, kind: Kind): Promise<void> {
  if (kind === 'ours') await ensemble.startOurs(place.sid)
  else ensemble.startApache(place.sid)
}

async function membersAt(place: Place): Promise<string[]> {
  const text = await askWord(place.clientPort, 'conf')
  return [...text.matchAll(/^server\.\S+/gm)].map(([found]) => found).sort()
}

describe.skipIf(missing !== null)('a mixed ensemble', () => {
  // First Apache's server leads, then ours, of the same files: each reads what the other has written.
  const kinds: readonly Kind[] = ['ours', 'ours', 'apache', 'apache']

  test('reconfigures under a leader of either kind, and restarts', { timeout: 180_000 }, async () => {
    ensemble = new CfgEnsemble()
    const all = await Promise.all([1, 2, 3, 4].map((sid) => ensemble.place(sid)))
    const [one, two, three, four] = all as [Place, Place, Place, Place]
    const kindOf = (place: Place) => kinds[place.sid - 1] as Kind
    const written = ['reconfigEnabled=true', ...[one, two, three].map((place) => line(place))]
    for (const { sid } of [one, two, three]) ensemble.write(sid, written)
    // The third leads: it is there before the second could.
    await Promise.all([one, three].map((place) => start(place, kindOf(place))))
    await ensemble.serving([one.clientPort, three.clientPort])
    await start(two, kindOf(two))
    const trio = [one, two, three].map((place) => place.clientPort)
    expect(await ensemble.serving(trio)).toEqual(['follower', 'follower', 'leader'])

    ensemble.write(4, [...written, line(four, 'observer')])
    await start(four, kindOf(four))
    const text = await ensemble.shell(one.clientPort, [
      'create /a x',
      `reconfig -add ${line(four, 'observer')}`,
      'reconfig -remove 2',
    ])
    expect(text.match(/Committed new configuration/g)).toHaveLength(2)
    await ensemble.stop(2)
    const now = [one, three, four]
    const ports = now.map((place) => place.clientPort)
    expect(await ensemble.serving(ports)).toEqual(['follower', 'leader', 'observer'])
    const told = now.map((place) => line(place, place === four ? 'observer' : 'participant')).sort()
    for (const place of now) expect(await membersAt(place)).toEqual(told)
    for (const { sid } of now) {
      const cfg = fs.readFileSync(ensemble.configPath(sid), 'utf8')
      const dynamic = /^dynamicConfigFile=(.+)$/m.exec(cfg)?.[1] ?? ''
      expect(fs.readFileSync(dynamic, 'utf8')).toBe(told.join('\n'))
      expect(cfg).not.toContain('server.')
    }

    // Each of the other kind now, on the same files: what one has written the other reads.
    for (const { sid } of now) await ensemble.stop(sid)
    for (const place of now) await start(place, kindOf(place) === 'ours' ? 'apache' : 'ours')
    expect(await ensemble.serving(ports)).toEqual(['follower', 'leader', 'observer'])
    for (const place of now) expect(await membersAt(place)).toEqual(told)
    // Not asked of the one that changes its role: Apache may cut its clients off before it has answered them.
    const later = await ensemble.shell(one.clientPort, ['get /a', `reconfig -add ${line(four)}`])
    expect(later).toContain('\nx\n')
    expect(later).toContain('Committed new configuration')
    await ensemble.serving(ports)
    expect(await ensemble.shell(four.clientPort, ['config'])).toContain(line(four))
    expect(ensemble.fatal).toEqual([])
  })
})
