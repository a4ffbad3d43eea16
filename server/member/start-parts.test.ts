import { expect, test } from 'vitest'
import { ok } from '#shared/base/result.ts'
import { createPeer, freshRecovered, type Peer } from '#shared/peer/peer.ts'
import { makeZxid } from '#shared/zk/zxid.ts'
import { type MemberConfig, parseConfig } from './config/config.ts'
import type { RoleNotes } from './server-facts.ts'
import { createKeeper, peerConfig, servesClients, withNext } from './start-parts.ts'

const TRIO = [1, 2, 3].map((n) => `server.${n}=h${n}:1:2;3`).join('\n')
const NOTES: RoleNotes = { phase: 'BROADCAST', leader: null, serving: true, readOnly: false, servingSinceMs: 0 }

function config(lines: string, next: string | null = null): MemberConfig {
  const files = { path: '/c/zoo.cfg', read: (path: string) => ok(path === '/c/zoo.cfg.dynamic.next' ? next : null) }
  const parsed = parseConfig(`dataDir=/d\ninitLimit=5\nsyncLimit=2\n${TRIO}\n${lines}`, () => ok('1'), files)
  if (!parsed.ok) throw new Error(parsed.error.join('\n'))
  return parsed.value
}

function peerOf(of: MemberConfig): Peer {
  return createPeer(peerConfig(of, 0), freshRecovered())
}

test('leaderServes=no: clients are left to the others, but not by a server alone or without a leader', () => {
  const shy = config('leaderServes=no')
  const peer = peerOf(shy)
  expect(servesClients(NOTES, shy, peer)).toBe(true)
  Object.assign(peer.zab.role, { state: 'LEADING' })
  expect(servesClients(NOTES, shy, peer)).toBe(false)
  expect(servesClients(NOTES, config(''), peer)).toBe(true)
  expect(servesClients({ ...NOTES, readOnly: true, serving: false }, shy, peer)).toBe(true)
  expect(servesClients({ ...NOTES, serving: false }, config(''), peer)).toBe(false)
})

test('[RECONF-3] what was being agreed on counts from the start, when the file alone remembers it', () => {
  const next = `${TRIO}\nserver.4=h4:1:2;3\nversion=100000007`
  const of = config('reconfigEnabled=true', next)
  const { zab } = createPeer(peerConfig(of, 0), withNext(freshRecovered(), of))
  expect([zab.active.servers.size, zab.lastSeen.servers.size]).toEqual([3, 4])
  expect(zab.lastSeen.version).toBe(makeZxid(1, 7))
  expect(peerOf(config('', next)).zab.lastSeen.servers.size).toBe(3)
})

test('a zoo.cfg beside which nothing can be written does not start with reconfigEnabled', async () => {
  await expect(createKeeper(config('reconfigEnabled=true'))).rejects.toThrow('make its directory writable')
  expect(await createKeeper(config(''))).toBeNull()
})

test('settings of sessions, containers and votes reach the peer', () => {
  const lines = [
    ...['readonlymode.enabled=true', 'localSessionsEnabled=true', 'localSessionsUpgradingEnabled=true'],
    ...['znode.container.checkIntervalMs=5000', 'znode.container.maxNeverUsedIntervalMs=9000'],
    ...['fastleader.minNotificationInterval=50', 'fastleader.maxNotificationInterval=70'],
  ]
  expect(peerConfig(config(lines.join('\n')), 0)).toMatchObject({
    readOnlyMode: true,
    localSessions: 'upgrading',
    reapIntervalMs: 5000,
    containerNeverUsedMs: 9000,
    notificationMinMs: 50,
    notificationMaxMs: 70,
  })
  expect(peerConfig(config('localSessionsUpgradingEnabled=true'), 0).localSessions).toBe('off')
})
