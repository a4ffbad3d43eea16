import { expect, test } from 'vitest'
import { JuteReader } from '../jute/reader.ts'
import { readAclList } from '../jute/records/acl.ts'
import { readEntry } from '../jute/records/txn.ts'
import { vector } from '../jute/testdata/vectors.ts'
import type { Acl } from '../zk/acl.ts'
import type { Entry } from '../zk/txn.ts'
import { applyEntry } from './apply.ts'
import { createTree } from './create-tree.ts'
import type { DataTree } from './data-tree.ts'
import { treeDigest } from './node-digest.ts'
import { copyTree, finishLoad, loadNode } from './snapshot.ts'
import snapshots from './testdata/snapshots.json' with { type: 'json' }
import { essence } from './testing.ts'

/** The entries of the log file recorded from Apache ZooKeeper 3.8.0. */
function recordedLog(): Entry[] {
  const reader = new JuteReader(vector('storage.log'))
  reader.raw(16)
  const entries: Entry[] = []
  while (reader.remaining >= 12) {
    reader.raw(8)
    const length = reader.int()
    if (length === 0) break
    entries.push(readEntry(reader.raw(length)))
    reader.byte()
  }
  return entries
}

/** The tree in a snapshot file, read with no care for broken ones. */
function loadSnapshot(hex: string): { tree: DataTree; digest: bigint } {
  const reader = new JuteReader(Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16)))
  const tree = createTree()
  reader.raw(16)
  for (let left = reader.int(); left > 0; left -= 1) tree.sessions.set(reader.sessionId(), reader.int())
  const acls = new Map<number, readonly Acl[] | null>()
  for (let left = reader.int(); left > 0; left -= 1) acls.set(reader.longNumber(), readAclList(reader))
  for (let path = reader.string(); path !== '/'; path = reader.string()) {
    const data = reader.buffer()
    const acl = acls.get(reader.longNumber()) ?? null
    const [czxid, mzxid] = [reader.zxid(), reader.zxid()]
    const [ctime, mtime] = [reader.longNumber(), reader.longNumber()]
    const [version, cversion, aversion] = [reader.int(), reader.int(), reader.int()]
    const ephemeralOwner = reader.sessionId()
    const stat = { czxid, mzxid, pzxid: reader.zxid(), ctime, mtime, version, cversion, aversion, ephemeralOwner }
    loadNode(tree, path, { data, acl, ...stat })
  }
  finishLoad(tree)
  reader.raw(13)
  tree.lastProcessedZxid = reader.zxid()
  reader.int()
  return { tree, digest: reader.ulong() }
}

test('the recorded snapshot of an empty database is what a new tree is', () => {
  expect(essence(loadSnapshot(snapshots['storage.snapshot.empty']).tree)).toEqual(essence(createTree()))
})

test('[T-1] the recorded log leads from tree digest to tree digest, and to the recorded snapshot', () => {
  const { tree } = loadSnapshot(snapshots['storage.snapshot.empty'])
  let compared = 0
  for (const entry of recordedLog()) {
    applyEntry(tree, entry)
    if (entry.digest === null) continue
    expect(`${entry.zxid}: ${tree.digest}`).toBe(`${entry.zxid}: ${entry.digest}`)
    compared += 1
  }
  expect(compared).toBe(25)
  const after = loadSnapshot(snapshots['storage.snapshot.after'])
  expect(after.digest).toBe(16179163709n)
  expect(after.tree.digest).toBe(after.digest)
  expect(essence(tree)).toEqual(essence(after.tree))
})

test('[T-2] any suffix of the log may be applied again', () => {
  const log = recordedLog()
  const once = createTree()
  for (const entry of log) applyEntry(once, entry)
  for (let from = 0; from < log.length; from += 1) {
    const again = copyTree(once)
    for (const entry of log.slice(from)) applyEntry(again, entry)
    expect(essence(again)).toEqual(essence(once))
    expect(again.digest).toBe(treeDigest(again))
  }
})
