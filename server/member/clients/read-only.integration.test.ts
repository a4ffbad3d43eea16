// A member without its ensemble, and clients that are content with that: Apache's shell and kazoo. Then local sessions,
// with a leader of either kind.

import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, describe, expect, test } from 'vitest'
import { apacheMissing, askWord, CfgEnsemble, type Place } from '../testing/cfg-ensemble.ts'

const missing = apacheMissing()
if (missing) console.log(`skipped, since Apache's shell and servers take part: ${missing}`)
const PYTHON = '/usr/bin/python3'
const kazoo = spawnSync(PYTHON, ['-c', 'import kazoo']).status === 0
if (!kazoo) console.log('without kazoo: apt-get install python3-kazoo, then its part runs, too')

let ensemble: CfgEnsemble
const { line } = CfgEnsemble
afterEach(() => ensemble.end())

async function trio(lines: readonly string[]): Promise<[Place, Place, Place]> {
  ensemble = new CfgEnsemble()
  const places = await Promise.all([1, 2, 3].map((sid) => ensemble.place(sid)))
  for (const { sid } of places) ensemble.write(sid, [...lines, ...places.map((place) => line(place))])
  return places as [Place, Place, Place]
}

async function python(script: string): Promise<string> {
  const child = spawn(PYTHON, ['-c', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  child.stdout.on('data', (chunk) => {
    text += String(chunk)
  })
  await once(child, 'close')
  return text
}

describe.skipIf(missing !== null)('alone', () => {
  test('a member serves read-only clients, and everybody when the others are back', { timeout: 120_000 }, async () => {
    const [one, two, three] = await trio(['readonlymode.enabled=true'])
    const ports = [one, two, three].map((place) => place.clientPort)
    for (const { sid } of [one, two, three]) await ensemble.startOurs(sid)
    await ensemble.serving(ports)
    expect(await ensemble.shell(one.clientPort, ['create /a hello'])).toContain('Created /a')
    await Promise.all([ensemble.stop(2), ensemble.stop(3)])
    await ensemble.modes([one.clientPort], ([mode]) => mode === 'read-only')
    expect(await askWord(one.clientPort, 'isro')).toBe('ro')
    expect(await askWord(one.clientPort, 'srvr')).toContain('\nREAD-ONLY mode; serving only read-only clients\n')

    const shown = await ensemble.shell(one.clientPort, ['get /a', 'set /a no', 'sync /a'], ['-r'])
    expect(shown).toContain('ConnectedReadOnly')
    expect(shown).toContain('\nhello\n')
    expect(shown).toMatch(/not.?read.?only|read-only/i)
    if (kazoo) {
      const script = `
from kazoo.client import KazooClient
from kazoo.exceptions import NotReadOnlyCallError
zk = KazooClient("127.0.0.1:${one.clientPort}", read_only=True)
zk.start(10)
print(zk.client_state, zk.get("/a")[0].decode())
try:
    zk.set("/a", b"no")
except NotReadOnlyCallError:
    print("refused")
zk.stop()
`
      expect(await python(script)).toBe('CONNECTED_RO hello\nrefused\n')
    }
    await ensemble.startOurs(2)
    await ensemble.serving([one.clientPort, two.clientPort])
    expect(await askWord(one.clientPort, 'isro')).toBe('rw')
    expect(await ensemble.shell(one.clientPort, ['set /a again', 'get /a'])).toContain('\nagain\n')
  })

  test.each(['ours', 'apache'])('local sessions, with a leader of kind %s', { timeout: 120_000 }, async (leader) => {
    const [one, two, three] = await trio(['localSessionsEnabled=true', 'localSessionsUpgradingEnabled=true'])
    await ensemble.startOurs(1)
    if (leader === 'ours') await ensemble.startOurs(3)
    else ensemble.startApache(3)
    const ports = [one.clientPort, three.clientPort]
    expect(await ensemble.serving(ports)).toEqual(['follower', 'leader'])
    await ensemble.startOurs(2)
    await ensemble.serving([...ports, two.clientPort])
    for (const { clientPort } of [one, three]) {
      const before = /^Zxid: (.*)$/m.exec(await askWord(one.clientPort, 'srvr'))?.[1]
      expect(await ensemble.shell(clientPort, ['ls /'])).toContain('[zookeeper]')
      // Nothing was written for the session, neither at its start nor at its end.
      expect(/^Zxid: (.*)$/m.exec(await askWord(one.clientPort, 'srvr'))?.[1]).toBe(before)
      const owned = await ensemble.shell(clientPort, ['create /a x', 'create -e /e x', 'stat /e', 'delete /a'])
      expect(owned).toContain('Created /a')
      expect(owned).toMatch(/ephemeralOwner = 0x[13][0-9a-f]{14}\n/)
      expect(await ensemble.shell(two.clientPort, ['sync /', 'ls /'])).toContain('[zookeeper]')
    }
  })
})
