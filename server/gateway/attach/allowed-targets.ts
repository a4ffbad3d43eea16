// Which servers may be attached from a page (O-1): those of this machine, and whatever the one who started the gateway has
// listed. What the command line of `zabscope connect` names is not asked here. Pure.

import { BlockList, isIP } from 'node:net'
import { err, ok, type Result } from '#shared/base/result.ts'
import type { ServerAddress } from '../../client/server-list.ts'

/** Of targets that name no port: clients, and clients over TLS. */
const USUAL_PORTS: readonly number[] = [2181, 2281]

interface Target {
  readonly hostFits: (host: string) => boolean
  readonly portFits: (port: number) => boolean
}

export interface AllowedTargets {
  /** As they were written. */
  readonly texts: readonly string[]
  allows(server: ServerAddress): boolean
}

/** Only this machine. */
export const LOOPBACK_ONLY: AllowedTargets = { texts: [], allows: isLoopback }

/**
 * `zk*.example.org`, `10.0.0.0/8`, `[fd00::/8]`, each also with a port or a range of them: `10.0.0.7:2181-2189`. A name is
 * allowed by its name alone; networks are for addresses that are written as such, because a name may stand for another
 * address tomorrow. The error is a sentence.
 */
export function allowedTargets(texts: readonly string[]): Result<AllowedTargets, string> {
  const targets: Target[] = []
  for (const text of texts) {
    const target = readTarget(text)
    if (!target) return err(`${JSON.stringify(text)} is no target such as zk*.example.org:2181 or 10.0.0.0/8.`)
    targets.push(target)
  }
  const allows = (server: ServerAddress): boolean =>
    isLoopback(server) || targets.some(({ hostFits, portFits }) => hostFits(server.host) && portFits(server.port))
  return ok({ texts, allows })
}

export function isLoopback({ host }: Pick<ServerAddress, 'host'>): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}

function readTarget(text: string): Target | null {
  const groups = /^(?:\[(?<v6>[^\]]+)\]|(?<host>[^:[\]]+))(?::(?<from>\d{1,5})(?:-(?<to>\d{1,5}))?)?$/.exec(
    text,
  )?.groups
  if (!groups) return null
  const portFits = portRule(groups.from, groups.to)
  const hostFits = groups.v6 === undefined ? hostRule(groups.host ?? '') : networkRule(groups.v6, 'ipv6')
  return portFits && hostFits && { hostFits, portFits }
}

function portRule(from: string | undefined, to = from): Target['portFits'] | null {
  if (from === undefined) return (port) => USUAL_PORTS.includes(port)
  const [least, most] = [Number(from), Number(to)]
  return least >= 1 && least <= most && most <= 65_535 ? (port) => port >= least && port <= most : null
}

function hostRule(host: string): Target['hostFits'] | null {
  if (isIP(host.split('/')[0] ?? '') === 4) return networkRule(host, 'ipv4')
  // At most one star a part, and none that stands for everything: that would be no list.
  if (!/^[a-z0-9*-]+(?:\.[a-z0-9*-]+)*$/i.test(host) || /^[\d.*]+$/.test(host)) return null
  const pattern = host.toLowerCase().split('.')
  if (pattern.some((part) => part.split('*').length > 2)) return null
  return (given) => {
    const parts = given.toLowerCase().split('.')
    return (
      isIP(given) === 0 && parts.length === pattern.length && pattern.every((part, i) => fits(part, parts[i] ?? ''))
    )
  }
}

function fits(pattern: string, part: string): boolean {
  const [before = '', after] = pattern.split('*')
  if (after === undefined) return part === before
  return part.length >= before.length + after.length && part.startsWith(before) && part.endsWith(after)
}

function networkRule(text: string, family: 'ipv4' | 'ipv6'): Target['hostFits'] | null {
  const [address = '', bits] = text.split('/')
  const list = new BlockList()
  try {
    if (bits === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(bits), family)
  } catch {
    return null
  }
  return (given) => isIP(given) === (family === 'ipv4' ? 4 : 6) && list.check(given, family)
}
