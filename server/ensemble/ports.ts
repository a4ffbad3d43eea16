// Chooses TCP ports on the loopback: the wanted one where it is free, else the next free one. A port is free
// when we can listen on it; whoever takes it between the probe and the use makes that process say so.

import { createServer } from 'node:net'
import { EnsembleError } from './ensemble-error.ts'

export const HOST = '127.0.0.1'
const PORT_MAX = 65535
/** How far the search for a free port goes. */
const SEARCH_MAX = 500

/** True when a listener on the loopback could be opened on `port`. */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ port, host: HOST, exclusive: true }, () => server.close(() => resolve(true)))
  })
}

/**
 * Ports somebody asked for. `uses` names each in sentences: "client port of member 2". They are granted or moved
 * together, by the same distance: a member listens on its quorum port only while it leads, so whether that is in use
 * shows at its election port alone.
 */
export interface PortWish {
  readonly uses: readonly string[]
  readonly ports: readonly number[]
}

export interface MovedPort {
  readonly use: string
  readonly wanted: number
  readonly used: number
}

export interface ChosenPorts {
  /** In the order of the wishes. */
  readonly ports: readonly (readonly number[])[]
  readonly moved: readonly MovedPort[]
}

/**
 * Grants every wish whose ports are free and different from the others', then gives the rest the next free ports.
 * `reserved` are nobody's, whether or not they are in use now. Throws EnsembleError NO_PORT when there are none within 500 above the wish.
 */
export async function choosePorts(wishes: readonly PortWish[], reserved: readonly number[] = []): Promise<ChosenPorts> {
  const taken = new Set<number>(reserved)
  const granted = new Map<PortWish, readonly number[]>()
  const grant = (wish: PortWish, ports: readonly number[]) => {
    for (const port of ports) taken.add(port)
    granted.set(wish, ports)
  }
  for (const wish of wishes) {
    if (await areFree(wish.ports, (port) => taken.has(port))) grant(wish, wish.ports)
  }
  const wanted = new Set(wishes.flatMap((wish) => wish.ports))
  const moved: MovedPort[] = []
  for (const wish of wishes) {
    if (granted.has(wish)) continue
    grant(wish, await nextFree(wish, (port) => taken.has(port) || wanted.has(port)))
  }
  const ports = wishes.map((wish) => granted.get(wish) ?? wish.ports)
  wishes.forEach((wish, i) => {
    wish.ports.forEach((want, k) => {
      const used = ports[i]?.[k] ?? want
      if (used !== want) moved.push({ use: wish.uses[k] ?? 'port', wanted: want, used })
    })
  })
  return { ports, moved }
}

async function areFree(ports: readonly number[], excluded: (port: number) => boolean): Promise<boolean> {
  for (const port of ports) if (port > PORT_MAX || excluded(port) || !(await isPortFree(port))) return false
  return true
}

async function nextFree(wish: PortWish, excluded: (port: number) => boolean): Promise<readonly number[]> {
  for (let by = 1; by <= SEARCH_MAX; by += 1) {
    const ports = wish.ports.map((port) => port + by)
    if (await areFree(ports, excluded)) return ports
  }
  const [first = 0] = wish.ports
  throw new EnsembleError(
    'NO_PORT',
    `There is no free port for the ${wish.uses.join(' and the ')} from ${first} to ${first + SEARCH_MAX}. Free one, or choose another start with --client-port.`,
  )
}
