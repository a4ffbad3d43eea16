// The transaction log: Apache's recorded bytes, torn and damaged ends, truncation.

import fs from 'node:fs'
import { afterAll, expect, test } from 'vitest'
import { readEntry } from '#shared/jute/records/txn.ts'
import type { Entry } from '#shared/zk/txn.ts'
import { makeZxid, type Zxid } from '#shared/zk/zxid.ts'
import { nodeDisk } from './disk.ts'
import { StorageError } from './storage-error.ts'
import { History } from './testing/history.ts'
import { recordedLog, recordedSnapshot } from './testing/recorded.ts'
import { filesOf, openRig, temporaryDir } from './testing/rig.ts'
import { continues, LOG_HEADER_BYTES, paddedSize } from './txn-log-format.ts'
import { scanLog } from './txn-log-reader.ts'

const made: string[] = []
afterAll(() => {
  for (const dir of made) fs.rmSync(dir, { recursive: true })
})

function newDir(): string {
  const dir = temporaryDir()
  made.push(dir)
  return dir
}

/** A data directory with these files in version-2. */
function dirWith(files: Record<string, Uint8Array>): string {
  const dir = newDir()
  fs.mkdirSync(`${dir}/version-2`)
  for (const [name, bytes] of Object.entries(files)) fs.writeFileSync(`${dir}/version-2/${name}`, bytes)
  return dir
}

async function entriesOf(path: string): Promise<Entry[]> {
  const entries: Entry[] = []
  await scanLog(path, (_, txn) => {
    entries.push(readEntry(Uint8Array.prototype.slice.call(txn)))
    return true
  })
  return entries
}

/** A directory in which `entries` have been logged by us, closed cleanly. */
/** As another server would leave it: without side files, by which more could be told (sums.test.ts). */
async function logged(entries: readonly Entry[]): Promise<string> {
  const dir = newDir()
  const rig = await openRig(dir)
  rig.append(entries)
  await rig.settled()
  await rig.storage.close()
  for (const name of fs.readdirSync(`${dir}/version-2`))
    if (name.startsWith('sums.')) fs.rmSync(`${dir}/version-2/${name}`)
  return dir
}

test("Apache's log is read, replayed over its snapshot, and written again byte for byte", async () => {
  const dir = dirWith({ 'snapshot.0': recordedSnapshot('snapshot.empty'), 'log.1': recordedLog() })
  const rig = await openRig(dir)
  expect(rig.recovered.lastZxid).toBe(0x1d)
  expect(rig.recovered.tree.digest).toBe(16179163709n)
  expect(rig.recovered.recent.map((entry) => entry.zxid)).toEqual(Array.from({ length: 29 }, (_, i) => i + 1))
  expect(rig.recovered.recentAfter).toBe(0)
  await rig.storage.close()

  const copy = newDir()
  const again = await openRig(copy, { preAllocSizeKb: 64 })
  again.append(rig.recovered.recent)
  await again.settled()
  const written = fs.readFileSync(`${copy}/version-2/log.1`)
  expect(written.length).toBe(65552)
  const padding = written.length - recordedLog().length
  expect(written.equals(Buffer.concat([recordedLog(), Buffer.alloc(padding)]))).toBe(true)
  await again.storage.close()
})

test('a file grows by whole pieces before its end comes near', () => {
  expect(paddedSize(16, 16, 65536)).toBe(65552)
  expect(paddedSize(61000, 65552, 65536)).toBe(65552)
  expect(paddedSize(65552 - 4096, 65552, 65536)).toBe(131088)
  expect(paddedSize(200_000, 65552, 65536)).toBe(262144)
  expect(paddedSize(200_000, 65552, 0)).toBe(65552)
})

test('[D-12] what continues what', () => {
  expect(continues(makeZxid(1, 4), makeZxid(1, 5))).toBe(true)
  expect(continues(makeZxid(1, 4), makeZxid(1, 6))).toBe(false)
  expect(continues(makeZxid(1, 4), makeZxid(3, 1))).toBe(true)
  expect(continues(makeZxid(1, 4), makeZxid(2, 2))).toBe(false)
  expect(continues(makeZxid(2, 0), makeZxid(2, 1))).toBe(true)
  expect(continues(makeZxid(2, 1), makeZxid(1, 5))).toBe(false)
})

test('[D-11] a log torn at any byte gives every whole record before, and is cut before new ones are written', async () => {
  const entries = new History().many(4)
  const whole = fs.readFileSync(`${await logged(entries)}/version-2/log.100000001`)
  const ends: number[] = []
  await scanLog(`${made.at(-1)}/version-2/log.100000001`, (_, txn) => {
    ends.push((ends.at(-1) ?? LOG_HEADER_BYTES) + txn.length + 13)
    return true
  })
  for (let cut = 0; cut < whole.length; cut += 1) {
    const dir = dirWith({
      'snapshot.0': recordedSnapshot('snapshot.empty'),
      // Padding behind the torn record, as a crash leaves it.
      'log.100000001': Buffer.concat([whole.subarray(0, cut), Buffer.alloc(cut % 3 === 0 ? 500 : 0)]),
    })
    const rig = await openRig(dir)
    // The last byte of a record is not zero, so padding never completes one.
    const survivors = entries.slice(0, ends.filter((end) => end <= cut).length)
    const last = survivors.at(-1)?.zxid ?? 0
    expect(rig.recovered.lastZxid, `cut at ${cut}`).toBe(last)
    if (survivors.length > 0) {
      const rest = fs.readFileSync(`${dir}/version-2/log.100000001`).subarray(ends[survivors.length - 1])
      expect(rest.every((byte) => byte === 0)).toBe(true)
    }
    const more = entries.slice(survivors.length)
    rig.append(more)
    await rig.settled()
    await rig.storage.close()
    if (cut % 5 > 0) continue
    const again = await openRig(dir)
    expect(again.recovered.lastZxid, `cut at ${cut}`).toBe(entries.at(-1)?.zxid)
    expect(again.recovered.recent.length).toBe(entries.length)
    await again.storage.close()
  }
}, 60_000)

test('[ST-3] a bad record with good ones behind it is damage, not a torn end', async () => {
  const dir = await logged(new History().many(10))
  const path = `${dir}/version-2/log.100000001`
  const bytes = fs.readFileSync(path)
  bytes[LOG_HEADER_BYTES + 20] = (bytes[LOG_HEADER_BYTES + 20] ?? 0) ^ 1
  fs.writeFileSync(path, bytes)
  await expect(openRig(dir)).rejects.toThrow(/damaged at byte 16, at its start: whole records follow it.*0x100000002/)
  // The same when the length is what went bad, and when there is a hole of zeros.
  bytes.fill(0, LOG_HEADER_BYTES, LOG_HEADER_BYTES + 30)
  fs.writeFileSync(path, bytes)
  await expect(openRig(dir)).rejects.toThrow(/whole records follow it/)
})

test('a damaged last record is taken for torn: without a side file nothing tells it from one', async () => {
  const entries = new History().many(5)
  const dir = await logged(entries)
  const path = `${dir}/version-2/log.100000001`
  const bytes = fs.readFileSync(path)
  bytes[bytes.length - 3] = (bytes[bytes.length - 3] ?? 0) ^ 1
  fs.writeFileSync(path, bytes)
  const rig = await openRig(dir)
  expect(rig.recovered.lastZxid).toBe(entries[3]?.zxid)
  await rig.storage.close()
})

test('[D-12] a missing file between two others is noticed', async () => {
  const history = new History()
  const dir = newDir()
  for (let file = 0; file < 3; file += 1) {
    const rig = await openRig(dir)
    rig.append(history.many(5))
    await rig.settled()
    await rig.storage.close()
  }
  expect(filesOf(dir)).toEqual(['log.100000001', 'log.100000006', 'log.10000000b', 'snapshot.0'])
  fs.rmSync(`${dir}/version-2/log.100000006`)
  await expect(openRig(dir)).rejects.toThrow(/log.10000000b has 0x10000000b where .* ends with 0x100000005/)
})

test('logs are read in the order of their zxids, not of their names', async () => {
  const history = new History()
  const dir = newDir()
  for (const count of [9, 8, 2]) {
    const rig = await openRig(dir)
    rig.append(history.many(count))
    await rig.settled()
    await rig.storage.close()
  }
  expect(filesOf(dir)).toEqual(['log.100000001', 'log.10000000a', 'log.100000012', 'snapshot.0'].sort())
  const rig = await openRig(dir)
  expect(rig.recovered.tree.digest).toBe(history.tree.digest)
  await rig.storage.close()
})

test('[R-1069] empty and all-zero last logs are an empty tail', async () => {
  for (const bytes of [Buffer.alloc(0), Buffer.alloc(7), Buffer.alloc(70_000), recordedLog().subarray(0, 16)]) {
    const dir = dirWith({ 'snapshot.0': recordedSnapshot('snapshot.empty'), 'log.1': recordedLog(), 'log.1e': bytes })
    const rig = await openRig(dir)
    expect(rig.recovered.lastZxid).toBe(0x1d)
    expect(filesOf(dir)).toEqual(['log.1', 'snapshot.0'])
    await rig.storage.close()
  }
})

test('a file that is no log is refused by name', async () => {
  const dir = dirWith({ 'snapshot.0': recordedSnapshot('snapshot.empty'), 'log.1': Buffer.from('not a log, but long') })
  await expect(openRig(dir)).rejects.toThrow(/log.1 is not a transaction log: it does not start with ZKLG/)
})

test('[R-1156] [R-1489] [R-4837] truncate keeps the zxid it names, and removes what is above, snapshots too', async () => {
  const history = new History()
  const dir = newDir()
  const rig = await openRig(dir)
  for (let file = 0; file < 3; file += 1) {
    rig.append(history.many(10))
    await rig.settled()
    expect(await rig.storage.takeSnapshot(history.tree)).toBe(true)
  }
  rig.storage.truncate(rig.nextOp(), makeZxid(1, 13))
  const recovered = await rig.storage.reload()
  expect(recovered.lastZxid).toBe(makeZxid(1, 13))
  expect(recovered.recent.map((entry) => entry.zxid)).toEqual(history.entries.slice(0, 13).map((entry) => entry.zxid))
  expect(recovered.tree.digest).toBe(history.entries[12]?.digest)
  expect(filesOf(dir)).toEqual(['log.100000001', 'log.10000000b', 'snapshot.0', 'snapshot.10000000a'])
  // The history goes on in another epoch, and the old suffix never comes back (R-1489).
  const other = new History(recovered.tree, 2)
  rig.append(other.many(4))
  await rig.settled()
  await rig.storage.close()
  const again = await openRig(dir)
  expect(again.recovered.lastZxid).toBe(makeZxid(2, 4))
  expect(again.recovered.tree.digest).toBe(other.tree.digest)
  expect(await entriesOf(`${dir}/version-2/log.10000000b`)).toHaveLength(3)
  await again.storage.close()
})

test('truncate below every snapshot changes nothing and says what to do', async () => {
  const history = new History()
  const dir = newDir()
  const rig = await openRig(dir)
  rig.append(history.many(10))
  await rig.storage.takeSnapshot(history.tree)
  await nodeDisk.remove(`${dir}/version-2/snapshot.0`)
  const before = filesOf(dir)
  rig.storage.truncate(rig.nextOp(), makeZxid(1, 3))
  await rig.settled()
  expect(rig.failures).toHaveLength(1)
  expect(String(rig.failures[0])).toMatch(/no snapshot that old. Move the data directory away/)
  expect(filesOf(dir)).toEqual(before)
  await rig.storage.close()
})

test('a txn that holds the bytes of a log does not pass for evidence of damage', async () => {
  const history = new History()
  const inner = fs.readFileSync(`${await logged(new History().many(4))}/version-2/log.100000001`)
  history.many(8)
  history.add({ type: 'setData', path: '/', data: inner, version: 9 })
  const dir = await logged(history.entries)
  const path = `${dir}/version-2/log.100000001`
  fs.truncateSync(path, fs.statSync(path).size - 20)
  const rig = await openRig(dir)
  expect(rig.recovered.lastZxid).toBe(makeZxid(1, 8))
  await rig.storage.close()
})

test('[R-2325] StorageError is what a damaged directory throws, logs without a snapshot, too', async () => {
  const dir = dirWith({ 'log.1': recordedLog() })
  const opened: Promise<{ recovered: { lastZxid: Zxid } }> = openRig(dir)
  await expect(opened).rejects.toThrow(StorageError)
  await expect(openRig(dir)).rejects.toThrow(/holds transaction logs, but .* holds no snapshot/)
})
