// From a connect string to the servers that are asked: names that stand for several addresses are several servers.

import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { formatAddress, parseConnectString, type ServerAddress } from '../../client/server-list.ts'
import { SERVERS_ATTACHED_MAX } from './attach-limits.ts'
import { isDisguisedAddress, isRefusedAddress } from './checked-dial.ts'
import type { ProbeTarget } from './server-probe.ts'

export interface TargetOptions {
  readonly connectString: string
  readonly tls: boolean
  /** One for all servers, or one each in the order of the connect string. */
  readonly adminPorts: readonly number[]
  readonly metricsPorts: readonly number[]
}

export interface Targets {
  readonly chroot: string
  readonly targets: readonly ProbeTarget[]
}

/** Rejects with an Error: a sentence. */
export async function findTargets(options: TargetOptions): Promise<Targets> {
  const { connectString, tls, adminPorts, metricsPorts } = options
  const parsed = parseConnectString(connectString)
  if (!parsed.ok) throw new Error(`${parsed.error.charAt(0).toUpperCase()}${parsed.error.slice(1)}.`)
  const { servers, chroot } = parsed.value
  for (const [flag, ports] of [
    ['--admin-port', adminPorts],
    ['--metrics-port', metricsPorts],
  ] as const) {
    if (ports.length > 1 && ports.length !== servers.length)
      throw new Error(`${flag} takes one port, or one for each of the ${servers.length} servers.`)
  }
  const targets: ProbeTarget[] = []
  for (const [index, server] of servers.entries()) {
    if (isDisguisedAddress(server.host))
      throw new Error(`${server.host} is an address in disguise. Write it as four numbers from 0 to 255.`)
    const adminPort = adminPorts[index] ?? adminPorts[0] ?? null
    const metricsPort = metricsPorts[index] ?? metricsPorts[0] ?? null
    // A certificate is for the name.
    const addresses = tls ? [server] : await addressesOf(server)
    for (const { host, port } of addresses) targets.push({ host, port, tls, adminPort, metricsPort })
  }
  if (targets.length > SERVERS_ATTACHED_MAX)
    throw new Error(`${targets.length} servers are too many; ${SERVERS_ATTACHED_MAX} can be attached at most.`)
  return { chroot, targets: targets.map((target) => withOwnPorts(target, targets)) }
}

/** [O-2] Every address is looked at. One that cannot be resolved now stays a name: the dial resolves it each time. */
async function addressesOf(server: ServerAddress): Promise<readonly ServerAddress[]> {
  if (isIP(server.host) !== 0) return [server]
  const found = await lookup(server.host, { all: true }).catch(() => [])
  const refused = found.find(({ address }) => isRefusedAddress(address))
  if (refused) throw new Error(`${server.host} stands for ${refused.address}, which is not attached to by name.`)
  const v4 = [...new Set(found.filter(({ family }) => family === 4).map(({ address }) => address))]
  return v4.length > 1 ? v4.map((host) => ({ host, port: server.port })) : [server]
}

/** Metrics do not say whose they are, and an AdminServer does not name a TLS port: on a shared port they are nobody's. */
function withOwnPorts(target: ProbeTarget, all: readonly ProbeTarget[]): ProbeTarget {
  const shares = (port: 'adminPort' | 'metricsPort'): boolean =>
    all.some((other) => other !== target && other.host === target.host && other[port] === target[port])
  return {
    ...target,
    adminPort: target.tls && shares('adminPort') ? null : target.adminPort,
    metricsPort: shares('metricsPort') ? null : target.metricsPort,
  }
}

export function addressOf({ host, port }: ServerAddress): string {
  return formatAddress({ host, port })
}
