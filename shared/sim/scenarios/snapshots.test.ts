// Snapshots that are taken while the tree goes on changing, and what a restart makes of them: §5.3 of
// invariants.md. Each of these takes many snapshots and compares every one with the txns themselves.

import { describe, expect, test } from 'vitest'
import { copyTree } from '../../tree/snapshot.ts'
import { type Acl, PERMS } from '../../zk/acl.ts'
import type { ClientRequest } from '../../zk/request.ts'
import type { Entry } from '../../zk/txn.ts'
import type { WorldObserver, WorldOptions } from '../world/contract.ts'
import { recover } from '../world/disk.ts'
import { boot, heal, kill, leaderOf, type Stage, send, server, settle, split, until, vanish, write } from './stage.ts'
import {
  agree,
  askAt,
  at,
  burst,
  close,
  create,
  createStory,
  describeTree,
  ephemeral,
  get,
  type Historian,
  list,
  onDisk,
  remove,
  replayed,
  sequential,
  set,
  treeOf,
} from './stage-clients.ts'

/** Snapshots every few txns, walked slowly: none of them is of one moment. */
const BUSY: Partial<WorldOptions> = { snapCount: 6, snapRetainCount: 3 }

/** Compares each snapshot, with the log behind its name, with what the txns alone give (D-9). */
function judgeSnapshots(stage: Stage, historian: Historian): { taken: number; fuzzy: number } {
  const count = { taken: 0, fuzzy: 0 }
  const judge: WorldObserver = {
    snapshotTaken({ sid, disk }, snapshot) {
      count.taken += 1
      const { zxid, tree } = snapshot
      if (describeTree(tree).join() !== describeTree(replayed(historian.entries.values(), zxid)).join())
        count.fuzzy += 1
      const log = disk.log.filter((entry) => entry.zxid > zxid)
      const alone = recover({ ...disk, snapshots: [snapshot], log }, stage.world.options).tree
      const expected = replayed(historian.entries.values(), alone.lastProcessedZxid)
      expect(describeTree(alone), `the snapshot ${zxid} of ${sid}`).toEqual(describeTree(expected))
    },
  }
  stage.world.observers.push(judge)
  return count
}

/** Enough nodes that a walk takes a while. */
function furnish(stage: Stage): void {
  burst(
    stage,
    'a',
    1,
    Array.from({ length: 60 }, (_, n) => create(`/n${n}`)),
  )
}

/** All servers lose power, and come back with what their disks say. */
function restartAll(stage: Stage): void {
  for (const sid of [1, 2, 3]) kill(stage, sid)
  for (const sid of [1, 2, 3]) {
    const { entries } = (stage as Stage & { historian: Historian }).historian
    const tree = onDisk(stage, sid)
    expect(describeTree(tree)).toEqual(describeTree(replayed(entries.values(), tree.lastProcessedZxid)))
  }
  boot(stage, 1, 2, 3)
  settle(stage)
}

test('R-3127: a snapshot that is walked while multis are applied never holds half of one', () => {
  const stage = createStory(BUSY)
  settle(stage)
  furnish(stage)
  const count = judgeSnapshots(stage, stage.historian)
  // The two nodes of each multi are far apart in the walk.
  for (let n = 0; n < 60; n += 1) {
    const ops = [set('/n0', `${n}`), create(`/m${n}`), set('/n59', `${n}`), remove(`/m${n}`)]
    burst(stage, 'a', 1, [{ type: 'multi', ops }])
  }
  expect(count.taken).toBeGreaterThan(10)
  expect(count.fuzzy).toBeGreaterThan(0)
  restartAll(stage)
  const [first, last] = [askAt(stage, 'b', 2, get('/n0')), askAt(stage, 'b', 2, get('/n59'))]
  expect(first.body).toMatchObject({ data: new TextEncoder().encode('59') })
  expect(last.body).toMatchObject({ data: new TextEncoder().encode('59') })
})

test('R-3144: sessions and their ephemerals agree in whatever a snapshot and its log give', () => {
  const stage = createStory(BUSY)
  settle(stage)
  furnish(stage)
  const count = judgeSnapshots(stage, stage.historian)
  for (let n = 0; n < 12; n += 1) {
    const name = `s${n}`
    burst(stage, name, 1 + (n % 3), [ephemeral(`/e${n}`), ephemeral(`/n${n}/e`), set('/n1', name), set('/n50', name)])
    if (n % 3 === 0) askAt(stage, 'closer', 2, remove(`/e${n}`))
    if (n % 2 === 0) close(stage, name, 1 + (n % 3))
    else vanish(stage, name)
  }
  until(stage, 'the vanished sessions have expired', () => {
    return [1, 3, 5, 7, 9, 11].every((n) => !treeOf(stage, 1).nodes.has(`/n${n}/e`))
  })
  expect(count.taken).toBeGreaterThan(10)
  restartAll(stage)
  for (const sid of [1, 2, 3]) {
    const { sessions, ephemerals } = treeOf(stage, sid)
    for (const owner of ephemerals.keys()) expect(sessions.has(owner)).toBe(true)
  }
  agree(stage, 1, 2, 3)
})

/** R-3306, R-4689, R-4846: tables of ACLs are the file format's; here each node's list must survive as its own. */
describe('R-3306 R-4689 R-4846: ACLs that change while a snapshot is walked', () => {
  const only = (id: string): Acl[] => [
    { perms: PERMS.ALL, scheme: 'world', id: 'anyone' },
    { perms: 1, scheme: 'ip', id },
  ]

  test('every node has its own list again after a restart', () => {
    const stage = createStory(BUSY)
    settle(stage)
    furnish(stage)
    const count = judgeSnapshots(stage, stage.historian)
    for (let n = 0; n < 40; n += 1) {
      const requests: ClientRequest[] = [
        { type: 'setACL', path: `/n${n}`, acl: only(`10.0.0.${n % 5}`), version: -1 },
        create(`/g${n}`, 'x', only(`10.0.1.${n % 3}`)),
        { type: 'setACL', path: '/n59', acl: only(`10.0.2.${n}`), version: -1 },
        remove(`/g${n}`),
        create(`/g${n}`, 'again', only(`10.0.3.${n}`)),
        create(`/g${n}/in`, 'x', only(`10.0.4.${n}`)), // not quite its parent's
      ]
      burst(stage, 'a', 2, requests)
    }
    expect(count.taken).toBeGreaterThan(10)
    restartAll(stage)
    agree(stage, 1, 2, 3)
    expect(treeOf(stage, 2).nodes.get('/n59')?.acl).toEqual(only('10.0.2.39'))
    expect(treeOf(stage, 2).nodes.get('/g7')?.acl).toEqual(only('10.0.3.7'))
    expect(treeOf(stage, 2).nodes.get('/g7/in')?.acl).toEqual(only('10.0.4.7'))
  })

  test('R-4846: a node that a snapshot holds without its list gets it from the txn that is replayed', () => {
    const stage = createStory()
    settle(stage)
    const zxid = write(stage, 1, '/before')
    burst(stage, 'a', 1, [create('/guarded', 'x', only('10.0.0.1'))])
    kill(stage, 2)
    // As Apache writes one: named before the create, walked after it, the list not yet in its table.
    const { disk } = server(stage, 2)
    const tree = copyTree(recover(disk, stage.world.options).tree)
    const node = tree.nodes.get('/guarded')
    if (node) node.acl = null
    tree.lastProcessedZxid = zxid
    disk.snapshots.push({ zxid, tree })
    boot(stage, 2)
    settle(stage)
    expect(treeOf(stage, 2).nodes.get('/guarded')?.acl).toEqual(only('10.0.0.1'))
    agree(stage, 1, 2, 3)
  })
})

test('R-3231: with its newest snapshots lost, a server still has one and the whole log behind it', () => {
  const stage = createStory(BUSY)
  settle(stage)
  furnish(stage)
  for (let n = 0; n < 60; n += 1) burst(stage, 'a', 1, [set('/n5', `${n}`), create(`/s${n}`)])
  const before = agree(stage, 1, 2, 3)
  for (const sid of [1, 2, 3]) {
    kill(stage, sid)
    const { disk } = server(stage, sid)
    expect(disk.snapshots).toHaveLength(3)
    expect(disk.logAfter).toBeGreaterThan(0) // something has been purged
    for (let lost = 0; lost < 3; lost += 1) {
      expect(describeTree(onDisk(stage, sid))).toEqual(before)
      if (lost < 2) disk.snapshots.pop()
    }
  }
  boot(stage, 1, 2, 3)
  settle(stage)
  const after = agree(stage, 1, 2, 3)
  expect(after.slice(1).filter((line) => !line.startsWith('session'))).toEqual(
    before.slice(1).filter((line) => !line.startsWith('session')),
  )
})

test('R-3056: servers that never took a snapshot start from their logs alone', () => {
  const stage = createStory()
  settle(stage)
  write(stage, 1, '/a')
  for (const sid of [1, 2, 3]) {
    kill(stage, sid)
    expect(server(stage, sid).disk.snapshots).toEqual([])
  }
  boot(stage, 1, 2, 3)
  settle(stage)
  write(stage, 2, '/b')
  agree(stage, 1, 2, 3)
  expect(treeOf(stage, 3).nodes.has('/a')).toBe(true)
})

test('R-4837: after TRUNC no snapshot above the cut is ever loaded again', () => {
  const stage = createStory()
  settle(stage)
  write(stage, 1, '/common')
  at(stage, 'lost', 3)
  split(stage, [3], [1, 2])
  // 3 alone logs an ephemeral that nobody else will ever have ...
  send(stage, 'lost', 3, ephemeral('/lost'))
  const isLost = ({ txn }: Entry): boolean => txn.type === 'create' && txn.path === '/lost'
  until(stage, '3 has logged it', () => server(stage, 3).disk.log.some(isLost))
  kill(stage, 3)
  // ... and has a snapshot with it, as a server leaves one that writes at every start.
  const { disk } = server(stage, 3)
  const tree = recover(disk, stage.world.options).tree
  expect(tree.nodes.has('/lost')).toBe(true)
  disk.snapshots.push({ zxid: tree.lastProcessedZxid, tree })
  settle(stage, 1, 2)
  write(stage, 1, '/later')
  heal(stage)
  boot(stage, 3)
  settle(stage)
  agree(stage, 1, 2, 3)
  expect(disk.snapshots).toEqual([])
  kill(stage, 3)
  expect(onDisk(stage, 3).nodes.has('/lost')).toBe(false)
  boot(stage, 3)
  settle(stage)
  expect(treeOf(stage, 3).nodes.has('/lost')).toBe(false)
  agree(stage, 1, 2, 3)
})

test('R-2325: a server that has lost its data neither leads nor helps another to lead; it is brought up by SNAP', () => {
  const stage = createStory({ checked: false }) // the data of a server is taken away
  settle(stage)
  write(stage, 1, '/kept')
  for (const sid of [1, 2, 3]) kill(stage, sid)
  // 3's data is gone, and its host says so: an empty database that must not be trusted has zxid -1.
  const { disk } = server(stage, 3)
  Object.assign(disk, { log: [], snapshots: [], logAfter: -1 })
  boot(stage, 1, 3)
  const startedAt = stage.world.nowUs
  until(stage, 'ten seconds pass', () => stage.world.nowUs > startedAt + 10_000_000)
  expect(leaderOf(stage)).toBe(null) // 1 alone is no quorum, and 3 does not count
  boot(stage, 2)
  expect(settle(stage).sid).toBe(2)
  agree(stage, 1, 2, 3)
  expect(treeOf(stage, 3).nodes.has('/kept')).toBe(true)
  expect(server(stage, 3).disk.snapshots).toHaveLength(1)
})

test('sequence numbers go on where they were, whatever snapshot the next leader started from', () => {
  const stage = createStory(BUSY)
  settle(stage)
  furnish(stage)
  const count = judgeSnapshots(stage, stage.historian)
  for (let n = 0; n < 30; n += 1) burst(stage, 'a', 1, [sequential('/n7/s-'), create(`/n7/x${n}`), remove(`/n7/x${n}`)])
  expect(count.taken).toBeGreaterThan(5)
  restartAll(stage)
  const { body } = askAt(stage, 'b', 1, sequential('/n7/s-'))
  expect(body).toEqual({ type: 'path', path: '/n7/s-0000000060' })
  const names = askAt(stage, 'b', 1, list('/n7')).body
  expect(names?.type === 'children' && new Set(names.children).size).toBe(31)
})
