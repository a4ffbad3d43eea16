// A recording as a cluster of the gateway: there is a past and nothing else, no session and no server, so whatever would
// need one is refused, and what would change something has nothing to change.

import type { Capability } from '#shared/events/attach.ts'
import { FAULT_CATALOGUE } from '#shared/events/fault-catalogue.ts'
import type { RecordingAbout } from '#shared/events/recording.ts'
import { describeHandlers } from '../api/describe.ts'
import type { Handlers } from '../api/handlers.ts'
import type { ActionName } from '../api/operation.ts'
import type { Refusal } from '../api/perform.ts'
import { ACTION_NAMES } from '../api/table.ts'
import type { ServedCluster, SharedRequest } from '../clusters/served-cluster.ts'
import { historyHandlers } from '../history/history-handlers.ts'
import { RequestError } from '../request-error.ts'
import type { RecordedPast } from './recorded-past.ts'

export interface RecordingParts {
  readonly id: string
  readonly past: RecordedPast
  readonly shared: Pick<Handlers, SharedRequest>
  /** Of Zabscope. */
  readonly version: string
}

const RECORDING: Refusal = {
  code: 'RECORDING',
  message: 'This is a recording of the past: there is no cluster behind it that could be asked, or changed.',
}

const NOTHING_OF: readonly Capability[] = (
  [
    ['tree', 'A recording holds what happened, and not the znodes with their data.'],
    ['locks', 'Who held which lock is read from znodes, which a recording does not hold.'],
    ['faults', 'What is past can be looked at, and not broken.'],
  ] as const
).map(([id, because]) => ({ id, available: false, because, fixes: [] }))

export function serveRecording({ id, past, shared, version }: RecordingParts): ServedCluster {
  const { head, history, fromMs, toMs, events } = past
  const members = () => Object.values(history.view.members)
  const answered = {
    ...shared,
    ...historyHandlers(history.recorder, { clusterName: head.clusterName, version }),
    'members:list': async () =>
      members().map((member) => ({ ...member, quorumPort: 0, electionPort: 0, adminPort: 0 })),
    'sessions:list': async () =>
      Object.values(history.view.connections).map(({ session, sid, address, timeoutMs }) => {
        return { session, sid, address, timeoutMs, own: false }
      }),
    'workload:list': async () => [],
    'scenario:list': async () => [],
    'fault:list': async () => ({ catalogue: FAULT_CATALOGUE, active: [] }),
    'locks:list': async () => [],
    'window:view': async (_client, { atMs }) => ({ atMs, view: past.viewAt(atMs) }),
  } satisfies Partial<Handlers>
  const refuses = (name: ActionName): Refusal | null =>
    name === 'api:describe' || Object.hasOwn(answered, name) ? null : RECORDING
  const refused = async (): Promise<never> => {
    throw new RequestError(RECORDING.code, RECORDING.message)
  }
  // `refuses` answers for the rest; they are there because every operation has a handler.
  const rest = Object.fromEntries(ACTION_NAMES.map((name) => [name, refused])) as unknown as Handlers
  const { clusterName, exportedAtMs } = head
  const capabilities = NOTHING_OF
  const recording: RecordingAbout = { fromMs, toMs, exportedAtMs, exportedBy: head.version, events, capabilities }
  return {
    id,
    kind: 'recording',
    history,
    scope: { cluster: id, handlers: { ...rest, ...describeHandlers(refuses), ...answered }, refuses },
    about: () => ({
      version,
      cluster: { id, kind: 'recording' },
      clusterName,
      dataDir: '',
      connectString: '',
      serverTimeMs: Date.now(),
      recording,
      gatewaySession: null,
      formerGatewaySessions: [],
      load: { requests: 0, watches: 0, bytesSent: 0, bytesReceived: 0 },
    }),
    summary: () => {
      const serving = members().filter((member) => member.serving).length
      const name = clusterName.slice(0, 200)
      return { id, kind: 'recording', name, connectString: '', serving, members: members().length, readOnly: true }
    },
    load: () => ({ requests: 0, watches: 0, bytesSent: 0, bytesReceived: 0 }),
    isAnswering: () => false,
    forget: () => undefined,
    follow: () => undefined,
    close: async () => undefined,
  }
}
