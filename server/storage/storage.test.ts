// The storage as a host drives it: order, group commit, failures, crashes at every step.

import fs from 'node:fs'
import { afterAll, describe, expect, test } from 'vitest'
import type { Recovered } from '#shared/peer/contract.ts'
import { createTree } from '#shared/tree/create-tree.ts'
import type { DataTree } from '#shared/tree/data-tree.ts'
import { epochOf, makeZxid, type Zxid } from '#shared/zk/zxid.ts'
import { CrashDisk } from './testing/crash-disk.ts'
import { essence, History } from './testing/history.ts'
import { filesOf, openRig, type Rig, temporaryDir } from './testing/rig.ts'

const made: string[] = []
afterAll(() => {
  for (const dir of made) fs.rmSync(dir, { recursive: true })
})

function newDir(): string {
  const dir = temporaryDir()
  made.push(dir)
  return dir
}

test('a fresh directory gets an empty tree, snapshot.0 and private modes', async () => {
  const dir = newDir()
  const rig = await openRig(`${dir}/new`)
  expect(rig.recovered).toEqual({
    acceptedEpoch: 0,
    currentEpoch: 0,
    lastZxid: 0,
    recent: [],
    recentAfter: 0,
    tree: createTree(),
  })
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

test('[ST-6] after one failed write nothing is written or reported, and the host is told once', async () => {
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
    rig.append(history.many(20_000))
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
    expect(during).toBeGreaterThan(2)
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

  test('[O-15] purge keeps three whole snapshots and the logs that they need', async () => {
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
    expect(await rig.storage.purge(1)).toEqual([
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
    expect(await rig.storage.purge(3)).toEqual([])
    await rig.storage.close()
    for (const newest of ['snapshot.10000003c', 'snapshot.100000032', 'snapshot.100000028']) {
      fs.rmSync(`${dir}/version-2/${newest}`)
    }
    const again = await openRig(dir)
    expect(again.recovered.tree.digest).toBe(history.tree.digest)
    await again.storage.close()
  })
})

/** A history through every kind of operation; `note` is called after each with what the disk should then hold. */
async function scenario(rig: Rig, note: (state: DataTree, epochs: readonly [number, number]) => void): Promise<void> {
  const { storage } = rig
  const first = new History()
  storage.saveEpoch(rig.nextOp(), 'accepted', 1)
  note(first.tree, [1, 0])
  storage.saveEpoch(rig.nextOp(), 'current', 1)
  note(first.tree, [1, 1])
  for (let i = 0; i < 12; i += 1) {
    rig.append([first.next()])
    note(first.tree, [1, 1])
    if (i % 4 === 3) await rig.settled()
    if (i === 7) await storage.takeSnapshot(first.tree)
  }
  storage.truncate(rig.nextOp(), makeZxid(1, 10))
  const cut = new History()
  cut.many(10)
  note(cut.tree, [1, 1])
  await storage.reload().catch(() => undefined)
  storage.saveEpoch(rig.nextOp(), 'accepted', 2)
  note(cut.tree, [2, 1])
  const second = new History(cut.tree, 2)
  for (let i = 0; i < 3; i += 1) {
    rig.append([second.next()])
    note(second.tree, [2, 1])
  }
  storage.saveEpoch(rig.nextOp(), 'current', 2)
  note(second.tree, [2, 2])
  await rig.settled()
  storage.saveEpoch(rig.nextOp(), 'accepted', 4)
  note(second.tree, [4, 2])
  const received = new History(createTree(), 4)
  received.many(6)
  storage.installSnapshot(rig.nextOp(), makeZxid(4, 6), received.tree)
  note(received.tree, [4, 2])
  // In life, what is applied next is committed; here nobody else has it.
  await rig.settled()
  rig.append([received.next()])
  note(received.tree, [4, 2])
  storage.saveEpoch(rig.nextOp(), 'current', 4)
  note(received.tree, [4, 4])
  await rig.settled()
}

interface State {
  readonly op: number
  readonly digest: bigint
  readonly lastZxid: Zxid
  readonly epochs: readonly [number, number]
}

describe('[D-11] [D-14] killed at any disk operation', () => {
  test('a server starts again with all that was reported, and nothing that was not asked for', async () => {
    const counting = new CrashDisk()
    const states: State[] = []
    const whole = await openRig(newDir(), { disk: counting })
    const opened = counting.count
    states.push({ op: 0, digest: createTree().digest, lastZxid: makeZxid(0, 0), epochs: [0, 0] })
    await scenario(whole, (tree, epochs) => {
      states.push({ op: whole.lastOp, digest: tree.digest, lastZxid: tree.lastProcessedZxid, epochs })
    })
    expect(whole.failures).toEqual([])
    await whole.storage.close()
    const total = counting.count
    expect(total).toBeGreaterThan(60)

    for (let crashAt = 1; crashAt <= total; crashAt += 1) {
      const dir = newDir()
      const disk = new CrashDisk(crashAt)
      let reported = 0
      try {
        const rig = await openRig(dir, { disk })
        await scenario(rig, () => undefined)
        reported = rig.persisted.at(-1) ?? 0
        await rig.storage.close().catch(() => undefined)
      } catch {
        expect(crashAt, 'only opening may throw').toBeLessThanOrEqual(opened)
      }
      const again = await openRig(dir)
      expect(allowed(states, reported, again.recovered), `killed at ${crashAt}, reported ${reported}`).toBe(true)
      await again.storage.close()
    }
  }, 60_000)
})

/** Whether a recovered state is one between the last reported operation and the next ones asked for. */
function allowed(states: readonly State[], reported: number, found: Recovered): boolean {
  return states.some((state, index) => {
    if (state.op < reported) return false
    const epochs = state.epochs[0] === found.acceptedEpoch && state.epochs[1] === expectedCurrent(state, found)
    const same = state.digest === found.tree.digest && state.lastZxid === found.lastZxid
    // Half way through a truncation, less than everything after the cut may be gone.
    const previous = states[index - 1]
    const inTruncate =
      previous !== undefined &&
      epochOf(previous.lastZxid) === epochOf(state.lastZxid) &&
      state.lastZxid < found.lastZxid &&
      found.lastZxid <= previous.lastZxid &&
      states.some((other) => other.lastZxid === found.lastZxid && other.digest === found.tree.digest)
    return epochs && (same || inTruncate)
  })
}

/** Before its first promise a server has no epoch files: its epoch is that of its log. */
function expectedCurrent(state: State, found: Recovered): number {
  return state.op === 1 ? found.currentEpoch : state.epochs[1]
}

test('[ST-11] a directory has one owner; the lock of a dead one does not count', async () => {
  const dir = newDir()
  const rig = await openRig(dir)
  await expect(openRig(dir)).rejects.toThrow(`${dir} is in use by process ${process.pid}`)
  await rig.storage.close()
  fs.writeFileSync(`${dir}/zabscope.lock`, JSON.stringify({ pid: 2 ** 22 + 1, birth: 'gone' }))
  const taken = await openRig(dir)
  await taken.storage.close()
  // The same pid in another life: a container starts its one process with the same number each time.
  fs.writeFileSync(`${dir}/zabscope.lock`, JSON.stringify({ pid: process.pid, birth: 'another boot' }))
  const reborn = await openRig(dir)
  await reborn.storage.close()
  fs.writeFileSync(`${dir}/zabscope.lock`, 'half a lo')
  const repaired = await openRig(dir)
  expect(fs.readdirSync(dir).filter((name) => name !== 'version-2')).toEqual(['zabscope.lock'])
  await repaired.storage.close()
  expect(fs.readdirSync(dir)).toEqual(['version-2'])
})

describe('epochs', () => {
  async function withEpochs(accepted: string | null, current: string | null): Promise<Recovered> {
    const dir = newDir()
    const rig = await openRig(dir)
    rig.append(new History(createTree(), 3).many(2))
    await rig.settled()
    await rig.storage.close()
    if (accepted !== null) fs.writeFileSync(`${dir}/version-2/acceptedEpoch`, accepted)
    if (current !== null) fs.writeFileSync(`${dir}/version-2/currentEpoch`, current)
    const again = await openRig(dir)
    await again.storage.close()
    return again.recovered
  }

  test.each([
    ['5', '4', 5, 4],
    ['3', null, 3, 3],
    [null, null, 3, 3],
    ['7', null, 7, 3],
    // Txns of a synchronization are durable before currentEpoch is (O-3).
    ['3', '2', 3, 2],
    ['3\n', '3\n', 3, 3],
  ])('accepted %j, current %j of a log in epoch 3', async (accepted, current, wantAccepted, wantCurrent) => {
    expect(await withEpochs(accepted, current)).toMatchObject({
      acceptedEpoch: wantAccepted,
      currentEpoch: wantCurrent,
    })
  })

  test('what no crash leaves is refused', async () => {
    await expect(withEpochs('4', '5')).rejects.toThrow(/acceptedEpoch is 4, below currentEpoch 5/)
    await expect(withEpochs('2', '2')).rejects.toThrow(/has only promised epoch 2/)
    await expect(withEpochs('', '2')).rejects.toThrow(/should hold one epoch number/)
    await expect(withEpochs('4', 'four')).rejects.toThrow(/should hold one epoch number/)
  })

  test('epoch files without any data are not a new server', async () => {
    const dir = newDir()
    fs.mkdirSync(`${dir}/version-2`)
    fs.writeFileSync(`${dir}/version-2/acceptedEpoch`, '3')
    await expect(openRig(dir)).rejects.toThrow(/this server's data is gone/)
  })
})

test('a dataDir that is a file is refused in words', async () => {
  const dir = newDir()
  fs.writeFileSync(`${dir}/file`, '')
  await expect(openRig(`${dir}/file`)).rejects.toThrow(/it has to be a directory that this user may write to/)
})
