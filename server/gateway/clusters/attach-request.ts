// From what an admin's page asks to what is attached, or to the sentence why not: only servers that are allowed (O-1),
// credentials only where nobody can read along (O-6), and nothing secret is kept (K-1).

import type { AttachRequest } from '#shared/events/cluster-list.ts'
import { parseConnectString } from '../../client/server-list.ts'
import { type AllowedTargets, isLoopback } from '../attach/allowed-targets.ts'
import type { AttachOptions } from '../attach/attached-cluster.ts'
import { clusterId } from '../attach/cluster-id.ts'
import { RequestError } from '../request-error.ts'
import type { KeptCluster } from './kept-clusters.ts'

/** Where Apache's and our servers have them unless told otherwise. */
export const ADMIN_PORT_USUAL = 8080
export const METRICS_PORT_USUAL = 7000

export interface AttachPlan {
  readonly options: Omit<AttachOptions, 'dataDir'> & { readonly id: string }
  /** Null: it does not come back by itself. */
  readonly kept: KeptCluster | null
}

/** Throws RequestError. @param taken ids that are in use */
export function planAttach(
  request: AttachRequest,
  allowed: AllowedTargets,
  taken: (id: string) => boolean,
): AttachPlan {
  const { connectString, name, tls, auth = [], keep = false } = request
  const servers = parseConnectString(connectString)
  if (!servers.ok) throw new RequestError('MALFORMED', `${capital(servers.error)}.`)
  const refused = servers.value.servers.find((server) => !allowed.allows(server))
  if (refused)
    throw new RequestError(
      'TARGET',
      `${refused.host}:${refused.port} may not be attached from a page. Start the gateway with --attach-targets ${refused.host}:${refused.port}, or use zabscope connect.`,
    )
  const far = servers.value.servers.find((server) => !isLoopback(server))
  if (auth.length > 0 && !tls && far && request.authInClear !== true)
    throw new RequestError(
      'IN_CLEAR',
      `The credentials would travel readably to ${far.host}. Speak TLS, or say that this is meant.`,
    )
  if (keep && auth.length > 0)
    throw new RequestError('WRONG_STATE', 'A cluster with credentials is not kept, because they are not. Untick one.')
  const id = clusterId(name ?? connectString, taken)
  const adminPorts = request.adminPorts ?? [ADMIN_PORT_USUAL]
  const metricsPorts = request.metricsPorts ?? [METRICS_PORT_USUAL]
  const { ca, serverName } = tls ?? {}
  const kept: KeptCluster = {
    ...{ id, name: name ?? null, connectString, adminPorts: [...adminPorts], metricsPorts: [...metricsPorts] },
    tls: tls ? { ...(ca === undefined ? {} : { ca }), ...(serverName === undefined ? {} : { serverName }) } : null,
  }
  const options = { ...optionsOf(kept), auth, allowWrites: request.allowWrites ?? false }
  return { options, kept: keep ? kept : null }
}

/** As it comes back: read-only, and nobody in particular. Throws RequestError when it is not allowed any more. */
export function planAgain(kept: KeptCluster, allowed: AllowedTargets): AttachPlan {
  const { name, connectString, tls, adminPorts, metricsPorts } = kept
  const again = { connectString, adminPorts, metricsPorts, ...(name === null ? {} : { name }), ...(tls ? { tls } : {}) }
  planAttach(again, allowed, () => false)
  return { options: optionsOf(kept), kept }
}

function optionsOf({ id, name, connectString, tls, adminPorts, metricsPorts }: KeptCluster): AttachPlan['options'] {
  return {
    ...{ id, connectString, adminPorts, metricsPorts, auth: [], allowWrites: false },
    ...(name === null ? {} : { name }),
    tls: tls && {
      ...(tls.ca === undefined ? {} : { ca: tls.ca }),
      ...(tls.serverName === undefined ? {} : { servername: tls.serverName }),
    },
  }
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`
}
