// The storage is killed at each of its disk operations in turn, and has to start again.

import fs from 'node:fs'
import { afterAll, describe, expect, test } from 'vitest'
import type { Recovered } from '#shared/peer/contract.ts'
import { createTree } from '#shared/tree/create-tree.ts'
import type { DataTree } from '#shared/tree/data-tree.ts'
import { epochOf, makeZxid, type Zxid } from '#shared/zk/zxid.ts'
import { CrashDisk } from './testing/crash-disk.ts'
import { History } from './testing/history.ts'
import { openRig, type Rig, temporaryDir } from './testing/rig.ts'

const made: string[] = []
afterAll(() => {
  for (const dir of made) fs.rmSync(dir, { recursive: true })
})

function newDir(): string {
  const dir = temporaryDir()
  made.push(dir)
  return dir
}

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
    if (i === 7 || i === 11) await storage.takeSnapshot(first.tree)
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
