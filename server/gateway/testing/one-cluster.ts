// A gateway's clusters, for tests of what pages are sent: one, made of a history.

import type { About } from '#shared/events/socket-protocol.ts'
import type { History } from '../history.ts'
import type { PageClient } from '../page-client.ts'
import type { PageClusters } from '../streams/channels.ts'

export function oneCluster(
  history: History,
  about: () => About,
  forget: (client: PageClient) => void = () => undefined,
): PageClusters {
  const cluster = { id: about().cluster.id, history, about, forget }
  return { all: [cluster], summaries: () => [], onChange: () => () => undefined }
}
