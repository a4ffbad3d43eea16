// Carries out what is asked about the clusters of the gateway: which there are, attaching one, letting it go, and looking
// at another one.

import { join } from 'node:path'
import type { Logger } from 'pino'
import { CLUSTERS_MAX, type ClusterSummary } from '#shared/events/cluster-list.ts'
import type { Handlers, Trail } from '../api/handlers.ts'
import type { AllowedTargets } from '../attach/allowed-targets.ts'
import { attachedCluster } from '../attach/attached-cluster.ts'
import { readAudit } from '../audit/read-audit.ts'
import type { Cluster } from '../cluster.ts'
import { ATTACHES_BURST, ATTACHES_PER_MINUTE_MAX } from '../limits.ts'
import { RateLimit } from '../rate-limit.ts'
import { RequestError } from '../request-error.ts'
import { type AttachPlan, planAgain, planAttach } from './attach-request.ts'
import { type Clusters, noSuchCluster } from './clusters.ts'
import type { KeptClusters } from './kept-clusters.ts'
import type { ServedCluster, SharedRequest } from './served-cluster.ts'

export interface ClusterHandlerParts {
  readonly clusters: () => Clusters
  readonly serve: (cluster: Cluster) => ServedCluster
  readonly kept: KeptClusters
  readonly allowed: AllowedTargets
  /** Of the gateway's first cluster: the audit log, and a folder for each other one. */
  readonly dataDir: string
  readonly log: Logger
}

export class ClusterControl {
  readonly #parts: ClusterHandlerParts
  readonly #attaches = new RateLimit(ATTACHES_PER_MINUTE_MAX / 60, ATTACHES_BURST, performance.now())
  /** Ids that are on their way. */
  readonly #coming = new Set<string>()
  #closed = false

  constructor(parts: ClusterHandlerParts) {
    this.#parts = parts
  }

  get handlers(): Pick<Handlers, SharedRequest> {
    const { clusters, allowed, kept, dataDir } = this.#parts
    return {
      'cluster:list': async () => ({
        clusters: clusters().summaries(),
        most: CLUSTERS_MAX,
        allowedTargets: ['localhost', ...allowed.texts],
      }),
      'cluster:attach': async (_client, request, trail) => {
        // [O-3] Nobody tries out addresses in a hurry.
        if (!this.#attaches.take(performance.now()))
          throw new RequestError('RATE', 'Clusters were attached too often just now. Wait a minute, then try again.')
        const taken = (id: string): boolean => clusters().find(id) !== null || this.#coming.has(id)
        return this.#attach(planAttach(request, allowed, taken), trail)
      },
      'cluster:detach': async (_client, { cluster }) => {
        await clusters().remove(cluster)
        kept.remove(cluster)
        return null
      },
      'cluster:select': async (client, { cluster }) => {
        if (!client.lookAt)
          throw new RequestError('WRONG_STATE', 'A REST request looks at one cluster only: name it as ?cluster=ID.')
        if (!clusters().find(cluster)) throw noSuchCluster(cluster)
        client.lookAt(cluster)
        return null
      },
      'audit:read': async (_client, { limit }) => readAudit(dataDir, limit),
    }
  }

  /** Those that were kept come back, one that cannot is named in the log and stays kept. */
  async restore(): Promise<void> {
    for (const kept of this.#parts.kept.all) {
      if (this.#closed) return
      try {
        await this.#attach(planAgain(kept, this.#parts.allowed))
      } catch (error) {
        this.#parts.log.error({ cluster: kept.id, err: error }, 'a kept cluster could not be attached again')
      }
    }
  }

  close(): void {
    this.#closed = true
  }

  async #attach({ options, kept }: AttachPlan, trail?: Trail): Promise<ClusterSummary> {
    const { clusters, serve, dataDir } = this.#parts
    const { id } = options
    clusters().checkRoom()
    this.#coming.add(id)
    try {
      const cluster = await attached(options, join(dataDir, 'clusters', id))
      if (this.#closed) throw new RequestError('CLOSED', 'The gateway is ending.')
      clusters().checkRoom()
      if (kept) this.#parts.kept.add(kept)
      const served = serve(cluster)
      clusters().add(served, kept !== null)
      served.follow()
    } finally {
      this.#coming.delete(id)
    }
    trail?.({ attached: id, credentials: options.auth.length })
    const summary = clusters()
      .summaries()
      .find((one) => one.id === id)
    if (!summary) throw noSuchCluster(id)
    return summary
  }
}

async function attached(options: AttachPlan['options'], dataDir: string): Promise<Cluster> {
  try {
    return await attachedCluster({ ...options, dataDir })
  } catch (error) {
    // A sentence of targets.ts, or of the certificates.
    throw new RequestError('MALFORMED', error instanceof Error ? error.message : String(error))
  }
}
