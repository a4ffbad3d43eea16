// The znodes that the load works on: a thousand keys for each size of data, and the directories to list.

import { OPEN_ACL } from '#shared/zk/acl.ts'
import { ERROR_CODES } from '#shared/zk/errors.ts'
import { Caller } from './caller.ts'
import { stampedData } from './frames.ts'
import type { Target } from './jobs.ts'
import { CHILDREN, childrenPath, DIRECTORIES, KEYS, keyPath, keyRoot, ROOT } from './layout.ts'

const NO_DATA = new Uint8Array(0)

/** Creates what is not there yet. */
export async function prepare({ ports }: Target, sizes: readonly number[]): Promise<null> {
  const caller = await Caller.open(portAt(ports, 0))
  await makeAll(caller, [ROOT, `${ROOT}/lists`, `${ROOT}/made`, ...sizes.map(keyRoot)])
  for (const bytes of sizes) {
    const root = keyRoot(bytes)
    await make(caller, KEYS, (key) => ({ path: keyPath(root, key), data: stampedData(bytes, key, 0) }))
  }
  await make(caller, DIRECTORIES, (number) => ({ path: childrenPath(number), data: NO_DATA }))
  await make(caller, DIRECTORIES * CHILDREN, (number) => ({
    path: `${childrenPath(Math.floor(number / CHILDREN))}/${number % CHILDREN}`,
    data: NO_DATA,
  }))
  await caller.close()
  return null
}

/** Creates these paths one after the other, where they are not there yet. */
export async function makeAll(caller: Caller, paths: readonly string[]): Promise<void> {
  for (const path of paths) await make(caller, 1, () => ({ path, data: NO_DATA }))
}

async function make(
  caller: Caller,
  count: number,
  znode: (index: number) => { readonly path: string; readonly data: Uint8Array },
): Promise<void> {
  await caller.askAll(
    count,
    (index) => ({ type: 'create', ...znode(index), acl: OPEN_ACL, flags: 0 }),
    ({ err }, index) => {
      if (err !== ERROR_CODES.OK && err !== ERROR_CODES.NODEEXISTS)
        throw new Error(`creating ${znode(index).path} failed with error ${err}`)
    },
  )
}

/** Round robin over the servers. */
export function portAt(ports: readonly number[], index: number): number {
  const port = ports[index % ports.length]
  if (port === undefined) throw new Error('an ensemble has at least one server')
  return port
}
