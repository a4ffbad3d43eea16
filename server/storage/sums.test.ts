// ST-1: what Apache's format cannot tell, our side files can; and what another server wrote is never taken for damage.

import fs from 'node:fs'
import { afterAll, describe, expect, test, vi } from 'vitest'
import type { Entry } from '#shared/zk/txn.ts'
import { makeZxid } from '#shared/zk/zxid.ts'
import { nodeDisk } from './disk.ts'
import { FaultyDisk } from './faulty-disk.ts'
import { readSums } from './sums-file.ts'
import { CrashDisk } from './testing/crash-disk.ts'
import { History } from './testing/history.ts'
import { openRig, temporaryDir } from './testing/rig.ts'
import { LOG_HEADER_BYTES } from './txn-log-format.ts'
import { scanLog } from './txn-log-reader.ts'

const made: string[] = []
afterAll(() => {
  vi.useRealTimers()
  for (const dir of made) fs.rmSync(dir, { recursive: true })
})

function newDir(): string {
  const dir = temporaryDir()
  made.push(dir)
  return dir
}

/** A directory whose logs hold these many entries each. */
async function logged(...counts: readonly number[]): Promise<{ dir: string; history: History }> {
  const dir = newDir()
  const history = new History()
  for (const count of counts) {
    const rig = await openRig(dir)
    rig.append(history.many(count))
    await rig.settled()
    await rig.storage.close()
  }
  return { dir, history }
}

/** Opens it, gives what is found, and closes it again. */
async function reopened(dir: string) {
  const warnings: string[] = []
  const rig = await openRig(dir, { log: (level, message) => level === 'warn' && warnings.push(message) })
  await rig.storage.close()
  return { lastZxid: rig.recovered.lastZxid, digest: rig.recovered.tree.digest, warnings }
}

async function endOf(path: string, records: number): Promise<number> {
  let end = LOG_HEADER_BYTES
  let seen = 0
  await scanLog(path, (_zxid, txn) => {
    seen += 1
    if (seen <= records) end += txn.length + 13
    return true
  })
  return end
}

/** As Apache writes it: no side file. */
function foreign(dir: string, from: string, name: string): void {
  fs.copyFileSync(`${from}/version-2/${name}`, `${dir}/version-2/${name}`)
}

describe('[ST-1] what was durable is missed', () => {
  test('a lost tail of the last log is no torn one', async () => {
    const { dir } = await logged(10)
    const path = `${dir}/version-2/log.100000001`
    fs.truncateSync(path, await endOf(path, 7))
    await expect(reopened(dir)).rejects.toThrow(/log.100000001: it ends at byte \d+, but \d+ bytes were durable/)
    // Zeros instead of the tail, as lost writes leave them.
    fs.truncateSync(path, 60_000)
    await expect(reopened(dir)).rejects.toThrow(/are not those that were written.*must not vote/)
  })

  test('a damaged last record is no torn one', async () => {
    const { dir } = await logged(5)
    const path = `${dir}/version-2/log.100000001`
    const bytes = fs.readFileSync(path)
    bytes[bytes.length - 3] = (bytes[bytes.length - 3] ?? 0) ^ 1
    fs.writeFileSync(path, bytes)
    await expect(reopened(dir)).rejects.toThrow(/are not those that were written/)
  })

  test('a record with a right Adler-32 that was never written is noticed', async () => {
    const { dir } = await logged(6)
    const other = newDir()
    const rig = await openRig(other)
    const changed = new History().many(6).map((entry, i): Entry => (i === 3 ? { ...entry, timeMs: 1 } : entry))
    rig.append(changed)
    await rig.settled()
    await rig.storage.close()
    foreign(dir, other, 'log.100000001')
    await expect(reopened(dir)).rejects.toThrow(/bytes 0 to \d+ are not those that were written/)
  })

  test('the last log is gone', async () => {
    const { dir } = await logged(5, 5)
    fs.rmSync(`${dir}/version-2/log.100000006`)
    await expect(reopened(dir)).rejects.toThrow(/log.100000006: it is gone.*after 0x100000005/)
  })

  test('an older copy of the directory’s log is put back', async () => {
    const dir = newDir()
    const history = new History()
    const rig = await openRig(dir)
    rig.append(history.many(5))
    await rig.settled()
    const old = fs.readFileSync(`${dir}/version-2/log.100000001`)
    rig.append(history.many(5))
    await rig.settled()
    await rig.storage.close()
    fs.writeFileSync(`${dir}/version-2/log.100000001`, old)
    await expect(reopened(dir)).rejects.toThrow(/log.100000001/)
  })

  test('while the log is being written, a checkpoint follows it', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const dir = newDir()
    const rig = await openRig(dir, { disk: new CrashDisk() })
    const history = new History()
    const side = `${dir}/version-2/sums.log.100000001`
    for (let round = 1; round <= 3; round += 1) {
      rig.append(history.many(4))
      await rig.settled()
      await vi.advanceTimersByTimeAsync(1100)
      await vi.waitFor(async () => expect(await readSums(side)).toHaveLength(round))
    }
    // The process is killed: nothing more is written. Only a copy may be opened, for the lock.
    const copy = newDir()
    fs.cpSync(`${dir}/version-2`, `${copy}/version-2`, { recursive: true })
    vi.useRealTimers()
    await rig.storage.close()
    const log = `${copy}/version-2/log.100000001`
    const whole = fs.readFileSync(log)
    const second = (await readSums(`${copy}/version-2/sums.log.100000001`))?.[1]?.end ?? 0
    whole[second + 40] = (whole[second + 40] ?? 0) ^ 1
    fs.writeFileSync(log, whole)
    await expect(reopened(copy)).rejects.toThrow(StorageProblem)
    whole[second + 40] = (whole[second + 40] ?? 0) ^ 1
    fs.writeFileSync(log, whole)
    expect(await reopened(copy)).toMatchObject({ lastZxid: makeZxid(1, 12), warnings: [] })
    expect(await readSums(`${copy}/version-2/sums.log.100000001`)).toMatchObject([{ ended: true }])
  })
})

const StorageProblem = /damaged at byte|are not those that were written/

describe('[ST-1] what is no loss', () => {
  test('a torn end that was never acknowledged is cut as ever', async () => {
    const { dir, history } = await logged(5)
    fs.appendFileSync(`${dir}/version-2/log.100000001`, Buffer.from('0000000012345678000000', 'hex'))
    expect(await reopened(dir)).toMatchObject({ lastZxid: makeZxid(1, 5), digest: history.tree.digest })
    expect(await reopened(dir)).toMatchObject({ lastZxid: makeZxid(1, 5), warnings: [] })
  })

  test('a directory without side files is opened, and has them afterwards', async () => {
    const { dir, history } = await logged(5, 5)
    for (const name of fs.readdirSync(`${dir}/version-2`))
      if (name.startsWith('sums.')) fs.rmSync(`${dir}/version-2/${name}`)
    expect(await reopened(dir)).toMatchObject({ lastZxid: makeZxid(1, 10), digest: history.tree.digest, warnings: [] })
    const sums = fs.readdirSync(`${dir}/version-2`).filter((name) => name.startsWith('sums.'))
    expect(sums.sort()).toEqual(['sums.log.100000001', 'sums.log.100000006', 'sums.snapshot.0'])
    fs.rmSync(`${dir}/version-2/log.100000006`)
    await expect(reopened(dir)).rejects.toThrow(/it is gone/)
  })

  test('damaged side files claim nothing', async () => {
    const { dir } = await logged(5)
    for (const bytes of [
      Buffer.alloc(0),
      Buffer.alloc(500, 0xff),
      fs.readFileSync(`${dir}/version-2/sums.log.100000001`).subarray(0, 20),
    ]) {
      fs.writeFileSync(`${dir}/version-2/sums.log.100000001`, bytes)
      expect(await reopened(dir)).toMatchObject({ lastZxid: makeZxid(1, 5), warnings: [] })
    }
  })

  test('an Apache learner has cut our logs, removed one, written a snapshot and gone on under the same names', async () => {
    const { dir } = await logged(5, 5, 5)
    // Its own history agrees with ours up to 0x100000007.
    const other = newDir()
    const agreed = new History()
    const rig = await openRig(other)
    rig.append(agreed.many(7))
    await rig.settled()
    await rig.storage.takeSnapshot(agreed.tree)
    const onward = new History(agreed.tree, 2)
    rig.append(onward.many(9))
    await rig.settled()
    await rig.storage.close()

    const log = `${dir}/version-2/log.100000006`
    fs.truncateSync(log, await endOf(log, 2))
    fs.rmSync(`${dir}/version-2/log.10000000b`)
    const cutOnly = newDir()
    fs.cpSync(`${dir}/version-2`, `${cutOnly}/version-2`, { recursive: true })
    await expect(reopened(cutOnly)).rejects.toThrow(/log.100000006: it ends at byte/)

    foreign(dir, other, 'snapshot.100000007')
    const snapshotOnly = await reopened(dir)
    expect(snapshotOnly.lastZxid).toBe(makeZxid(1, 7))
    expect(snapshotOnly.warnings[0]).toContain('another server has written here')
    foreign(dir, other, 'log.200000001')
    expect(await reopened(dir)).toMatchObject({ lastZxid: makeZxid(2, 9), digest: onward.tree.digest, warnings: [] })
    // From here on its files are covered, too.
    fs.truncateSync(`${dir}/version-2/log.200000001`, 40)
    await expect(reopened(dir)).rejects.toThrow(/it ends at byte 40/)
  })

  test('another server replaced a log by one of the same name', async () => {
    const { dir } = await logged(5, 5)
    const other = newDir()
    const agreed = new History()
    const rig = await openRig(other)
    rig.append(agreed.many(5))
    await rig.settled()
    await rig.storage.takeSnapshot(agreed.tree)
    rig.append([{ ...agreed.next(), timeMs: 5 }])
    await rig.settled()
    await rig.storage.close()
    foreign(dir, other, 'log.100000006')
    await expect(reopened(dir)).rejects.toThrow(/it ends at byte/)
    foreign(dir, other, 'snapshot.100000005')
    fs.rmSync(`${dir}/version-2/sums.snapshot.100000005`, { force: true })
    // An older snapshot to start from, so that the log is read.
    expect((await reopened(dir)).lastZxid).toBe(makeZxid(1, 6))
  })

  test('our own truncation and purge leave nothing that is missed', async () => {
    const dir = newDir()
    const history = new History()
    const rig = await openRig(dir)
    for (let i = 0; i < 6; i += 1) {
      rig.append(history.many(10))
      await rig.settled()
      await rig.storage.takeSnapshot(history.tree)
    }
    await rig.storage.purge(3, makeZxid(9, 0))
    rig.storage.truncate(rig.nextOp(), makeZxid(1, 53))
    await rig.storage.reload()
    await rig.storage.close()
    expect(await reopened(dir)).toMatchObject({ lastZxid: makeZxid(1, 53), warnings: [] })
    const names = fs.readdirSync(`${dir}/version-2`)
    for (const name of names.filter((one) => one.startsWith('sums.'))) expect(names).toContain(name.slice(5))
  })

  test('without forceSync nothing is claimed', async () => {
    const dir = newDir()
    const rig = await openRig(dir, { forceSync: false })
    rig.append(new History().many(5))
    await rig.settled()
    await rig.storage.close()
    expect(fs.readdirSync(`${dir}/version-2`)).toEqual(['log.100000001', 'snapshot.0', 'sums.snapshot.0'])
  })
})

test('[ST-6] a side file that cannot be written ends everything, like a log', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const disk = new FaultyDisk(nodeDisk)
  const rig = await openRig(newDir(), { disk })
  rig.append(new History().many(3))
  await rig.settled()
  disk.setRule({ type: 'full', freeBytes: 0 })
  await vi.advanceTimersByTimeAsync(1100)
  vi.useRealTimers()
  await vi.waitFor(() => expect(rig.failures).toHaveLength(1))
  await rig.storage.close()
})
