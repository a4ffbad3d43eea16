// Changes the list of servers of a running ensemble, as the superuser, and says in a sentence why it would not.

import { NewConfigNoQuorumError, ReconfigInProgressError } from '../client/errors.ts'
import { ZooKeeper } from '../client/zookeeper.ts'
import { EnsembleError } from './ensemble-error.ts'
import { superuserAuth } from './superuser.ts'
import { type MemberPlan, type MemberRole, serverLine } from './zoo-cfg.ts'

const CONNECT_TIMEOUT_MS = 10_000
const CALL_TIMEOUT_MS = 20_000

export interface MembersToAsk {
  /** `host:port,…` of members that stay. */
  readonly servers: string
  /** Lower-case hex. */
  readonly secret: string
}

/** Resolves when the change is committed. Throws EnsembleError REFUSED with the reason; then it may still have happened. */
export async function askReconfig(
  ask: MembersToAsk,
  change: { readonly joining: MemberPlan } | { readonly leaving: number },
): Promise<void> {
  let zk: ZooKeeper | null = null
  try {
    const auth = [{ scheme: 'digest', auth: superuserAuth(ask.secret) }]
    zk = await ZooKeeper.connect({ servers: ask.servers, connectTimeoutMs: CONNECT_TIMEOUT_MS, auth })
    const limit = { timeoutMs: CALL_TIMEOUT_MS }
    if ('joining' in change) await zk.reconfig({ joining: [serverLine(change.joining)], ...limit })
    else await zk.reconfig({ leaving: [change.leaving], ...limit })
  } catch (error) {
    throw new EnsembleError('REFUSED', `The ensemble did not take the change of its members: ${why(error)}`, error)
  } finally {
    await zk?.close()
  }
}

/** Who is on the list of servers, and as what. Rejects when no member answers. */
export async function rolesOfRunning(ask: MembersToAsk): Promise<ReadonlyMap<number, MemberRole>> {
  const auth = [{ scheme: 'digest', auth: superuserAuth(ask.secret) }]
  const zk = await ZooKeeper.connect({ servers: ask.servers, connectTimeoutMs: CONNECT_TIMEOUT_MS, auth })
  try {
    const { config } = await zk.getConfig({ timeoutMs: CALL_TIMEOUT_MS })
    const lines = config.matchAll(/^server\.(\d+)=[^;\n]*:(participant|observer)/gm)
    return new Map([...lines].map(([, sid, role]) => [Number(sid), role === 'observer' ? 'observer' : 'participant']))
  } finally {
    await zk.close()
  }
}

function why(error: unknown): string {
  if (error instanceof NewConfigNoQuorumError)
    return 'no majority of the new members is in sync with the leader. Start those that are down first.'
  if (error instanceof ReconfigInProgressError) return 'another change is under way. Try again when it is done.'
  return `${error instanceof Error ? error.message : String(error)}. It needs a leader; see which members serve.`
}
