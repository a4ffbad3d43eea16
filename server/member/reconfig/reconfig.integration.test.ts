// An ensemble changes while it runs, asked by Apache's shell: servers join, leave, move and change their roles, and
// after a restart everybody still knows.

import fs from 'node:fs'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { apacheMissing, askWord, CfgEnsemble, PATIENT, type Place } from '../testing/cfg-ensemble.ts'

const missing = apacheMissing()
if (missing) console.log(`skipped, since Apache's shell asks for the changes: ${missing}`)

let ensemble: CfgEnsemble
const { line } = CfgEnsemble
afterEach(() => ensemble.end())

const RECONFIG = 'reconfigEnabled=true'

async function places(...sids: number[]): Promise<Place[]> {
  return Promise.all(sids.map((sid) => ensemble.place(sid)))
}

function ports(...of: (Place | undefined)[]): number[] {
  return of.flatMap((place) => (place ? [place.clientPort] : []))
}

async function start(of: readonly Place[], lines: readonly string[]): Promise<void> {
  for (const { sid } of of) ensemble.write(sid, lines)
  for (const { sid } of of) await ensemble.startOurs(sid)
}

/** The committed membership that a server tells, without the version. */
async function members(port: number): Promise<string[]> {
  const text = await askWord(port, 'conf')
  return [...text.matchAll(/^server\.\S+/gm)].map(([found]) => found).sort()
}

describe.skipIf(missing !== null)('reconfig', () => {
  test('[RECONF-3] servers join, leave, move and change roles; files and restarts agree', {
    timeout: 120_000,
  }, async () => {
    ensemble = new CfgEnsemble()
    const all = await places(1, 2, 3, 4)
    const [one, two, three, four] = all as [Place, Place, Place, Place]
    const first = [one, two, three].map((place) => line(place))
    const written = [RECONFIG, ...first]
    await start([one, two, three], written)
    await ensemble.serving(ports(one, two, three))

    // The server lines have moved out of the static file.
    const cfg = ensemble.configPath(1)
    await vi.waitFor(() => expect(fs.existsSync(`${cfg}.dynamic.100000000`)).toBe(true), PATIENT)
    await vi.waitFor(() =>
      expect(fs.readFileSync(cfg, 'utf8')).toContain(`dynamicConfigFile=${cfg}.dynamic.100000000\n`),
    )
    expect(fs.readFileSync(cfg, 'utf8')).not.toContain('server.')
    expect(fs.readFileSync(`${cfg}.bak`, 'utf8')).toContain(line(two))
    expect(fs.readFileSync(`${cfg}.dynamic.100000000`, 'utf8')).toBe(first.join('\n'))

    // A fourth joins, then the leader leaves, the second moves its client port and the fourth gives up its vote.
    ensemble.write(4, [...written, line(four)])
    await ensemble.startOurs(4)
    const joined = await ensemble.shell(one.clientPort, [`reconfig -add ${line(four)}`, 'create /a x', 'config'])
    expect(joined).toContain('Committed new configuration')
    expect(joined).toContain(line(four))
    const modes = await ensemble.serving(ports(...all))
    const leader = all[modes.indexOf('leader')] as Place
    const rest = all.filter((place) => place !== leader)
    const [moving, demoted] = rest as [Place, Place]
    const asked = rest.at(-1) as Place
    const removed = await ensemble.shell(asked.clientPort, [`reconfig -remove ${leader.sid}`])
    expect(removed).not.toContain(line(leader))
    await ensemble.serving(ports(...rest))
    await ensemble.stop(leader.sid)

    const moved = { ...moving, clientPort: (await ensemble.place(9)).clientPort }
    const changed = await ensemble.shell(asked.clientPort, [
      `reconfig -add ${line(moved)}`,
      `reconfig -add ${line(demoted, 'observer')}`,
      'get /a',
    ])
    expect(changed.match(/Committed new configuration/g)).toHaveLength(2)
    const now = rest.map((place) => (place === moving ? moved : place))
    await ensemble.modes(ports(...now), (found) => found.filter((mode) => mode === 'observer').length === 1)
    const told = now.map((place) => line(place, place === demoted ? 'observer' : 'participant')).sort()
    for (const place of now) expect(await members(place.clientPort)).toEqual(told)

    for (const { sid } of now) await ensemble.stop(sid)
    for (const { sid } of now) await ensemble.startOurs(sid)
    await ensemble.serving(ports(...now))
    for (const place of now) expect(await members(place.clientPort)).toEqual(told)
    expect(await ensemble.shell(moved.clientPort, ['get /a'])).toContain('\nx\n')
    expect(ensemble.fatal).toEqual([])
  })

  test('standaloneEnabled=false: one server grows to three, by servers with smaller ids', {
    timeout: 120_000,
  }, async () => {
    ensemble = new CfgEnsemble()
    const [one, two, three] = (await places(3, 2, 1)) as [Place, Place, Place]
    await start([one], [RECONFIG, 'standaloneEnabled=false', line(one)])
    await ensemble.serving(ports(one))
    for (const [place, known] of [
      [two, [one]],
      [three, [one, two]],
    ] as const) {
      ensemble.write(place.sid, [RECONFIG, 'standaloneEnabled=false', ...[...known, place].map((p) => line(p))])
      await ensemble.startOurs(place.sid)
      const text = await ensemble.shell(one.clientPort, [`reconfig -add ${line(place)}`])
      expect(text).toContain('Committed new configuration')
    }
    await ensemble.serving(ports(one, two, three))
    // A whole new list: the first is not in it, and whoever led goes on or hands over.
    const text = await ensemble.shell(two.clientPort, [`reconfig -members ${line(two)},${line(three)}`])
    expect(text).toContain('Committed new configuration')
    await ensemble.serving(ports(two, three))
    await ensemble.stop(one.sid)
    await ensemble.serving(ports(two, three))
    expect(await members(two.clientPort)).toEqual([line(three), line(two)].sort())
  })
})
