// Snapshots that are taken while the tree goes on changing (fuzzy): the host's own, now and then, and those that
// a leader streams to a learner. Both walk the live tree a few nodes at a time.

import { nextInt } from '../../base/prng.ts'
import type { Peer } from '../../peer/peer.ts'
import { type DataTree, plainZnode } from '../../tree/data-tree.ts'
import { finishLoad, loadNode, type WalkedNode, walkTree } from '../../tree/snapshot.ts'
import type { LinkId } from '../../zab/contract.ts'
import { startCopy } from './disk.ts'
import { beginFlush, keptForLater, type Server } from './process.ts'
import { put, type Wire } from './quorum-wires.ts'
import { schedule, type World, type WorldEvent } from './world.ts'

export interface Walk {
  readonly copy: DataTree
  readonly nodes: Iterator<WalkedNode>
}

const SLICE_NODES_MAX = 8
const SLICE_EVERY_US = 1500

function beginWalk(tree: DataTree): Walk {
  return { copy: startCopy(tree), nodes: walkTree(tree) }
}

/** True when the tree has been walked to its end. */
function walkOn(world: World, walk: Walk): boolean {
  for (let left = 1 + nextInt(world.prng, SLICE_NODES_MAX); left > 0; left -= 1) {
    const next = walk.nodes.next()
    if (next.done) {
      finishLoad(walk.copy)
      return true
    }
    loadNode(walk.copy, next.value.path, plainZnode(next.value.node))
  }
  return false
}

/** A txn was applied: a snapshot may be due. Only a serving server's tree holds nothing uncommitted (R-1549). */
export function considerSnapshot(world: World, server: Server, peer: Peer): void {
  server.appliedSinceSnapshot += 1
  if (server.appliedSinceSnapshot <= server.snapshotDue || !server.serving || server.walk || peer.zab.reloading) return
  server.appliedSinceSnapshot = 0
  server.snapshotDue =
    Math.ceil(world.options.snapCount / 2) + nextInt(world.prng, Math.ceil(world.options.snapCount / 2))
  server.walk = beginWalk(peer.tree)
  schedule(world, 1, { type: 'slice', server, incarnation: server.incarnation, walk: server.walk })
}

/** A truncation or a received snapshot has overtaken it. */
export function abandonWalk(server: Server): void {
  server.walk = null
}

export function onSlice(world: World, event: Extract<WorldEvent, { type: 'slice' }>): void {
  const { server, walk } = event
  if (server.incarnation !== event.incarnation || server.walk !== walk || keptForLater(server, event)) return
  if (!walkOn(world, walk)) return schedule(world, SLICE_EVERY_US, event)
  server.walk = null
  if (server.disk.mode === 'full') return // a snapshot that finds no room is given up
  server.disk.queue.push({ type: 'place', snapshot: { zxid: walk.copy.lastProcessedZxid, tree: walk.copy } })
  beginFlush(world, server)
}

/** Behind a SNAP packet: the tree as it is now, node by node, and then what is sent meanwhile. */
export function startStream(world: World, server: Server, link: LinkId, peer: Peer): void {
  const wire = server.links.get(link)
  if (!wire) return
  wire.streaming = true
  schedule(world, 1, { type: 'streamSlice', wire, walk: beginWalk(peer.tree) })
}

export function onStreamSlice(
  world: World,
  event: { readonly type: 'streamSlice'; readonly wire: Wire; readonly walk: Walk },
): void {
  const { wire, walk } = event
  if (!wire.streaming || keptForLater(wire.leader, event)) return // the connection has ended
  if (!walkOn(world, walk)) return schedule(world, SLICE_EVERY_US, event)
  wire.streaming = false
  put(world, wire, false, { type: 'snapshot', tree: walk.copy })
  for (const cargo of wire.behindStream.splice(0)) put(world, wire, false, cargo)
}
