// The ensemble that this process started, as the gateway serves it: its members' event streams, its supervisor, its faults,
// workloads and scenarios.

import type { Ensemble } from '../ensemble/ensemble.ts'
import type { Cluster, ClusterParts, OpenCluster } from './cluster.ts'
import { controlFaults } from './fault-control.ts'
import { memberHandlers } from './member-control.ts'
import { followMembers, type MemberStreams } from './member-streams.ts'
import { readWatches } from './member-watches.ts'
import { operatorHandlers } from './operator-service.ts'
import { RequestError } from './request-error.ts'
import { ScenarioControl } from './scenarios/scenario-control.ts'
import { WorkloadControl } from './workloads/workload-control.ts'

const CLUSTER_ID = 'embedded'
const CLUSTER_NAME = 'playground'

/** @param workloadEntry dist/server/workload.js; null: workloads are refused */
export function embeddedCluster(ensemble: Ensemble, workloadEntry: string | null): Cluster {
  return {
    id: CLUSTER_ID,
    kind: 'embedded',
    name: CLUSTER_NAME,
    dataDir: ensemble.dataDir,
    connectString: () => ensemble.connectString,
    about: () => ({ autoRestart: ensemble.autoRestart }),
    readWatches: async (sid) => readWatches(ensemble.plans.find((plan) => plan.sid === sid)?.adminPort ?? 0),
    knowsConnections: () => true,
    refuses: () => null,
    open: (parts) => openEmbedded(ensemble, workloadEntry, parts),
  }
}

function openEmbedded(ensemble: Ensemble, workloadEntry: string | null, parts: ClusterParts): OpenCluster {
  const { view, emit, session, tellAbout, log } = parts
  const faults = controlFaults(ensemble, view, emit)
  const workloads = new WorkloadControl({ entry: workloadEntry, connectString: () => ensemble.connectString, emit })
  const scenarios = new ScenarioControl({ ensemble, workloads, emit, faults: faults.service, view })
  let streams: MemberStreams | null = null
  let unlisten = (): void => undefined
  return {
    handlers: {
      ...memberHandlers(ensemble, tellAbout),
      ...operatorHandlers({ ensemble, view: () => view, ownSession: () => session.session }),
      ...faults.handlers,
      ...workloads.handlers,
      ...scenarios.handlers,
      'cluster:allow-writes': async () => {
        throw new RequestError('WRONG_STATE', 'This ensemble was started here, and may be changed anyway.')
      },
    },
    onEvent: (event) => scenarios.onEvent(event),
    follow: () => {
      streams = followMembers(ensemble, view, emit, log)
      let sids = ensemble.plans.map((plan) => plan.sid)
      unlisten = ensemble.onMembers((plans) => {
        const now = plans.map((plan) => plan.sid)
        // Our session knows only the members of when it began; it need not know who came, but must not look for who left.
        if (sids.some((sid) => !now.includes(sid))) void session.renew()
        sids = now
        tellAbout()
      })
    },
    close: async () => {
      await scenarios.close()
      await workloads.close()
      faults.close()
      unlisten()
      streams?.close()
    },
  }
}
