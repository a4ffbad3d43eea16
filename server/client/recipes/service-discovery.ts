// Who offers what, where: Curator's service discovery, `<base>/<service>/<instance id>` with JSON. An instance is there as
// long as its session; a view of a service keeps up by itself, and a provider picks one of it.

import { randomUUID } from 'node:crypto'
import { joinPath } from '#shared/zk/path.ts'
import { badArguments, NodeExistsError, NoNodeError } from '../errors.ts'
import type { ZooKeeper } from '../zookeeper.ts'
import { listChildren } from './children.ts'
import { ensurePath } from './ensure-path.ts'
import { createOwned } from './owned-node.ts'
import { removeNode } from './protected-node.ts'
import { retryOnLoss } from './reconnect.ts'
import { checkName, decodeInstance, encodeInstance, type ServiceInstance } from './service-instance.ts'
import { TreeCache } from './tree-cache.ts'

/** What is left out: a fresh id, no ports, no payload, now, DYNAMIC, enabled. */
export type ServiceOffer = Pick<ServiceInstance, 'name' | 'address'> & Partial<ServiceInstance>

export interface Registration {
  readonly instance: ServiceInstance
  readonly path: string
  /** Aborts when others do not see it any more without our doing. Never for STATIC and PERMANENT, which stay. */
  readonly signal: AbortSignal
  /** Says something else about the same instance: its name, id and type stay. */
  update(change: Partial<Omit<ServiceInstance, 'name' | 'id' | 'serviceType'>>): Promise<void>
  unregister(): Promise<void>
}

/**
 * Offers a service. An id that another session has registered is waited for until it expires. After a loss register
 * again, with a new client when the session is over.
 */
export async function registerService(
  zk: ZooKeeper,
  base: string,
  offer: ServiceOffer,
  options: { readonly signal?: AbortSignal } = {},
): Promise<Registration> {
  let instance: ServiceInstance = {
    id: randomUUID(),
    port: null,
    sslPort: null,
    payload: null,
    registrationTimeUTC: Date.now(),
    serviceType: 'DYNAMIC',
    uriSpec: null,
    enabled: true,
    ...offer,
  }
  checkName('name', instance.name)
  checkName('id', instance.id)
  if (instance.serviceType === 'DYNAMIC_SEQUENTIAL')
    throw badArguments(
      'a DYNAMIC_SEQUENTIAL instance is only read here; register a DYNAMIC one with an id of its own',
      base,
    )
  const path = joinPath(joinPath(base, instance.name), instance.id)
  const signal = options.signal ?? new AbortController().signal
  const data = encodeInstance(instance)
  const held =
    instance.serviceType === 'DYNAMIC' ? await createOwned(zk, { path, data, parents: 'container' }, signal) : null
  if (!held) await createLasting(zk, path, data)
  return {
    get instance() {
      return instance
    },
    path,
    signal: held?.signal ?? new AbortController().signal,
    update: async (change) => {
      const { name, id, serviceType } = instance
      const next = { ...instance, ...change, name, id, serviceType }
      await retryOnLoss(zk, () => zk.setData(path, encodeInstance(next)))
      instance = next
    },
    unregister: () => held?.release() ?? removeNode(zk, path),
  }
}

/** Registered before, by an earlier life of this program, it is only set. */
async function createLasting(zk: ZooKeeper, path: string, data: string): Promise<void> {
  await retryOnLoss(zk, async () => {
    for (;;) {
      try {
        await zk.create(path, data)
        return
      } catch (error) {
        if (error instanceof NodeExistsError) {
          await zk.setData(path, data)
          return
        }
        if (!(error instanceof NoNodeError)) throw error
        await ensurePath(zk, path.slice(0, path.lastIndexOf('/')), 'container')
      }
    }
  })
}

/** The services that have, or had, instances. */
export async function listServices(zk: ZooKeeper, base: string): Promise<string[]> {
  return [...(await listChildren(zk, base))].sort()
}

/** The instances of a service now, those that are not enabled included, in the order of ids. */
export async function listInstances(zk: ZooKeeper, base: string, name: string): Promise<ServiceInstance[]> {
  checkName('name', name)
  const dir = joinPath(base, name)
  const read = async (id: string) => {
    try {
      return decodeInstance((await zk.getData(joinPath(dir, id))).data)
    } catch (error) {
      if (error instanceof NoNodeError) return null
      throw error
    }
  }
  const instances = await Promise.all((await listChildren(zk, dir)).map(read))
  return sortById(instances.filter((instance) => instance !== null))
}

/** Chooses among instances; `counter` rises with every choice of one view. */
export type Strategy = (instances: readonly ServiceInstance[], counter: number) => ServiceInstance | undefined

export const roundRobin: Strategy = (instances, counter) => instances[counter % instances.length]

/** @param random from 0 up to 1 */
export function randomly(random: () => number = Math.random): Strategy {
  return (instances) => instances[Math.floor(random() * instances.length)]
}

export interface ServiceView {
  /** Those that are enabled, in the order of ids. */
  readonly instances: readonly ServiceInstance[]
  /** One of them, or null when there is none. */
  pick(): ServiceInstance | null
  /** Aborts when the view cannot keep up any more. Not on close. */
  readonly signal: AbortSignal
  close(): Promise<void>
}

export interface ViewOptions {
  /** How `pick` chooses. Default round robin. */
  readonly strategy?: Strategy
  /** Told at every change after the beginning. */
  readonly onChange?: (instances: readonly ServiceInstance[]) => void
}

/** Keeps up with the instances of a service, which need not have any yet. */
export async function watchService(
  zk: ZooKeeper,
  base: string,
  name: string,
  options: ViewOptions = {},
): Promise<ServiceView> {
  checkName('name', name)
  const strategy = options.strategy ?? roundRobin
  const byPath = new Map<string, ServiceInstance>()
  let instances: readonly ServiceInstance[] = []
  let picks = 0
  let opened = false
  const cache = await TreeCache.open(zk, joinPath(base, name), {
    onEvent: (event) => {
      if (event.type === 'gap' || event.type === 'listed') return
      const instance = event.type === 'removed' ? null : decodeInstance(event.node.data)
      if (instance?.enabled) byPath.set(event.path, instance)
      else if (!byPath.delete(event.path)) return
      instances = sortById([...byPath.values()])
      if (opened) options.onChange?.(instances)
    },
  })
  opened = true
  return {
    get instances() {
      return instances
    },
    pick: () => {
      const picked = strategy(instances, picks)
      picks += 1
      return picked ?? null
    },
    signal: cache.signal,
    close: () => cache.close(),
  }
}

function sortById(instances: readonly ServiceInstance[]): ServiceInstance[] {
  return [...instances].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0))
}
