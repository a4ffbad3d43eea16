// For tests: somebody else's listener on a port of the loopback.

import { createServer, type Server } from 'node:net'

/** 0: any port. */
export async function listen(port: number): Promise<Server> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return server
}
