// step(peer, input, out): the one entry for every host. It feeds the core, turns what the core says into
// work on tree, sessions and watches, and pushes what the host has to do. Pure, like the core itself.

import { assert, unreachable } from '../base/assert.ts'
import type { ZabEffect, ZabInput } from '../zab/contract.ts'
import { step as stepZab } from '../zab/step.ts'
import { applyCommitted } from './apply.ts'
import { onAuthenticated, onConnect, onDisconnected, onRequest } from './clients.ts'
import type { PeerEffect, PeerInput } from './contract.ts'
import { onLeaderAnswer, sendTouches } from './following.ts'
import { onLeadershipTick, onLearnerRequest, onLearnerTouches } from './leading.ts'
import { onLocalTick } from './local-sessions.ts'
import { endReadOnly, onReadOnlyTick } from './read-only.ts'
import { closeOrphans, startServing, stopServing } from './serving.ts'
import type { Peer } from './state.ts'

export { createPeer, freshRecovered, type Peer } from './state.ts'

export function step(peer: Peer, input: PeerInput, out: PeerEffect[]): void {
  if (peer.diverged) return // T-10
  switch (input.type) {
    case 'tick': {
      const gapMs = input.nowMs - peer.nowMs
      peer.nowMs = input.nowMs
      peer.wallMs = input.wallMs
      feed(peer, input, out)
      onReadOnlyTick(peer, out)
      onLocalTick(peer, gapMs, out)
      return onLeadershipTick(peer, out)
    }
    case 'snapshotReceived':
      peer.received = input.tree
      return feed(peer, input, out)
    case 'reloaded':
      if (!peer.zab.reloading) return // a snapshot has replaced the tree meanwhile
      peer.tree = input.recovered.tree
      return feed(peer, input, out)
    case 'connect':
      return onConnect(peer, input, out)
    case 'request':
      return onRequest(peer, input, out)
    case 'authenticated':
      return onAuthenticated(peer, input.conn, input.id)
    case 'disconnected':
      return onDisconnected(peer, input.conn)
    case 'notification':
    case 'absent':
    case 'linkUp':
    case 'linkDown':
    case 'packet':
    case 'persisted':
      return feed(peer, input, out)
    default:
      return unreachable(input)
  }
}

/**
 * What the core says, step behind step: nothing of it outlives its step, but emptying an array gives its memory back, and
 * to do that in each step was 3 % of a member's time.
 */
const said: ZabEffect[] = []
const SAID_MAX = 64

function feed(peer: Peer, input: ZabInput, out: PeerEffect[]): void {
  if (said.length > SAID_MAX) said.length = 0
  const from = said.length
  stepZab(peer.zab, input, said)
  follow(peer, from, out)
}

/** What the core wants done above it, in order; what it makes us propose comes after the rest of the step. */
function follow(peer: Peer, from: number, out: PeerEffect[]): void {
  let proposes = false
  for (let i = from; i < said.length; i += 1) {
    const effect = said[i]
    if (!effect) break
    switch (effect.type) {
      case 'deliver':
        applyCommitted(peer, effect.entry, out)
        break
      case 'adoptSnapshot':
        assert(peer.received !== null, 'a snapshot is adopted after it has been received')
        peer.tree = peer.received
        peer.received = null
        break
      case 'reload':
        out.push(effect)
        break
      case 'serving':
        startServing(peer, effect, out)
        proposes = true
        break
      case 'state':
        if (effect.state !== 'LOOKING') endReadOnly(peer, out)
        out.push(effect)
        break
      case 'notServing':
        stopServing(peer, effect.reason, out)
        break
      case 'learnerRequest':
        proposes = true
        break
      case 'learnerTouches':
        onLearnerTouches(peer, effect.touches)
        break
      case 'leaderAnswer':
        onLeaderAnswer(peer, effect.packet, out)
        break
      case 'wantTouches':
        sendTouches(peer, effect.zxid, out)
        break
      default:
        out.push(effect)
    }
  }
  if (!proposes) return
  for (let i = from; i < said.length; i += 1) {
    const effect = said[i]
    if (effect?.type === 'learnerRequest') onLearnerRequest(peer, effect.link, effect.packet, out)
    else if (effect?.type === 'serving') closeOrphans(peer, out)
  }
}
