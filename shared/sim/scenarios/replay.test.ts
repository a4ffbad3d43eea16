// Logs that are replayed over a snapshot that already holds some of what they say: §5.3 of invariants.md. Our own
// snapshots leave out what was created after they began; the ones made by hand here are as Apache's servers write
// them, which start here, too.

import { expect, test } from 'vitest'
import { type DataTree, plainZnode } from '../../tree/data-tree.ts'
import { finishLoad, loadNode } from '../../tree/snapshot.ts'
import type { Zxid } from '../../zk/zxid.ts'
import { recover } from '../world/disk.ts'
import { boot, kill, leaderOf, move, server, settle, until, write } from './stage.ts'
import {
  agree,
  askAt,
  at,
  burst,
  close,
  create,
  createStory,
  describeTree,
  ephemeral,
  eventsOf,
  list,
  onDisk,
  remove,
  replayed,
  sequential,
  set,
  treeOf,
} from './stage-clients.ts'

type Story = ReturnType<typeof createStory>

/** Puts a snapshot on the disk of a server that is down: named `zxid`, with what `change` makes of that moment. */
function plant(stage: Story, sid: number, zxid: Zxid, change: (tree: DataTree, later: DataTree) => void): void {
  const { disk } = server(stage, sid)
  const tree = replayed(stage.historian.entries.values(), zxid)
  change(tree, recover(disk, stage.world.options).tree)
  tree.lastProcessedZxid = zxid
  finishLoad(tree)
  disk.snapshots.push({ zxid, tree })
}

/** What `later` holds at `path` was walked into `tree` after all: the fuzzy part of a snapshot. */
function walkedLate(tree: DataTree, later: DataTree, path: string): void {
  const node = later.nodes.get(path)
  if (node) loadNode(tree, path, plainZnode(node))
}

/** 3 alone comes back on what `plant` left it and leads, since it has all that there is. */
function leadFromDisk(stage: Story): void {
  kill(stage, 1)
  kill(stage, 2)
  boot(stage, 1, 3)
  until(stage, '3 leads', () => leaderOf(stage)?.sid === 3)
  boot(stage, 2)
  settle(stage)
}

test('R-1046: a child that the snapshot already holds still moves its parent counter on', () => {
  const stage = createStory()
  settle(stage)
  const zxid = write(stage, 1, '/q')
  burst(stage, 'a', 1, [sequential('/q/n-'), sequential('/q/n-'), sequential('/q/n-')])
  agree(stage, 1, 2, 3)
  kill(stage, 3)
  // The parent was walked before the creates, two of the children after them.
  plant(stage, 3, zxid, (tree, later) => {
    walkedLate(tree, later, '/q/n-0000000000')
    walkedLate(tree, later, '/q/n-0000000002')
  })
  leadFromDisk(stage)
  expect(askAt(stage, 'b', 3, sequential('/q/n-')).body).toEqual({ type: 'path', path: '/q/n-0000000003' })
  agree(stage, 1, 2, 3)
})

test('R-1046: a parent that was walked after its children counts none of them twice', () => {
  const stage = createStory()
  settle(stage)
  const zxid = write(stage, 1, '/q')
  burst(stage, 'a', 1, [sequential('/q/n-'), sequential('/q/n-'), remove('/q/n-0000000000')])
  agree(stage, 1, 2, 3)
  kill(stage, 3)
  plant(stage, 3, zxid, (tree, later) => walkedLate(tree, later, '/q'))
  leadFromDisk(stage)
  expect(askAt(stage, 'b', 3, sequential('/q/n-')).body).toEqual({ type: 'path', path: '/q/n-0000000002' })
  agree(stage, 1, 2, 3)
})

test('R-3145: the end of a session that is replayed gives its parents the same pzxid, so no child watch is missed', () => {
  const stage = createStory()
  settle(stage)
  write(stage, 1, '/group')
  burst(stage, 'member', 2, [ephemeral('/group/m')])
  askAt(stage, 'watcher', 1, list('/group', true))
  const zxid = write(stage, 1, '/label')
  at(stage, 'watcher', 1)
  // The watcher's connection is gone while the session ends, and its server restarts on a snapshot in which the
  // parent is from before the end, and the ephemeral is gone already.
  kill(stage, 1)
  close(stage, 'member', 2)
  agree(stage, 2, 3)
  kill(stage, 3)
  plant(stage, 3, zxid, (tree) => void tree.nodes.delete('/group/m'))
  boot(stage, 1, 3)
  settle(stage)
  const [two, three] = [treeOf(stage, 2), treeOf(stage, 3)]
  expect(three.nodes.get('/group')?.pzxid).toBe(two.nodes.get('/group')?.pzxid)
  move(stage, 'watcher', 3)
  at(stage, 'watcher', 3)
  until(stage, 'the watcher hears of it', () => eventsOf(stage, 'watcher').length > 0)
  expect(eventsOf(stage, 'watcher')).toEqual(['nodeChildrenChanged /group'])
  agree(stage, 1, 2, 3)
})

test('[T-2] whatever part of the nodes a snapshot saw later, the log gives the same tree', () => {
  const stage = createStory()
  settle(stage)
  write(stage, 1, '/p')
  burst(stage, 'a', 1, [create('/p/x'), create('/p/y'), ephemeral('/p/e'), set('/p/x', '1')])
  const zxid = write(stage, 1, '/label')
  burst(stage, 'a', 1, [set('/p/x', '2'), remove('/p/y'), create('/p/y', 'again'), set('/p', 'v'), sequential('/p/s-')])
  burst(stage, 'a', 1, [{ type: 'multi', ops: [set('/p/y', 'm'), create('/p/y/below'), set('/p/x', '3')] }])
  burst(stage, 'a', 1, [remove('/p/e'), create('/p/e', 'persistent now'), ephemeral('/p/x/z')])
  close(stage, 'a', 1)
  const expected = agree(stage, 1, 2, 3)
  kill(stage, 3)
  const paths = ['/p', '/p/x', '/p/y', '/p/e', '/p/s-0000000004', '/p/y/below']
  for (let seen = 0; seen < 2 ** paths.length; seen += 1) {
    const late = paths.filter((_, bit) => (seen >> bit) & 1)
    if (late.includes('/p/y/below') && !late.includes('/p/y')) continue // no walk finds a child under nothing
    plant(stage, 3, zxid, (tree, later) => {
      for (const path of late) walkedLate(tree, later, path)
    })
    expect(describeTree(onDisk(stage, 3)), `seen late: ${late.join(' ')}`).toEqual(expected)
    server(stage, 3).disk.snapshots.pop()
  }
})
