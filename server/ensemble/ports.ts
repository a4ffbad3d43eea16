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

/** A port somebody asked for. `use` names it in sentences: "client port of member 2". */
export interface PortWish {
  readonly use: string
  readonly port: number
}

export interface MovedPort {
  readonly use: string
  readonly wanted: number
  readonly used: number
}

export interface ChosenPorts {
  /** In the order of the wishes. */
  readonly ports: readonly number[]
  readonly moved: readonly MovedPort[]
}

/**
 * Grants every wish that is free and different from the others, then gives the rest the next free ports.
 * Throws EnsembleError NO_PORT when none is free within 500 above the wish.
 */
export async function choosePorts(wishes: readonly PortWish[]): Promise<ChosenPorts> {
  const taken = new Set<number>()
  const granted = new Map<PortWish, number>()
  for (const wish of wishes) {
    if (taken.has(wish.port) || !(await isPortFree(wish.port))) continue
    taken.add(wish.port)
    granted.set(wish, wish.port)
  }
  const wanted = new Set(wishes.map((wish) => wish.port))
  const moved: MovedPort[] = []
  const ports: number[] = []
  for (const wish of wishes) {
    const port = granted.get(wish) ?? (await nextFree(wish, (p) => taken.has(p) || wanted.has(p)))
    taken.add(port)
    ports.push(port)
    if (port !== wish.port) moved.push({ use: wish.use, wanted: wish.port, used: port })
  }
  return { ports, moved }
}

async function nextFree(wish: PortWish, excluded: (port: number) => boolean): Promise<number> {
  const end = Math.min(PORT_MAX, wish.port + SEARCH_MAX)
  for (let port = wish.port + 1; port <= end; port += 1) {
    if (!excluded(port) && (await isPortFree(port))) return port
  }
  throw new EnsembleError(
    'NO_PORT',
    `There is no free port for the ${wish.use} from ${wish.port} to ${end}. Free one, or choose another start with --client-port.`,
  )
}
