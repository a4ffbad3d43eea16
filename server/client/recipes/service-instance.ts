// What a service says about one of its instances, as Curator's service discovery writes it. Source: ServiceInstance,
// JsonInstanceSerializer; locks-and-recipes.md §2.2.

import { tryUtf8Decode } from '#shared/base/text.ts'
import { badArguments } from '../errors.ts'

/** DYNAMIC goes with its session; STATIC and PERMANENT stay until they are unregistered. */
export type ServiceType = 'DYNAMIC' | 'DYNAMIC_SEQUENTIAL' | 'STATIC' | 'PERMANENT'
const SERVICE_TYPES: readonly ServiceType[] = ['DYNAMIC', 'DYNAMIC_SEQUENTIAL', 'STATIC', 'PERMANENT']

export interface ServiceInstance {
  readonly name: string
  /** Of this instance: the name of its node. */
  readonly id: string
  readonly address: string
  readonly port: number | null
  readonly sslPort: number | null
  /** Anything that JSON can hold; a Java object of Curator's has its class in `@class`. */
  readonly payload: unknown
  /** Ms since 1970, by the clock of whoever registered. */
  readonly registrationTimeUTC: number
  readonly serviceType: ServiceType
  /** How to make a URI of it, as Curator's UriSpec; passed on as it is. */
  readonly uriSpec: unknown
  /** False: not to be used for now. */
  readonly enabled: boolean
}

/** In the order of Curator's fields. `enabled` only when it is false: versions that do not know it read the rest then. */
export function encodeInstance(instance: ServiceInstance): string {
  const { name, id, address, port, sslPort, payload, registrationTimeUTC, serviceType, uriSpec, enabled } = instance
  return JSON.stringify({
    name,
    id,
    address,
    port,
    sslPort,
    payload,
    registrationTimeUTC,
    serviceType,
    uriSpec,
    ...(enabled ? {} : { enabled }),
  })
}

/** Null when it is no instance: another program keeps something there. Fields that are left out have Curator's defaults. */
export function decodeInstance(data: Uint8Array | null): ServiceInstance | null {
  let json: unknown
  try {
    json = JSON.parse(data === null ? '' : (tryUtf8Decode(data) ?? ''))
  } catch {
    return null
  }
  if (typeof json !== 'object' || json === null) return null
  // An object of JSON has string keys; each value is checked where it is read.
  const fields = json as Readonly<Record<string, unknown>>
  const { name, id } = fields
  if (typeof name !== 'string' || typeof id !== 'string') return null
  const type = SERVICE_TYPES.find((one) => one === fields.serviceType) ?? 'DYNAMIC'
  return {
    name,
    id,
    address: typeof fields.address === 'string' ? fields.address : '',
    port: portOf(fields.port),
    sslPort: portOf(fields.sslPort),
    payload: fields.payload ?? null,
    registrationTimeUTC: typeof fields.registrationTimeUTC === 'number' ? fields.registrationTimeUTC : 0,
    serviceType: type,
    uriSpec: fields.uriSpec ?? null,
    enabled: fields.enabled !== false,
  }
}

function portOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isInteger(value) ? value : null
}

/** Throws BadArgumentsError for a name or id that cannot be a node's. */
export function checkName(what: string, name: string): void {
  if (name === '' || name.includes('/'))
    throw badArguments(`the ${what} of a service is not empty and has no "/"`, name)
}
