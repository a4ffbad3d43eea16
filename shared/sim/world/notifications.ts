// Election notifications: letters between any two servers. They keep their order; one that could not be sent is
// replaced by the next (a newer vote makes the older one worthless), as QuorumCnxManager does.

import type { Sid } from '../../zk/ids.ts'
import type { Notification } from '../../zk/vote.ts'
import { delayUs, isCut, serverEnd } from './links.ts'
import { feed, keptForLater, type Server } from './process.ts'
import { scheduleAt, serverOf, type World } from './world.ts'

export interface Letter {
  readonly from: Sid
  readonly to: Sid
  readonly notification: Notification
}

function pair(from: Sid, to: Sid): number {
  return from * 256 + to
}

export function postNotification(world: World, server: Server, to: Sid, notification: Notification): void {
  post(world, { from: server.sid, to, notification })
}

function post(world: World, letter: Letter): void {
  const { from, to } = letter
  if (!world.servers.has(to)) return // a server that is not of this world: its letters are lost
  const us = from === to ? 0 : delayUs(world.links, world.options, world.prng, serverEnd(from), serverEnd(to))
  const at = Math.max(world.nowUs + us, world.letterAtUs.get(pair(from, to)) ?? 0)
  world.letterAtUs.set(pair(from, to), at)
  scheduleAt(world, at, { type: 'letter', letter })
}

export function deliverNotification(world: World, letter: Letter): void {
  const { from, to, notification } = letter
  if (isCut(world.links, serverEnd(from), serverEnd(to))) {
    world.heldLetters.set(pair(from, to), letter)
    return
  }
  const server = serverOf(world, to)
  if (!server.peer) return refuse(world, from, to)
  if (keptForLater(server, { type: 'letter', letter })) return
  feed(world, server, { type: 'notification', from, notification })
}

/** Nobody listens there: the sender is told, unless the answer cannot come through. */
function refuse(world: World, from: Sid, to: Sid): void {
  if (isCut(world.links, serverEnd(to), serverEnd(from))) return
  const us = delayUs(world.links, world.options, world.prng, serverEnd(to), serverEnd(from))
  scheduleAt(world, world.nowUs + us, { type: 'refusal', to: from, by: to })
}

export function deliverRefusal(world: World, to: Sid, by: Sid): void {
  const server = serverOf(world, to)
  if (!server.peer || keptForLater(server, { type: 'refusal', to, by })) return
  feed(world, server, { type: 'absent', sid: by })
}

/** The link is sound again: what waited goes, unless its connection was reset. */
export function releaseLetters(world: World, from: Sid, to: Sid, reset: boolean): void {
  const letter = world.heldLetters.get(pair(from, to))
  world.heldLetters.delete(pair(from, to))
  if (letter && !reset) post(world, letter)
}
