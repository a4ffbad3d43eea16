// What a person asks of the playground: workloads that are started, tuned and stopped, and guided scenarios. Part of the
// socket protocol.

import type { ScenarioRun, ScenarioSummary } from './scenario-run.ts'
import type { Answer } from './socket-protocol.ts'
import type { AnySettings, WorkloadKind } from './workload-settings.ts'
import type { WorkloadView } from './workload-view.ts'

type Ask<Request, Value> = (request: Request, answer: (a: Answer<Value>) => void) => void
type Nothing = Record<string, never>

export interface PlaygroundRequests {
  /** What `settings` leaves out has the default of the kind's table. */
  'workload:start': Ask<{ readonly kind: WorkloadKind; readonly settings: AnySettings }, WorkloadView>
  /** Only settings that are `live` in the kind's table. */
  'workload:update': Ask<{ readonly id: string; readonly settings: AnySettings }, WorkloadView>
  /** Answered when its process has ended. */
  'workload:stop': Ask<{ readonly id: string }, null>
  'workload:list': Ask<Nothing, readonly WorkloadView[]>
  'scenario:list': Ask<Nothing, readonly ScenarioSummary[]>
  /** One at a time; it ends with the page that started it. */
  'scenario:start': Ask<{ readonly id: string }, ScenarioRun>
  /** To the question of step `step`. */
  'scenario:answer': Ask<{ readonly step: number; readonly choice: string }, null>
  /** On from step `step`, which waits to be read. */
  'scenario:next': Ask<{ readonly step: number }, null>
  /** Answered when its faults are healed and its workloads stopped. */
  'scenario:stop': Ask<Nothing, null>
}
