// Opening and closing TCP servers, with errors in words. What is served is the caller's business.

import type { AddressInfo, ListenOptions, Server } from 'node:net'

/** A port could not be opened; the process ends with ZooKeeper's exit code for it. */
export class PortError extends Error {
  override readonly name = 'PortError'
}

/** Resolves with the port in use; rejects with a PortError that says what to do. */
export function listen(server: Server, what: string, options: ListenOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException) => reject(new PortError(listenProblem(what, options, error)))
    server.once('error', onError)
    server.listen(options, () => {
      server.off('error', onError)
      resolve(portOf(server))
    })
  })
}

export function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** Resolves once nothing new is accepted; open connections are the caller's to end. */
export function stopListening(server: Server): Promise<void> {
  return new Promise((resolve) => {
    if (server.listening) server.close(() => resolve())
    else resolve()
  })
}

function listenProblem(what: string, options: ListenOptions, error: NodeJS.ErrnoException): string {
  const where = `${options.host ?? 'any address'}, port ${options.port}`
  switch (error.code) {
    case 'EADDRINUSE':
      return `the ${what} port is taken (${where}): stop the other program, or choose another port`
    case 'EACCES':
      return `this user may not open the ${what} port (${where}): choose one above 1023`
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `this machine has no such address for the ${what} port (${where}): correct the host`
    default:
      return `cannot open the ${what} port (${where}): ${error.message}`
  }
}
