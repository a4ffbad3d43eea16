// Snapshots as a host asks for them: when they are due, under load, damaged, received, purged.

import fs from 'node:fs'
import { afterAll, describe, expect, test } from 'vitest'
import { createTree } from '#shared/tree/create-tree.ts'
import { essence } from '#shared/tree/testing.ts'
import { makeZxid } from '#shared/zk/zxid.ts'
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

describe('snapshots', () => {
  test('one is due after half of snapCount and a random part of the other half', async () => {
    const rig = await openRig(newDir(), { snapCount: 100, random: () => 0.5 })
    const history = new History()
    rig.append(history.many(75))
    expect(rig.storage.snapshotDue()).toBe(false)
    rig.append(history.many(1))
    expect(rig.storage.snapshotDue()).toBe(true)
    const first = rig.storage.takeSnapshot(history.tree)
    expect(rig.storage.snapshotDue()).toBe(false)
    // One at a time.
    expect(await rig.storage.takeSnapshot(history.tree)).toBe(false)
    expect(await first).toBe(true)
    await rig.storage.close()
  })

  test('[D-9] [O-12] one that is taken under load loads, with the log behind its label, as the same tree', async () => {
    const dir = newDir()
    const rig = await openRig(dir)
    const history = new History()
    rig.append(history.many(8_000))
    const label = history.tree.lastProcessedZxid
    let done = false
    const finished = rig.storage.takeSnapshot(history.tree).finally(() => {
      done = true
    })
    let during = 0
    while (!done) {
      during += 1
      rig.append(history.many(20))
      const path = `/node-1-${during * 77 + 2}`
      if (history.tree.nodes.has(path)) rig.append([history.add({ type: 'delete', path })])
      await rig.settled()
    }
    expect(await finished).toBe(true)
    expect(during).toBeGreaterThan(0)
    await rig.storage.close()
    expect(filesOf(dir)).toContain(`snapshot.${label.toString(16)}`)
    const messages: string[] = []
    const again = await openRig(dir, { log: (level, message) => level !== 'info' && messages.push(message) })
    expect(again.recovered.tree.digest).toBe(history.tree.digest)
    expect(essence(again.recovered.tree)).toEqual(essence(history.tree))
    expect(messages).toEqual([])
    await again.storage.close()
  })

  test('[R-1549] a tree from before a truncation is not written', async () => {
    const dir = newDir()
    const rig = await openRig(dir)
    const history = new History()
    rig.append(history.many(30))
    const running = rig.storage.takeSnapshot(history.tree)
    rig.storage.truncate(rig.nextOp(), makeZxid(1, 20))
    expect(await running).toBe(false)
    expect(await rig.storage.takeSnapshot(history.tree)).toBe(false)
    const { tree } = await rig.storage.reload()
    expect(await rig.storage.takeSnapshot(tree)).toBe(true)
    expect(filesOf(dir)).toEqual(['log.100000001', 'snapshot.0', 'snapshot.100000014'])
    await rig.storage.close()
  })

  test('a damaged one is passed over when the log from the one before is whole, and only then', async () => {
    const dir = newDir()
    const rig = await openRig(dir)
    const history = new History()
    rig.append(history.many(10))
    await rig.storage.takeSnapshot(history.tree)
    rig.append(history.many(10))
    await rig.settled()
    await rig.storage.close()
    const path = `${dir}/version-2/snapshot.10000000a`
    const bytes = fs.readFileSync(path)
    bytes[100] = (bytes[100] ?? 0) ^ 1
    fs.writeFileSync(path, bytes)
    const again = await openRig(dir)
    expect(again.recovered.tree.digest).toBe(history.tree.digest)
    expect(again.recovered.recentAfter).toBe(0)
    await again.storage.close()
    fs.rmSync(`${dir}/version-2/log.10000000b`)
    fs.truncateSync(`${dir}/version-2/log.100000001`, 400)
    for (const name of ['sums.log.100000001', 'sums.log.10000000b']) fs.rmSync(`${dir}/version-2/${name}`)
    await expect(openRig(dir)).rejects.toThrow(/snapshot.10000000a is damaged, and the logs end at/)
    fs.rmSync(`${dir}/version-2/snapshot.0`)
    await expect(openRig(dir)).rejects.toThrow(/no snapshot could be loaded/)
  })

  test('[R-2872] a received one replaces everything, and nothing of the old history is ever replayed on it', async () => {
    const dir = newDir()
    const rig = await openRig(dir)
    rig.append(new History().many(30))
    const other = new History(createTree(), 3)
    other.many(12)
    rig.storage.installSnapshot(rig.nextOp(), makeZxid(3, 12), other.tree)
    rig.append(other.many(5))
    await rig.settled()
    await rig.storage.close()
    expect(filesOf(dir)).toEqual(['log.30000000d', 'snapshot.30000000c'])
    const again = await openRig(dir)
    expect(essence(again.recovered.tree)).toEqual(essence(other.tree))
    expect(again.recovered.recentAfter).toBe(makeZxid(3, 12))
    await again.storage.close()
  })

  test('[O-15] [R-3231] purge keeps three whole snapshots and the logs that they need', async () => {
    const dir = newDir()
    const rig = await openRig(dir)
    const history = new History()
    for (let i = 0; i < 6; i += 1) {
      rig.append(history.many(10))
      await rig.settled()
      await rig.storage.takeSnapshot(history.tree)
    }
    // A damaged one does not count.
    fs.appendFileSync(`${dir}/version-2/snapshot.100000032`, 'x')
    expect(await rig.storage.purge(1, makeZxid(9, 0))).toEqual([
      'snapshot.0',
      'snapshot.10000000a',
      'snapshot.100000014',
      'log.100000001',
      'log.10000000b',
    ])
    expect(filesOf(dir).filter((name) => name.startsWith('log.'))).toEqual([
      'log.100000015',
      'log.10000001f',
      'log.100000029',
      'log.100000033',
    ])
    expect(await rig.storage.purge(3, makeZxid(9, 0))).toEqual([])
    await rig.storage.close()
    for (const newest of ['snapshot.10000003c', 'snapshot.100000032', 'snapshot.100000028']) {
      fs.rmSync(`${dir}/version-2/${newest}`)
    }
    const again = await openRig(dir)
    expect(again.recovered.tree.digest).toBe(history.tree.digest)
    await again.storage.close()
  })
})

describe('[FOLL-10] what is in memory can be cut away', () => {
  test('purge leaves a snapshot that is as old as the log in memory', async () => {
    const dir = newDir()
    const rig = await openRig(dir)
    const history = new History()
    for (let i = 0; i < 6; i += 1) {
      rig.append(history.many(10))
      await rig.settled()
      await rig.storage.takeSnapshot(history.tree)
    }
    expect(await rig.storage.purge(3, makeZxid(1, 25))).toEqual(['snapshot.0', 'snapshot.10000000a', 'log.100000001'])
    rig.storage.truncate(rig.nextOp(), makeZxid(1, 25))
    const { lastZxid, tree } = await rig.storage.reload()
    expect(lastZxid).toBe(makeZxid(1, 25))
    expect(tree.digest).toBe(history.entries[24]?.digest)
    expect(rig.failures).toEqual([])
    await rig.storage.close()
  })

  test('nothing is handed back that lies before every snapshot', async () => {
    const dir = newDir()
    const rig = await openRig(dir)
    const history = new History()
    rig.append(history.many(10))
    await rig.settled()
    await rig.storage.takeSnapshot(history.tree)
    rig.append(history.many(10))
    await rig.settled()
    await rig.storage.close()
    fs.rmSync(`${dir}/version-2/snapshot.0`)
    const again = await openRig(dir)
    expect(again.recovered.recentAfter).toBe(makeZxid(1, 10))
    expect(again.recovered.recent.map((entry) => entry.zxid)).toEqual(history.entries.slice(10).map((one) => one.zxid))
    await again.storage.close()
  })

  test('a purge that a truncation has overtaken removes nothing', async () => {
    const rig = await openRig(newDir())
    const history = new History()
    for (let i = 0; i < 6; i += 1) {
      rig.append(history.many(10))
      await rig.settled()
      await rig.storage.takeSnapshot(history.tree)
    }
    const purged = rig.storage.purge(3, makeZxid(9, 0))
    rig.storage.truncate(rig.nextOp(), makeZxid(1, 5))
    expect(await purged).toEqual([])
    expect((await rig.storage.reload()).lastZxid).toBe(makeZxid(1, 5))
    await rig.storage.close()
  })
})
