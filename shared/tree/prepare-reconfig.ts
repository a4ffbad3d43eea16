// Preparing a reconfig: may it be had, and which text will /zookeeper/config hold. What the new configuration
// is, is zk/reconfig.ts; what it does to quorums is the core's. Source: PrepRequestProcessor.pRequest2Txn.

import { utf8Encode } from '../base/text.ts'
import { PERMS } from '../zk/acl.ts'
import { ERROR_CODES, type ErrorCode } from '../zk/errors.ts'
import { formatQuorumConfig } from '../zk/quorum-config.ts'
import { reconfigure } from '../zk/reconfig.ts'
import type { ReconfigRequest } from '../zk/request.ts'
import type { SetDataTxn } from '../zk/txn.ts'
import { NO_ZXID } from '../zk/zxid.ts'
import { CONFIG_PATH } from './create-tree.ts'
import { windowOn } from './node-data.ts'
import { changeNode, look } from './pending.ts'
import { changed, isClosing, mayDo, type Preparation } from './preparation.ts'

/** The checks in ZooKeeper's order: the first failure is what the client sees (client-protocol.md §5.2). */
export function prepareReconfig(p: Preparation, request: ReconfigRequest): SetDataTxn | ErrorCode {
  const { ensemble } = p.ctx
  if (!ensemble) return ERROR_CODES.RECONFIGDISABLED
  if (isClosing(p)) return ERROR_CODES.SESSIONEXPIRED
  const { lastSeen, standaloneEnabled } = ensemble
  // A server alone, as ZooKeeper runs it, is no ensemble that could change.
  if (standaloneEnabled && lastSeen.servers.size === 1) return ERROR_CODES.UNIMPLEMENTED
  if (ensemble.inProgress) return ERROR_CODES.RECONFIGINPROGRESS
  if (request.curConfigId !== NO_ZXID && request.curConfigId !== lastSeen.version) return ERROR_CODES.BADVERSION
  const next = reconfigure(lastSeen, request, { version: p.ctx.zxid, standaloneEnabled })
  if (typeof next === 'number') return next
  if (!ensemble.isQuorumSynced(next)) return ERROR_CODES.NEWCONFIGNOQUORUM
  const node = look(p.tree, p.pending, CONFIG_PATH)
  if (node === null) return ERROR_CODES.NONODE
  if (!mayDo(p, node, PERMS.WRITE)) return ERROR_CODES.NOAUTH
  const data = utf8Encode(formatQuorumConfig(next))
  const record = changeNode(p.pending, CONFIG_PATH, node, p.ctx.zxid)
  Object.assign(record, windowOn(data))
  record.version = -1
  record.mzxid = p.ctx.zxid
  record.mtime = p.ctx.timeMs
  changed(p, CONFIG_PATH, record)
  return { type: 'reconfig', path: CONFIG_PATH, data, version: -1 }
}
