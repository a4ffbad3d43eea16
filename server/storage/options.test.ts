// The settings of zoo.cfg that decide what an empty or missing directory means, when a log ends, and what is warned of.

import fs from 'node:fs'
import { afterAll, describe, expect, test } from 'vitest'
import { createTree } from '#shared/tree/create-tree.ts'
import { essence } from '#shared/tree/testing.ts'
import { makeZxid, NO_ZXID } from '#shared/zk/zxid.ts'
import { nodeDisk } from './disk.ts'
import { FaultyDisk } from './faulty-disk.ts'
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

describe('[L-8] db.autocreate=false', () => {
  test('an empty directory is opened without a zxid, stays empty, and is filled by a leader', async () => {
    const dir = newDir()
    const rig = await openRig(dir, { dbAutocreate: false })
    expect(rig.recovered).toMatchObject({ lastZxid: NO_ZXID, recentAfter: NO_ZXID, recent: [] })
    expect(essence(rig.recovered.tree)).toEqual(essence(createTree()))
    expect(filesOf(dir)).toEqual([])
    rig.storage.saveEpoch(rig.nextOp(), 'accepted', 3)
    const history = new History(createTree(), 3)
    history.many(5)
    rig.storage.installSnapshot(rig.nextOp(), makeZxid(3, 5), history.tree)
    rig.storage.saveEpoch(rig.nextOp(), 'current', 3)
    await rig.settled()
    await rig.storage.close()
    const again = await openRig(dir, { dbAutocreate: false })
    expect(again.recovered).toMatchObject({ lastZxid: makeZxid(3, 5), acceptedEpoch: 3 })
    await again.storage.close()
  })

  test('promises without data say that it has been lost: no vote, but no refusal either', async () => {
    const dir = newDir()
    fs.mkdirSync(`${dir}/version-2`)
    fs.writeFileSync(`${dir}/version-2/acceptedEpoch`, '7')
    const rig = await openRig(dir, { dbAutocreate: false })
    expect(rig.recovered).toMatchObject({ lastZxid: NO_ZXID, acceptedEpoch: 7 })
    await rig.storage.close()
    await expect(openRig(dir)).rejects.toThrow(/epoch files but neither snapshots nor logs/)
  })

  test.each(['data', 'logs'])('the file initialize in the %s directory is good for one start', async (where) => {
    const dir = newDir()
    for (const name of ['data', 'logs']) fs.mkdirSync(`${dir}/${name}`)
    fs.writeFileSync(`${dir}/${where}/initialize`, 'Mon Nov 23')
    const rig = await openRig(`${dir}/data`, { dbAutocreate: false, dataLogDir: `${dir}/logs` })
    expect(rig.recovered.lastZxid).toBe(0)
    expect(filesOf(`${dir}/data`)).toEqual(['snapshot.0'])
    expect(fs.existsSync(`${dir}/${where}/initialize`)).toBe(false)
    await rig.storage.close()
  })
})

test('datadir.autocreate=false wants version-2 to be there', async () => {
  const dir = newDir()
  await expect(openRig(dir, { datadirAutocreate: false })).rejects.toThrow(/version-2 is missing.*datadir.autocreate/)
  expect(fs.readdirSync(dir)).toEqual([])
  fs.mkdirSync(`${dir}/version-2`)
  const rig = await openRig(dir, { datadirAutocreate: false })
  await rig.storage.close()
})

describe('[R-3056] [R-2325] snapshot.trust.empty', () => {
  async function withoutSnapshot(): Promise<{ dir: string; history: History }> {
    const dir = newDir()
    const history = new History()
    const rig = await openRig(dir)
    rig.append(history.many(20))
    await rig.settled()
    await rig.storage.close()
    fs.rmSync(`${dir}/version-2/snapshot.0`)
    return { dir, history }
  }

  test('replays logs without any snapshot, once', async () => {
    const { dir, history } = await withoutSnapshot()
    await expect(openRig(dir)).rejects.toThrow(/snapshot.trust.empty=true/)
    const rig = await openRig(dir, { trustEmpty: true })
    expect(rig.recovered.lastZxid).toBe(makeZxid(1, 20))
    expect(rig.recovered.tree.digest).toBe(history.tree.digest)
    await rig.storage.close()
    const again = await openRig(dir)
    expect(again.recovered.tree.digest).toBe(history.tree.digest)
    await again.storage.close()
  })

  test('[D-12] does not trust logs that begin in the middle', async () => {
    const { dir } = await withoutSnapshot()
    fs.renameSync(`${dir}/version-2/log.100000001`, `${dir}/version-2/log.x`)
    const other = newDir()
    const rig = await openRig(other)
    rig.append(new History(createTree(), 1, 4).many(3))
    await rig.settled()
    await rig.storage.close()
    fs.copyFileSync(`${other}/version-2/log.100000005`, `${dir}/version-2/log.100000005`)
    await expect(openRig(dir, { trustEmpty: true })).rejects.toThrow(/transactions between them are missing/)
  })
})

test('txnLogSizeLimitInKb ends a log that has grown beyond it', async () => {
  const dir = newDir()
  const history = new History()
  const rig = await openRig(dir, { txnLogSizeLimitInKb: 1 })
  for (let batch = 0; batch < 4; batch += 1) {
    rig.append(history.many(12))
    await rig.settled()
  }
  await rig.storage.close()
  const logs = filesOf(dir).filter((name) => name.startsWith('log.'))
  expect(logs.length).toBeGreaterThan(1)
  for (const name of logs) expect(fs.statSync(`${dir}/version-2/${name}`).size).toBeLessThan(4096)
  const again = await openRig(dir)
  expect(again.recovered.tree.digest).toBe(history.tree.digest)
  await again.storage.close()
})

test('fsync.warningthresholdms: a slow flush is counted and warned of', async () => {
  const disk = new FaultyDisk(nodeDisk)
  const warnings: string[] = []
  const rig = await openRig(newDir(), {
    disk,
    fsyncWarningThresholdMs: 40,
    log: (level, message) => level === 'warn' && warnings.push(message),
  })
  const history = new History()
  rig.append(history.many(1))
  await rig.settled()
  const before = rig.storage.flushCounts.slow
  disk.setRule({ type: 'slow', delayMs: 60 })
  rig.append(history.many(1))
  await rig.settled()
  expect(rig.storage.flushCounts.slow).toBe(before + 1)
  expect(rig.storage.flushCounts.maxMs).toBeGreaterThan(55)
  expect(warnings.at(-1)).toContain('flush of the transaction log took long')
  await rig.storage.close()
})
