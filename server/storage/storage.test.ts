// The storage as a host drives it: order, group commit, failures.

import fs from 'node:fs'
import { afterAll, expect, test } from 'vitest'
import { createTree } from '#shared/tree/create-tree.ts'
import { essence } from '#shared/tree/testing.ts'
import { makeZxid } from '#shared/zk/zxid.ts'
import { CrashDisk } from './testing/crash-disk.ts'
import { History } from './testing/history.ts'
import { filesOf, openRig, temporaryDir } from './testing/rig.ts'

const made: string[] = []
afterAll(() => {
  for (const dir of made) fs.rmSync(dir, { recursive: true })
})

function newDir(): string {
  const dir = temporaryDir()
  made.push(dir)
  return dir
}

test('[R-3056] a fresh directory gets an empty tree, snapshot.0 and private modes', async () => {
  const dir = newDir()
  const rig = await openRig(`${dir}/new`)
  const { tree, ...rest } = rig.recovered
  expect(rest).toEqual({ acceptedEpoch: 0, currentEpoch: 0, lastZxid: 0, recent: [], recentAfter: 0 })
  expect(essence(tree)).toEqual(essence(createTree()))
  expect(filesOf(`${dir}/new`)).toEqual(['snapshot.0'])
  rig.append(new History().many(1))
  await rig.settled()
  expect(fs.statSync(`${dir}/new/version-2`).mode & 0o777).toBe(0o700)
  expect(fs.statSync(`${dir}/new/version-2/log.100000001`).mode & 0o777).toBe(0o600)
  await rig.storage.close()
})

test('what was logged is there at the next start, and a log in a directory of its own stays there', async () => {
  const dir = newDir()
  const options = { dataLogDir: `${dir}/logs` }
  const history = new History()
  const rig = await openRig(`${dir}/data`, options)
  rig.storage.saveEpoch(rig.nextOp(), 'accepted', 1)
  rig.storage.saveEpoch(rig.nextOp(), 'current', 1)
  rig.append(history.many(40))
  await rig.settled()
  await rig.storage.close()
  expect(filesOf(`${dir}/data`)).toEqual(['acceptedEpoch', 'currentEpoch', 'snapshot.0'])
  expect(filesOf(`${dir}/logs`)).toEqual(['log.100000001'])
  expect(fs.readFileSync(`${dir}/data/version-2/acceptedEpoch`, 'ascii')).toBe('1')

  const again = await openRig(`${dir}/data`, options)
  expect(again.recovered.lastZxid).toBe(makeZxid(1, 40))
  expect(again.recovered.recent).toEqual(history.entries)
  expect(again.recovered.currentEpoch).toBe(1)
  expect(essence(again.recovered.tree)).toEqual(essence(history.tree))
  await again.storage.close()
})

test('recent holds the newest entries only, from before the snapshot too, and says exactly where it starts', async () => {
  const dir = newDir()
  const history = new History()
  const rig = await openRig(dir)
  rig.append(history.many(400))
  await rig.settled()
  await rig.storage.takeSnapshot(history.tree)
  rig.append(history.many(300))
  await rig.settled()
  await rig.storage.close()
  const again = await openRig(dir)
  expect(again.recovered.recent).toEqual(history.entries.slice(200))
  expect(again.recovered.recentAfter).toBe(makeZxid(1, 200))
  await again.storage.close()
  const more = await openRig(dir, { commitLogCount: 600 })
  expect(more.recovered.recentAfter).toBe(makeZxid(1, 100))
  await more.storage.close()
})

test('[O-8] appends of a turn share one write, and each is reported after it, in order', async () => {
  const disk = new CrashDisk()
  const rig = await openRig(newDir(), { disk })
  const history = new History()
  rig.append(history.many(1))
  await rig.settled()
  const { writes } = disk
  rig.append(history.many(200))
  expect(rig.persisted).toEqual([1])
  await rig.settled()
  expect(disk.writes - writes).toBe(1)
  expect(rig.persisted).toEqual([1, 201])

  // While a flush runs, the next batch gathers; operations of other kinds stay between their neighbours.
  rig.append(history.many(3))
  rig.storage.saveEpoch(rig.nextOp(), 'accepted', 1)
  rig.append(history.many(2))
  await rig.settled()
  expect(rig.persisted).toEqual([1, 201, 204, 205, 207])
  await rig.storage.close()
})

test('[ST-6] [R-FSYNC] after one failed write nothing is written or reported, and the host is told once', async () => {
  const probe = new CrashDisk()
  const first = await openRig(newDir(), { disk: probe })
  first.append(new History().many(1))
  await first.settled()
  await first.storage.close()

  const dir = newDir()
  const history = new History()
  const disk = new CrashDisk(probe.count + 3)
  const rig = await openRig(dir, { disk })
  for (let i = 0; i < 20 && rig.failures.length === 0; i += 1) {
    rig.append(history.many(1))
    await rig.settled()
  }
  expect(rig.failures).toHaveLength(1)
  const { persisted } = rig
  const before = [...persisted]
  const { count } = disk
  rig.append(history.many(5))
  rig.storage.saveEpoch(rig.nextOp(), 'current', 9)
  await expect(rig.storage.reload()).rejects.toThrow('the disk has failed')
  await rig.storage.close()
  expect(persisted).toEqual(before)
  expect(disk.count).toBe(count)
  expect(rig.failures).toHaveLength(1)
})
