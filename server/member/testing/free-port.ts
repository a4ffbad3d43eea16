// For tests: a TCP port that is free on the loopback right now.

import { createServer } from 'node:net'
import { portOf, stopListening } from '../listening.ts'

export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => resolve())
  })
  const port = portOf(server)
  await stopListening(server)
  return port
}
