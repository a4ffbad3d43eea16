// The file half of scenarios whose order half is in shared/sim/scenarios: what is left on disk when the disk itself
// gives up in the middle of a promise or a truncation, and when only a snapshot is left.

import fs from 'node:fs'
import { afterAll, expect, test } from 'vitest'
import { createTree } from '#shared/tree/create-tree.ts'
import { makeZxid, type Zxid } from '#shared/zk/zxid.ts'
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

/** A directory that holds ten entries of epoch 1 and the promise of epoch 2. */
async function withTen(dir: string): Promise<void> {
  const rig = await openRig(dir)
  rig.storage.saveEpoch(rig.nextOp(), 'accepted', 2)
  rig.storage.saveEpoch(rig.nextOp(), 'current', 1)
  rig.append(new History().many(10))
  await rig.settled()
  await rig.storage.close()
}

test('[R-0582] a snapshot alone tells the epoch, when logs and epoch files are gone', async () => {
  const dir = newDir()
  const history = new History(createTree(), 27)
  const rig = await openRig(dir)
  rig.append(history.many(5))
  await rig.settled()
  expect(await rig.storage.takeSnapshot(history.tree)).toBe(true)
  await rig.storage.close()
  for (const name of filesOf(dir)) if (name !== 'snapshot.1b00000005') fs.rmSync(`${dir}/version-2/${name}`)
  const again = await openRig(dir)
  expect(again.recovered).toMatchObject({ acceptedEpoch: 27, currentEpoch: 27, lastZxid: makeZxid(27, 5), recent: [] })
  expect(again.recovered.recentAfter).toBe(makeZxid(27, 5))
  await again.storage.close()
})

test('[R-2307] [R-4269] an epoch whose write fails at any step is not reported, and the next start is clean', async () => {
  const base = newDir()
  await withTen(base)
  let failedWithTemporary = 0
  for (let steps = 1; ; steps += 1) {
    const dir = newDir()
    fs.cpSync(base, dir, { recursive: true })
    const opening = new CrashDisk()
    const probe = await openRig(dir, { disk: opening })
    await probe.storage.close()
    const rig = await openRig(dir, { disk: new CrashDisk(opening.count + steps) })
    const op = rig.nextOp()
    rig.storage.saveEpoch(op, 'accepted', 3)
    await rig.settled()
    await rig.storage.close().catch(() => undefined)
    const failed = rig.failures.length > 0
    expect(rig.persisted.includes(op)).toBe(!failed)
    if (filesOf(dir).includes('tmp.acceptedEpoch')) failedWithTemporary += 1
    const again = await openRig(dir)
    expect(failed ? [2, 3] : [3]).toContain(again.recovered.acceptedEpoch)
    again.storage.saveEpoch(again.nextOp(), 'accepted', 4)
    await again.settled()
    await again.storage.close()
    const last = await openRig(dir)
    expect(last.recovered.acceptedEpoch).toBe(4)
    await last.storage.close()
    if (!failed) break
  }
  expect(failedWithTemporary).toBeGreaterThan(0) // the rename is one of the steps
})

test('[R-3701] a truncation that fails at any step is not reported, and nothing goes on behind the old suffix', async () => {
  const base = newDir()
  await withTen(base)
  const found = new Set<Zxid>()
  for (let steps = 1; ; steps += 1) {
    const dir = newDir()
    fs.cpSync(base, dir, { recursive: true })
    const opening = new CrashDisk()
    const probe = await openRig(dir, { disk: opening })
    await probe.storage.close()
    const rig = await openRig(dir, { disk: new CrashDisk(opening.count + steps) })
    const cut = rig.nextOp()
    rig.storage.truncate(cut, makeZxid(1, 6))
    const next = new History(createTree(), 2).many(1)
    rig.append(next)
    await rig.settled()
    await rig.storage.close().catch(() => undefined)
    if (rig.failures.length === 0) {
      expect(rig.persisted).toContain(cut)
      break
    }
    const again = await openRig(dir)
    const { lastZxid, recent } = again.recovered
    found.add(lastZxid)
    if (rig.persisted.includes(cut)) expect([makeZxid(1, 6), makeZxid(2, 1)]).toContain(lastZxid)
    else expect([makeZxid(1, 6), makeZxid(1, 10)]).toContain(lastZxid) // never the old suffix and the new entry
    expect(recent.map((entry) => entry.zxid).filter((zxid) => zxid > makeZxid(1, 6) && zxid < makeZxid(2, 0))).toEqual(
      lastZxid === makeZxid(1, 10) ? [7, 8, 9, 10].map((n) => makeZxid(1, n)) : [],
    )
    await again.storage.close()
  }
  expect(found).toContain(makeZxid(1, 10))
  expect(found).toContain(makeZxid(1, 6))
})
