// What one server did, line by line, in the order in which it happened: packets read and sent, disk work asked for
// and done, roles taken. Scripts assert on the order of these lines ("durable before said").

import type { PeerEffect, PeerInput } from '../../peer/contract.ts'
import type { DiskEffect } from '../../zab/contract.ts'
import type { QuorumPacket } from '../../zk/packet.ts'
import { formatEpochCounter } from '../../zk/zxid.ts'
import type { Stage } from './stage.ts'

export type Journals = ReadonlyMap<number, string[]>

/** Begins to write; from now on each server's lines grow. */
export function keepJournals(stage: Stage): Journals {
  const journals = new Map<number, string[]>()
  for (const sid of stage.world.servers.keys()) journals.set(sid, [])
  const say = (sid: number, line: string | null) => {
    const lines = journals.get(sid)
    if (line !== null && lines && lines.at(-1) !== line) lines.push(line)
  }
  stage.world.observers.push({
    stepped: (server, input, effects) => {
      say(server.sid, inputLine(input))
      for (const effect of effects) say(server.sid, effectLine(effect))
    },
    durable: (server, effect) => say(server.sid, `disk: ${diskLine(effect)}`),
    started: (server) => say(server.sid, 'start'),
    crashed: (server) => say(server.sid, 'crash'),
  })
  return journals
}

export function linesOf(journals: Journals, sid: number): readonly string[] {
  return journals.get(sid) ?? []
}

/** The first of `wanted` that does not come behind the ones before it; null when all of them do. */
export function missingInOrder(lines: readonly string[], ...wanted: readonly string[]): string | null {
  let at = 0
  for (const line of wanted) {
    const found = lines.indexOf(line, at)
    if (found === -1) return line
    at = found + 1
  }
  return null
}

function inputLine(input: PeerInput): string | null {
  if (input.type === 'snapshotReceived') return '< snapshot'
  const text = input.type === 'packet' ? packetText(input.packet) : null
  return text === null ? null : `< ${text}`
}

function effectLine(effect: PeerEffect): string | null {
  switch (effect.type) {
    case 'append':
    case 'truncate':
    case 'installSnapshot':
    case 'saveEpoch':
      return diskLine(effect)
    case 'send': {
      const text = packetText(effect.packet)
      return text === null ? null : `> ${text}`
    }
    case 'notify': {
      const { leader, zxid, peerEpoch, state } = effect.notification
      return `vote ${leader} ${formatEpochCounter(zxid)} of epoch ${peerEpoch} ${state}`
    }
    case 'state':
      return effect.state
    case 'serving':
      return 'serving'
    case 'notServing':
      return 'not serving'
    case 'applied':
      return `apply ${formatEpochCounter(effect.entry.zxid)}`
    default:
      return null
  }
}

export function diskLine(effect: DiskEffect): string {
  switch (effect.type) {
    case 'append':
      return `append ${formatEpochCounter(effect.entry.zxid)}`
    case 'truncate':
      return `truncate ${formatEpochCounter(effect.zxid)}`
    case 'installSnapshot':
      return `install ${formatEpochCounter(effect.zxid)}`
    case 'saveEpoch':
      return `${effect.which} ${effect.epoch}`
    case 'saveConfig':
      return `config ${formatEpochCounter(effect.config.version)}`
  }
}

/** Null for what only keeps a connection or a session alive. */
function packetText(packet: QuorumPacket): string | null {
  switch (packet.type) {
    case 'FOLLOWERINFO':
    case 'OBSERVERINFO':
      return `${packet.type} ${packet.acceptedEpoch}`
    case 'LEADERINFO':
    case 'NEWLEADER':
      return `${packet.type} ${packet.epoch}`
    case 'ACKEPOCH':
      return `ACKEPOCH ${packet.currentEpoch} ${formatEpochCounter(packet.lastLoggedZxid)}`
    case 'DIFF':
    case 'TRUNC':
    case 'SNAP':
    case 'COMMIT':
    case 'ACK':
      return `${packet.type} ${formatEpochCounter(packet.zxid)}`
    case 'PROPOSAL':
    case 'INFORM':
      return `${packet.type} ${formatEpochCounter(packet.entry.zxid)}`
    case 'UPTODATE':
      return packet.type
    default:
      return null
  }
}
