// T3, exhaustive: a short story with an election, writes and all three ways to synchronize is cut off at every disk
// operation, with every number of unsynced ones that may have survived. Whoever was cut off starts again from its
// disk, and nothing may be wrong (D-*, B-0), missing, or stuck (V-7).

import { describe, expect, test } from 'vitest'
import type { DiskEffect } from '../../zab/contract.ts'
import { ERROR_CODES } from '../../zk/errors.ts'
import type { Sid } from '../../zk/ids.ts'
import type { Entry } from '../../zk/txn.ts'
import type { WorldObserver, WorldOptions } from '../world/contract.ts'
import { crash, start } from '../world/process.ts'
import { boot, doNow, kill, leaderOf, type Stage, server, settle, split, until } from './stage.ts'
import {
  agree,
  at,
  create,
  createStory,
  describeTree,
  onDisk,
  replayed,
  sendRecorded,
  writeAt,
} from './stage-clients.ts'

type Story = ReturnType<typeof createStory>

/** Small windows, so that a few writes are enough for SNAP. */
const OPTIONS: Partial<WorldOptions> = { commitLogCount: 3, snapCount: 8, flushMinUs: 2000, flushMaxUs: 2000 }

/** Servers 1 to 3; what each part brings about is asserted below, so that the story cannot lose it unnoticed. */
function tell(stage: Story): void {
  settle(stage)
  writeAt(stage, 1, '/a')
  kill(stage, 1)
  writeAt(stage, 2, '/b')
  boot(stage, 1) // DIFF
  settle(stage)
  at(stage, 'lost', 3)
  split(stage, [3], [1, 2])
  sendRecorded(stage, 'lost', 3, create('/lost'))
  until(stage, '3 has logged it', () => server(stage, 3).disk.log.some((entry) => isCreateOf(entry.txn, '/lost')))
  settle(stage, 1, 2) // an election
  doNow(stage, { type: 'healAll', reset: true })
  settle(stage) // TRUNC
  kill(stage, 1)
  for (let n = 0; n < 8; n += 1) writeAt(stage, 2, `/n${n}`)
  boot(stage, 1) // SNAP
  settle(stage)
  writeAt(stage, 3, '/z')
  agree(stage, 1, 2, 3)
}

function isCreateOf(txn: { readonly type: string; readonly path?: unknown }, path: string): boolean {
  return txn.type === 'create' && txn.path === path
}

/** Where the story is cut off: server `sid`, when it has asked its disk for something for the `nth` time. */
interface Point {
  readonly sid: Sid
  readonly nth: number
  /** How many operations were unsynced then. */
  readonly unsynced: number
}

class CutOff extends Error {}

const ON_DISK: ReadonlySet<string> = new Set<DiskEffect['type']>(['append', 'truncate', 'installSnapshot', 'saveEpoch'])

/** Tells `onAsked` of every step in which a server asks its disk for something, counted per server. */
function watchDisks(onAsked: (point: Point) => void): WorldObserver {
  const counts = new Map<Sid, number>()
  return {
    stepped({ sid, disk }, _input, effects) {
      if (!effects.some((effect) => ON_DISK.has(effect.type))) return
      const nth = (counts.get(sid) ?? 0) + 1
      counts.set(sid, nth)
      onAsked({ sid, nth, unsynced: disk.queue.length })
    },
  }
}

function allPoints(): { readonly points: Point[]; readonly kinds: Set<string> } {
  const points: Point[] = []
  const kinds = new Set<string>()
  const stage = createStory(OPTIONS)
  stage.world.observers.push(
    watchDisks((point) => points.push(point)),
    {
      stepped(_server, _input, effects) {
        for (const effect of effects) if (effect.type === 'learnerSync') kinds.add(effect.how)
      },
    },
  )
  tell(stage)
  return { points, kinds }
}

/** Runs the story up to `point`; what was answered until then must never be lost. */
function tellUntil(point: Point): Story {
  const stage = createStory(OPTIONS)
  stage.world.observers.push(
    watchDisks(({ sid, nth }) => {
      if (sid === point.sid && nth === point.nth) throw new CutOff()
    }),
  )
  try {
    tell(stage)
  } catch (error) {
    if (!(error instanceof CutOff)) throw error
    stage.world.observers.pop()
    return stage
  }
  throw new Error('the story ended before its point')
}

function answered(stage: Story): string[] {
  return stage.world.recorder.operations
    .filter((one) => one.err === ERROR_CODES.OK)
    .flatMap(({ request }) => (request.type === 'create' ? [request.path] : []))
}

/** Everything is sound again: all must come to serve the same, and have whatever was ever answered. */
function judge(stage: Story): void {
  const promised = answered(stage)
  for (const { sid } of stage.world.servers.values()) {
    // D-9, D-11: what the disk gives is what its txns give.
    const tree = onDisk(stage, sid)
    expect(describeTree(tree)).toEqual(describeTree(replayed(logOf(stage, sid), tree.lastProcessedZxid)))
  }
  doNow(stage, { type: 'calm' })
  const healedAtUs = stage.world.nowUs
  settle(stage)
  // V-1, V-7: an election and one synchronization.
  expect((stage.world.nowUs - healedAtUs) / 1e6).toBeLessThan(10)
  writeAt(stage, leaderOf(stage)?.sid ?? 1, '/after')
  agree(stage, 1, 2, 3)
  for (const path of promised) expect(server(stage, 1).peer?.tree.nodes.has(path), path).toBe(true)
}

/** The entries that lead to what a disk holds: its log, and what was committed before that begins. */
function logOf(stage: Story, sid: number): Entry[] {
  const { log } = server(stage, sid).disk
  const from = log[0]?.zxid ?? Number.POSITIVE_INFINITY
  return [...[...stage.historian.applied.values()].filter((entry) => entry.zxid < from), ...log]
}

describe('T3: crashes at every disk operation', { timeout: 120_000 }, () => {
  const { points, kinds } = allPoints()

  test('the story contains what it is told for', () => {
    expect([...kinds].sort()).toEqual(['DIFF', 'SNAP', 'TRUNC'])
    expect(points.length).toBeGreaterThan(40)
    expect(points.some((point) => point.unsynced > 1)).toBe(true)
  })

  test('of one server, whatever part of its unsynced operations survives', () => {
    for (const point of points) {
      for (let survive = 0; survive <= point.unsynced; survive += 1) {
        const stage = tellUntil(point)
        explain(point, survive, () => {
          crash(stage.world, server(stage, point.sid), survive / point.unsynced)
          judge(stage)
        })
      }
    }
  })

  test('of all servers at once: the one keeps a part, the others nothing or all', () => {
    for (const point of points) {
      for (const others of [0, 1]) {
        const stage = tellUntil(point)
        explain(point, others, () => {
          for (const one of stage.world.servers.values())
            crash(stage.world, one, one.sid === point.sid ? 1 - others : others)
          judge(stage)
        })
      }
    }
  })

  test('of one server, and again at each disk operation of its way back', () => {
    const last = points.findLast((point) => point.sid === 1)
    if (!last) throw new Error('server 1 writes')
    for (let nth = 1; nth <= 6; nth += 1) {
      const stage = tellUntil(last)
      explain(last, nth, () => {
        crash(stage.world, server(stage, 1), 0)
        crashOnTheWay(stage, nth)
        judge(stage)
      })
    }
  })
})

/** Starts server 1, and ends it again when it has asked its disk for something for the `nth` time. */
function crashOnTheWay(stage: Stage, nth: number): void {
  let left = nth
  const observer: WorldObserver = {
    stepped({ sid }, _input, effects) {
      if (sid !== 1 || !effects.some((effect) => ON_DISK.has(effect.type))) return
      left -= 1
      if (left === 0) throw new CutOff()
    },
  }
  stage.world.observers.push(observer)
  start(stage.world, server(stage, 1))
  try {
    settle(stage)
  } catch (error) {
    if (!(error instanceof CutOff)) throw error
    crash(stage.world, server(stage, 1), 0)
  }
  stage.world.observers.splice(stage.world.observers.indexOf(observer), 1)
}

/** Says which crash it was when something is wrong. */
function explain(point: Point, survive: number, run: () => void): void {
  try {
    run()
  } catch (error) {
    const where = `server ${point.sid} at its disk request ${point.nth}, ${survive} of ${point.unsynced} survive`
    throw new Error(`${where}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
}
