// Packets, txns, requests and answers in the few words that a transcript has for them.

import { utf8Decode } from '../../base/text.ts'
import type { Operation } from '../../history/history.ts'
import type { DiskEffect } from '../../zab/contract.ts'
import { parseQuorumConfig } from '../../zk/config-text.ts'
import { errorName } from '../../zk/errors.ts'
import { CREATE_FLAGS } from '../../zk/op.ts'
import type { QuorumPacket } from '../../zk/packet.ts'
import { type QuorumConfig, voters } from '../../zk/quorum-config.ts'
import type { ClientRequest } from '../../zk/request.ts'
import type { SubTxn, Txn } from '../../zk/txn.ts'
import { formatEpochCounter, makeZxid } from '../../zk/zxid.ts'

const z = formatEpochCounter

/** What follows the name of a packet. `whose` names a session. */
export function packetWords(packet: QuorumPacket, whose: (sessionId: bigint) => string): string {
  switch (packet.type) {
    case 'FOLLOWERINFO':
    case 'OBSERVERINFO':
      return `${packet.type} acceptedEpoch=${packet.acceptedEpoch}`
    case 'LEADERINFO':
      return `LEADERINFO epoch=${packet.epoch}`
    case 'ACKEPOCH':
      return `ACKEPOCH currentEpoch=${packet.currentEpoch} lastLoggedZxid=${z(packet.lastLoggedZxid)}`
    case 'NEWLEADER':
      return `NEWLEADER ${z(makeZxid(packet.epoch, 0))}`
    case 'DIFF':
    case 'TRUNC':
    case 'SNAP':
    case 'COMMIT':
    case 'ACK':
      return `${packet.type} ${z(packet.zxid)}`
    case 'PROPOSAL':
    case 'INFORM':
      return `${packet.type} ${z(packet.entry.zxid)}`
    case 'COMMITANDACTIVATE':
      return `COMMITANDACTIVATE ${z(packet.zxid)} leader=${packet.designatedLeader}`
    case 'INFORMANDACTIVATE':
      return `INFORMANDACTIVATE ${z(packet.entry.zxid)} leader=${packet.designatedLeader}`
    case 'REQUEST':
      return `REQUEST ${requestWords(packet.request)} of ${whose(packet.sessionId)}`
    case 'REVALIDATE':
      return `REVALIDATE ${whose(packet.sessionId)}${'valid' in packet ? (packet.valid ? ' valid' : ' unknown') : ''}`
    default:
      return packet.type
  }
}

export function txnWords(txn: Txn | SubTxn): string {
  switch (txn.type) {
    case 'create':
    case 'create2':
      return `create ${txn.path}${txn.ephemeral ? ' ephemeral' : ''}`
    case 'error':
      return `refused: ${errorName(txn.err)}`
    case 'multi':
      return `multi (${txn.txns.map(txnWords).join('; ')})`
    case 'createSession':
      return 'createSession'
    case 'closeSession':
      return txn.paths && txn.paths.length > 0 ? `closeSession, deleting ${txn.paths.join(' ')}` : 'closeSession'
    case 'reconfig': {
      const config = parseQuorumConfig(utf8Decode(txn.data ?? new Uint8Array(0)))
      return config.ok ? `reconfig: ${configWords(config.value)}` : 'reconfig'
    }
    default:
      return `${txn.type} ${txn.path}`
  }
}

/** `voters 1 2 3, observers 4`. */
export function configWords(config: QuorumConfig): string {
  const observers = [...config.servers.values()].filter(({ role }) => role === 'observer').map(({ sid }) => sid)
  return `voters ${voters(config).join(' ')}${observers.length > 0 ? `, observers ${observers.join(' ')}` : ''}`
}

export function requestWords(request: ClientRequest): string {
  const watch = 'watch' in request && request.watch ? ' watch' : ''
  if (request.type === 'sync') return 'sync'
  if (request.type === 'reconfig') {
    const role = request.joiningServers?.endsWith('observer') ? 'observer' : 'participant'
    const joining = /^server\.(?<sid>\d+)=/.exec(request.joiningServers ?? '')?.groups?.sid
    return joining ? `join ${joining} ${role}` : `leave ${request.leavingServers}`
  }
  if (request.type === 'create' && request.flags === CREATE_FLAGS.ephemeral) return `create ${request.path} ephemeral`
  return 'path' in request ? `${request.type} ${request.path}${watch}` : request.type
}

/** `create /x -> OK 1/3`; data and children in place of OK. */
export function answerWords({ request, err, zxid, body }: Operation): string {
  const shown = zxid === null ? '' : ` ${z(zxid)}`
  return `${requestWords(request)} -> ${resultWords(err ?? 0, body)}${shown}`
}

function resultWords(err: number, body: Operation['body']): string {
  if (err !== 0) return errorName(err)
  if (body?.type === 'data') return JSON.stringify(utf8Decode(body.data ?? new Uint8Array(0)))
  if (body?.type === 'children') return `[${[...body.children].sort().join(' ')}]`
  return 'OK'
}

/** What has become durable. */
export function durableWords(effect: DiskEffect): string {
  switch (effect.type) {
    case 'append':
      return z(effect.entry.zxid)
    case 'saveEpoch':
      return `${effect.which}Epoch=${effect.epoch}`
    case 'saveConfig':
      return `config=${z(effect.config.version)}`
    case 'truncate':
      return `truncate after ${z(effect.zxid)}`
    case 'installSnapshot':
      return `snapshot ${z(effect.zxid)}`
  }
}
