// The seam to the disk: what every implementation does, and the faults that one of them can be told to have.

import fs from 'node:fs'
import { afterAll, describe, expect, test } from 'vitest'
import { type Disk, type DiskFile, nodeDisk, replaceFile } from './disk.ts'
import { type DiskRule, FaultyDisk, parseDiskRule } from './faulty-disk.ts'
import { CrashDisk } from './testing/crash-disk.ts'
import { History } from './testing/history.ts'
import { openRig, temporaryDir } from './testing/rig.ts'

const made: string[] = []
afterAll(() => {
  for (const dir of made) fs.rmSync(dir, { recursive: true })
})

function newDir(): string {
  const dir = temporaryDir()
  made.push(dir)
  return dir
}

const HELLO = Buffer.from('hello')

describe.each<[string, () => Disk]>([
  ['nodeDisk', () => nodeDisk],
  ['FaultyDisk without a rule', () => new FaultyDisk(nodeDisk)],
  ['FaultyDisk after its rule', afterItsRule],
  ['CrashDisk before its crash', () => new CrashDisk()],
])('%s', (_, make) => {
  test('files are made, written anywhere, cut, renamed and removed', async () => {
    const disk = make()
    const dir = newDir()
    for (const durable of [true, false]) {
      const file = await disk.create(`${dir}/a`, durable)
      await file.write(HELLO, 0)
      await file.write(HELLO, 7)
      await file.sync()
      expect(fs.readFileSync(`${dir}/a`, 'latin1')).toBe('hello\0\0hello')
      await file.truncate(3)
      await file.truncate(5)
      await file.close()
      expect(fs.readFileSync(`${dir}/a`, 'latin1')).toBe('hel\0\0')
    }
    const again = await disk.open(`${dir}/a`)
    await again.write(HELLO, 3)
    await again.close()
    await disk.rename(`${dir}/a`, `${dir}/b`)
    await disk.syncDir(dir)
    expect(fs.readFileSync(`${dir}/b`, 'latin1')).toBe('helhello')
    expect(fs.statSync(`${dir}/b`).mode & 0o777).toBe(0o600)
    await disk.remove(`${dir}/b`)
    expect(fs.readdirSync(dir)).toEqual([])
  })

  test('what is not there is refused with the code of the system', async () => {
    const disk = make()
    const dir = newDir()
    await expect(disk.open(`${dir}/none`)).rejects.toMatchObject({ code: 'ENOENT' })
    await expect(disk.remove(`${dir}/none`)).rejects.toMatchObject({ code: 'ENOENT' })
    await expect(disk.rename(`${dir}/none`, `${dir}/b`)).rejects.toMatchObject({ code: 'ENOENT' })
    await expect(disk.create(`${dir}/none/a`, true)).rejects.toMatchObject({ code: 'ENOENT' })
    await expect(disk.syncDir(`${dir}/none`)).rejects.toMatchObject({ code: 'ENOENT' })
  })
})

function afterItsRule(): Disk {
  const disk = new FaultyDisk(nodeDisk)
  disk.setRule({ type: 'full', freeBytes: 0 })
  disk.clear()
  return disk
}

async function opened(durable: boolean): Promise<{ disk: FaultyDisk; file: DiskFile; path: string }> {
  const disk = new FaultyDisk(nodeDisk)
  const path = `${newDir()}/file`
  return { disk, file: await disk.create(path, durable), path }
}

test('a stuck flush ends when the rule does; a write without one is not held', async () => {
  const { disk, file } = await opened(true)
  disk.setRule({ type: 'stuck' })
  let ended = 0
  const flushes = [file.write(HELLO, 0), file.sync()].map((flush) => flush.then(() => (ended += 1)))
  const loose = await disk.create(`${newDir()}/loose`, false)
  await loose.write(HELLO, 0)
  expect(ended).toBe(0)
  disk.clear()
  await Promise.all(flushes)
  expect(ended).toBe(2)
  await Promise.all([file.close(), loose.close()])
})

test('a slow flush takes its time, and no longer than the rule', async () => {
  const { disk, file } = await opened(true)
  disk.setRule({ type: 'slow', delayMs: 30 })
  const before = performance.now()
  await file.write(HELLO, 0)
  expect(performance.now() - before).toBeGreaterThan(25)
  disk.setRule({ type: 'slow', delayMs: 600_000 })
  const held = file.sync()
  disk.setRule({ type: 'slow', delayMs: 0 })
  await held
  await file.close()
})

test('a full disk takes what fits, then nothing, until there is room again', async () => {
  const { disk, file, path } = await opened(true)
  disk.setRule({ type: 'full', freeBytes: 8 })
  await file.write(HELLO, 0)
  await expect(file.write(HELLO, 5)).rejects.toMatchObject({ code: 'ENOSPC' })
  expect(fs.readFileSync(path, 'latin1')).toBe('hellohel')
  await expect(disk.create(`${path}2`, false)).rejects.toMatchObject({ code: 'ENOSPC' })
  disk.clear()
  await file.write(HELLO, 5)
  await file.close()
})

test('a write and a flush that fail', async () => {
  const { disk, file, path } = await opened(true)
  disk.setRule({ type: 'failWrite' })
  await expect(file.write(HELLO, 0)).rejects.toMatchObject({ code: 'EIO' })
  expect(fs.readFileSync(path, 'latin1')).toBe('he')
  disk.setRule({ type: 'failFlush' })
  await expect(file.write(HELLO, 0)).rejects.toMatchObject({ code: 'EIO' })
  expect(fs.readFileSync(path, 'latin1')).toBe('hello')
  await expect(file.sync()).rejects.toMatchObject({ code: 'EIO' })
  await expect(disk.syncDir(newDir())).rejects.toMatchObject({ code: 'EIO' })
  await file.close()
})

test('[O-12] a file that cannot be replaced keeps its content', async () => {
  const dir = newDir()
  const disk = new FaultyDisk(nodeDisk)
  await replaceFile(disk, dir, 'currentEpoch', Buffer.from('1'))
  const rules: DiskRule[] = [{ type: 'failWrite' }, { type: 'failFlush' }, { type: 'full', freeBytes: 0 }]
  for (const rule of rules) {
    disk.setRule(rule)
    await expect(replaceFile(disk, dir, 'currentEpoch', Buffer.from('22'))).rejects.toThrow('asked for')
    expect(fs.readFileSync(`${dir}/currentEpoch`, 'latin1')).toBe('1')
  }
})

describe('[ST-6] [O-8] a storage on a disk that fails', () => {
  const rules: DiskRule[] = [{ type: 'failWrite' }, { type: 'failFlush' }, { type: 'full', freeBytes: 20 }]
  test.each(rules)('reports nothing any more after $type, and has all that it reported', async (rule) => {
    const dir = newDir()
    const disk = new FaultyDisk(nodeDisk)
    const rig = await openRig(dir, { disk })
    const history = new History()
    rig.append(history.many(10))
    await rig.settled()
    disk.setRule(rule)
    rig.append(history.many(5))
    await rig.settled()
    expect(rig.failures).toHaveLength(1)
    // Space that comes back does not bring the failed write back.
    disk.clear()
    rig.append(history.many(5))
    await rig.storage.close()
    expect(rig.persisted).toEqual([10])
    const again = await openRig(dir)
    const { lastZxid } = again.recovered
    expect(lastZxid).toBeGreaterThanOrEqual(history.entries[9]?.zxid ?? 0)
    expect(lastZxid).toBeLessThanOrEqual(history.entries[14]?.zxid ?? 0)
    expect(again.recovered.tree.digest).toBe(history.entries.find((entry) => entry.zxid === lastZxid)?.digest)
    await again.storage.close()
  })

  test('a stuck flush holds what comes after it, and all of it is reported when it ends', async () => {
    const disk = new FaultyDisk(nodeDisk)
    const rig = await openRig(newDir(), { disk })
    disk.setRule({ type: 'stuck' })
    const history = new History()
    rig.append(history.many(3))
    await new Promise(setImmediate)
    rig.append(history.many(3))
    expect(rig.persisted).toEqual([])
    disk.clear()
    await rig.settled()
    expect(rig.persisted.at(-1)).toBe(6)
    expect(rig.failures).toEqual([])
    await rig.storage.close()
  })
})

test('a rule from outside is checked', () => {
  expect(parseDiskRule({ type: 'slow', delayMs: 5, more: 1 })).toEqual({
    ok: true,
    value: { type: 'slow', delayMs: 5 },
  })
  expect(parseDiskRule({ type: 'full', freeBytes: 0 })).toEqual({ ok: true, value: { type: 'full', freeBytes: 0 } })
  expect(parseDiskRule({ type: 'stuck' })).toEqual({ ok: true, value: { type: 'stuck' } })
  for (const bad of [
    null,
    'stuck',
    {},
    { type: 'slow' },
    { type: 'slow', delayMs: -1 },
    { type: 'full', freeBytes: 0.5 },
  ])
    expect(parseDiskRule(bad).ok, JSON.stringify(bad)).toBe(false)
})
