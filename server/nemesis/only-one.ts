// One run at a time on a machine: the members of two share ports whenever one is down, and then their ensembles
// talk to each other, which no history survives. A network namespace of its own (`unshare -n`) has ports of its own.

import { createServer } from 'node:net'

const GUARD_PORT = 14_999

/** Takes the guard until this process ends; false when another run has it. */
export function takeTurn(port = GUARD_PORT): Promise<boolean> {
  const guard = createServer()
  return new Promise((resolve) => {
    guard.once('error', () => resolve(false))
    guard.listen(port, '127.0.0.1', () => {
      guard.unref()
      resolve(true)
    })
  })
}
