// For tests: a TCP port that is free on the loopback. Taken from below the range from which the operating
// system picks ports for outgoing connections: one of those could sit on it before it is used.

import { createServer } from 'node:net'

const FIRST_PORT = 15_000
const PORTS_PER_PROCESS = 100
const PROCESSES = 150

let last = FIRST_PORT + (process.pid % PROCESSES) * PORTS_PER_PROCESS

/** Never the same twice in one process. */
export async function freePort(): Promise<number> {
  for (;;) {
    last += 1
    if (await isFree(last)) return last
  }
}

function isFree(port: number): Promise<boolean> {
  const server = createServer()
  return new Promise((resolve) => {
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
