// Reads /zookeeper/config: which servers the ensemble has, by its own word. They are shown; they are dialled only when
// the connect string names them as well (O-5).

import type { ServerAddress } from '../../client/server-list.ts'
import { SERVERS_ATTACHED_MAX } from './attach-limits.ts'

export interface ConfiguredServer {
  readonly sid: number
  readonly role: 'participant' | 'observer'
  readonly host: string
  /** Of clients; null when the line does not tell, as with static configurations. */
  readonly port: number | null
}

const LINE =
  /^server\.(\d{1,3})=(?:\[([^\]]+)\]|([^:;]+)):\d+:\d+(?::(participant|observer))?[^;]*(?:;(?:(?:\[([^\]]+)\]|([^:;]*)):)?(\d{1,5}))?$/

/** Lines `server.N=host:quorum:election[:role][;[address:]port]`; others are passed over. */
export function readConfigNode(text: string): readonly ConfiguredServer[] {
  return text
    .split('\n')
    .slice(0, SERVERS_ATTACHED_MAX)
    .flatMap((line): ConfiguredServer[] => {
      const [, sid, v6, name, role, client6, client4, port] = LINE.exec(line.trim()) ?? []
      const host = v6 ?? name
      if (sid === undefined || host === undefined) return []
      const told = client6 ?? client4 ?? ''
      const clientHost = ['', '0.0.0.0', '::', '0:0:0:0:0:0:0:0'].includes(told) ? host : told
      return [
        {
          sid: Number(sid),
          role: role === 'observer' ? 'observer' : 'participant',
          host: clientHost,
          port: port === undefined ? null : Number(port),
        },
      ]
    })
}

/** The server of the configuration that `address` is; null when none is, or several could be. */
export function findConfigured(
  servers: readonly ConfiguredServer[],
  address: ServerAddress,
  addresses: readonly ServerAddress[],
): ConfiguredServer | null {
  const exact = servers.find(({ host, port }) => host === address.host && port === address.port)
  if (exact) return exact
  const sameHost = servers.filter(({ host, port }) => host === address.host && port === null)
  const claimants = addresses.filter(({ host }) => host === address.host)
  return sameHost.length === 1 && claimants.length === 1 ? (sameHost[0] ?? null) : null
}
