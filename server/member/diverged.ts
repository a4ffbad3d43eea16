// What to tell the operator of a member whose tree is no longer the leader's (T-10): finding that out is the
// peer's business, ending the process main.ts's.

import type { PeerEffect } from '#shared/peer/contract.ts'
import { formatZxid } from '#shared/zk/zxid.ts'

export function divergedText(
  { zxid, expected, actual }: Extract<PeerEffect, { type: 'diverged' }>,
  dirs: { readonly dataDir: string; readonly dataLogDir: string },
): string {
  const where = dirs.dataDir === dirs.dataLogDir ? dirs.dataDir : `${dirs.dataDir} and ${dirs.dataLogDir}`
  return (
    `after ${formatZxid(zxid)} the digest of this server's tree is 0x${actual.toString(16)}, the leader's is ` +
    `0x${expected.toString(16)}: one of the two has been damaged. If the other servers agree with the leader, move ` +
    `version-2 in ${where} away and start this server again; it will be sent the whole tree. Set digest.enabled=false ` +
    'to serve without comparing.'
  )
}
