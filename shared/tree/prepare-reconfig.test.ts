// Error codes and texts as ZooKeeper 3.8.0 gave them to the same requests.

import { describe, expect, test } from 'vitest'
import { utf8Decode } from '../base/text.ts'
import { OPEN_ACL } from '../zk/acl.ts'
import { parseQuorumConfig } from '../zk/config-text.ts'
import { ERROR_CODES, errorName } from '../zk/errors.ts'
import { asSessionId } from '../zk/ids.ts'
import type { QuorumConfig } from '../zk/quorum-config.ts'
import type { ReconfigRequest } from '../zk/request.ts'
import { makeZxid, NO_ZXID } from '../zk/zxid.ts'
import { applyEntry } from './apply.ts'
import type { EnsembleContext } from './contract.ts'
import { CONFIG_PATH, createTree } from './create-tree.ts'
import { createPending } from './pending.ts'
import { prepareRequest } from './prepare.ts'

const THREE = [1, 2, 3].map((n) => `server.${n}=127.0.0.1:4381${n}:4382${n}:participant;127.0.0.1:4380${n}`)
const VERSION = makeZxid(1, 0)

function read(lines: readonly string[]): QuorumConfig {
  const config = parseQuorumConfig([...lines, 'version=100000000'].join('\n'))
  if (!config.ok) throw new Error(config.error)
  return config.value
}

const SYNCED: EnsembleContext = {
  lastSeen: read(THREE),
  inProgress: false,
  standaloneEnabled: true,
  isQuorumSynced: (config) =>
    [1, 2, 3].filter((n) => config.servers.get(n as never)?.role === 'participant').length > 1,
}

interface Asked extends Partial<Omit<ReconfigRequest, 'type'>> {
  readonly ensemble?: Partial<EnsembleContext> | null
  readonly anyone?: boolean
}

/** The new members, or the error's name. */
function ask({ ensemble = {}, anyone = false, ...request }: Asked): string {
  const tree = createTree()
  const node = tree.nodes.get(CONFIG_PATH)
  if (node && !anyone) node.acl = OPEN_ACL
  const zxid = makeZxid(1, 7)
  const full = {
    type: 'reconfig',
    joiningServers: null,
    leavingServers: null,
    newMembers: null,
    curConfigId: NO_ZXID,
  } as const
  const ctx = {
    zxid,
    timeMs: 9,
    sessionId: asSessionId(1n),
    auth: [],
    ensemble: ensemble === null ? null : { ...SYNCED, ...ensemble },
  }
  const txn = prepareRequest(tree, createPending(), { ...full, ...request }, ctx)
  const { err, body } = applyEntry(tree, { zxid, sessionId: ctx.sessionId, cxid: 1, timeMs: 9, txn, digest: null })
  if (err !== ERROR_CODES.OK) return errorName(err)
  if (body.type !== 'data' || body.data === null) throw new Error(body.type)
  expect(body.stat).toMatchObject({ version: -1, mzxid: zxid, mtime: 9, aversion: -1 })
  const lines = utf8Decode(body.data).split('\n')
  expect(lines.pop()).toBe('version=100000007')
  return lines.map((line) => (THREE.includes(line) ? line.slice(7, 8) : line)).join(' ')
}

const OBSERVER_4 = 'server.4=127.0.0.1:43814:43824:observer;0.0.0.0:43804'

describe('a reconfig', () => {
  test.each<[string, Asked, string]>([
    ['nothing at all', {}, '1 2 3'],
    ['an unknown server leaves', { leavingServers: '9' }, '1 2 3'],
    ['a server leaves', { leavingServers: '3' }, '1 2'],
    ['what leaves is no number', { leavingServers: 'x' }, 'MARSHALLINGERROR'],
    ['spaces', { leavingServers: ' 3 , 9' }, '1 2'],
    ['too few participants are left', { leavingServers: '2,3' }, 'BADARGUMENTS'],
    [
      'one participant, when that is allowed',
      { leavingServers: '2,3', ensemble: { standaloneEnabled: false, isQuorumSynced: () => true } },
      '1',
    ],
    ['nobody is left', { leavingServers: '1,2,3', ensemble: { standaloneEnabled: false } }, 'BADARGUMENTS'],
    ['an observer joins', { joiningServers: 'server.4=127.0.0.1:43814:43824:observer;43804' }, `1 2 3 ${OBSERVER_4}`],
    ['roles in capitals', { joiningServers: 'server.4=127.0.0.1:43814:43824:OBSERVER;43804' }, `1 2 3 ${OBSERVER_4}`],
    ['a name without "server."', { joiningServers: '4=127.0.0.1:43814:43824:observer;43804' }, `1 2 3 ${OBSERVER_4}`],
    ['spaces around =', { joiningServers: ' server.4 = 127.0.0.1:43814:43824:observer;43804 ' }, `1 2 3 ${OBSERVER_4}`],
    [
      'who leaves may join',
      { joiningServers: 'server.4=127.0.0.1:43814:43824:observer;43804', leavingServers: '4' },
      `1 2 3 ${OBSERVER_4}`,
    ],
    ['a joiner replaces', { joiningServers: 'server.3=127.0.0.1:43813:43823:participant;127.0.0.1:43803' }, '1 2 3'],
    ['no specification', { joiningServers: 'server.4' }, 'BADARGUMENTS'],
    ['a bad specification', { joiningServers: 'server.4=abc' }, 'BADARGUMENTS'],
    ['no client port', { joiningServers: 'server.4=127.0.0.1:43814:43824:participant' }, 'BADARGUMENTS'],
    ['no election port', { joiningServers: 'server.4=127.0.0.1:43821;43804' }, 'BADARGUMENTS'],
    ['the same port twice', { joiningServers: 'server.4=127.0.0.1:43821:43821:observer;43804' }, 'BADARGUMENTS'],
    ['a role that is none', { joiningServers: 'server.4=127.0.0.1:43814:43824:foo;43804' }, 'BADARGUMENTS'],
    [
      'several addresses',
      { joiningServers: 'server.4=127.0.0.1:43814:43824:observer|127.0.0.2:43814:43824;43804' },
      'BADARGUMENTS',
    ],
    [
      'an id that is no number',
      { joiningServers: 'server.x=127.0.0.1:43814:43824:participant;43804' },
      'MARSHALLINGERROR',
    ],
    [
      'a port that is too large',
      { joiningServers: 'server.4=127.0.0.1:70000:43824:observer;43804' },
      'MARSHALLINGERROR',
    ],
    ['new members', { newMembers: [...THREE].reverse().join(',') }, '1 2 3'],
    ['new members, lines and comments', { newMembers: `# hello\n${THREE.join('\n')}\nversion=77` }, '1 2 3'],
    ['new members win over others', { newMembers: THREE.join(','), leavingServers: '3' }, '1 2 3'],
    ['new members, nonsense', { newMembers: 'abc' }, 'BADARGUMENTS'],
    ['new members, empty', { newMembers: '' }, 'BADARGUMENTS'],
    ['new members, weights', { newMembers: `weight.1=1\n${THREE.join('\n')}` }, 'BADARGUMENTS'],
    ['new members, observers only', { newMembers: OBSERVER_4 }, 'MARSHALLINGERROR'],
    ['new members, one participant', { newMembers: THREE[0] ?? '' }, 'BADARGUMENTS'],
    ['new members, one and an observer', { newMembers: `${THREE[0]},${OBSERVER_4}` }, 'MARSHALLINGERROR'],
    ['its version is ours', { curConfigId: VERSION }, '1 2 3'],
    ['its version is another', { curConfigId: makeZxid(1, 1), anyone: true }, 'BADVERSION'],
    [
      'no quorum of it is in sync',
      { joiningServers: '4=h:1:2:participant;3,5=h:4:5;6', ensemble: { isQuorumSynced: () => false }, anyone: true },
      'NEWCONFIGNOQUORUM',
    ],
    ['another one is in progress', { leavingServers: 'x', ensemble: { inProgress: true } }, 'RECONFIGINPROGRESS'],
    ['a server alone', { ensemble: { lastSeen: read(THREE.slice(0, 1)) } }, 'UNIMPLEMENTED'],
    ['switched off', { leavingServers: 'x', ensemble: null }, 'RECONFIGDISABLED'],
    ['without WRITE on the node', { leavingServers: '3', anyone: true }, 'NOAUTH'],
    ['the list is read before rights are', { leavingServers: 'x', anyone: true }, 'MARSHALLINGERROR'],
  ])('[RECONF-1] %s', (_what, asked, result) => {
    expect(ask(asked)).toBe(result)
  })
})
