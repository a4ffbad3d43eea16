// What was written, read again through another member after a sync: keys hold the version and data that their writer
// was told, and what was created is there to be deleted.

import { ERROR_CODES } from '#shared/zk/errors.ts'
import { Caller } from './caller.ts'
import type { Complaints } from './complaints.ts'
import type { CreateWork } from './create-work.ts'
import type { KeyedWork } from './keyed-work.ts'
import { createdPath, KEYS, keyPath, keyRoot, ROOT } from './layout.ts'
import { portAt } from './prepare.ts'

/** Of each connection. */
const KEYS_SAMPLED = 50

/** The versions of all keys now, by their number. */
export async function readVersions(ports: readonly number[], bytes: number): Promise<number[]> {
  const caller = await Caller.open(portAt(ports, 0))
  await caller.ask({ type: 'sync', path: ROOT })
  const versions: number[] = []
  await caller.askAll(
    KEYS,
    (key) => ({ type: 'exists', path: keyPath(keyRoot(bytes), key), watch: false }),
    ({ err, body }, key) => {
      if (body.type !== 'stat') throw new Error(`the key ${keyPath(keyRoot(bytes), key)} is not there (error ${err})`)
      versions[key] = body.stat.version
    },
  )
  await caller.close()
  return versions
}

export async function checkKeys(port: number, work: KeyedWork, bytes: number, complaints: Complaints): Promise<number> {
  const due = work.versions().slice(0, KEYS_SAMPLED)
  const caller = await Caller.open(port)
  await caller.ask({ type: 'sync', path: ROOT })
  await caller.askAll(
    due.length,
    (index) => ({ type: 'getData', path: keyPath(keyRoot(bytes), due[index]?.[0] ?? 0), watch: false }),
    ({ err, body }, index) => {
      const [key, version] = due[index] ?? [0, 0]
      if (body.type !== 'data') return complaints.add(`key ${key} is answered with error ${err} by another member`)
      const data = body.data ?? new Uint8Array(0)
      const view = new DataView(data.buffer, data.byteOffset, data.length)
      const holds = data.length === bytes && view.getInt32(0) === key && view.getInt32(4) === version
      if (body.stat.version !== version || !holds)
        complaints.add(`another member has key ${key} at version ${body.stat.version}, not ${version} with its data`)
    },
  )
  await caller.close()
  return due.length
}

/** Deletes, which only succeeds for what is there with version 0, and so checks every one. */
export async function checkCreated(
  port: number,
  work: CreateWork,
  bytes: number,
  complaints: Complaints,
): Promise<number> {
  const caller = await Caller.open(port)
  await caller.ask({ type: 'sync', path: ROOT })
  if (work.created > 0) {
    const { body } = await caller.ask({ type: 'getData', path: createdPath(work.directory, 0), watch: false })
    if (body.type !== 'data' || body.data?.length !== bytes)
      complaints.add(`another member does not have ${createdPath(work.directory, 0)} with ${bytes} bytes`)
  }
  await caller.askAll(
    work.created,
    (number) => ({ type: 'delete', path: createdPath(work.directory, number), version: 0 }),
    ({ err }, number) => {
      if (err !== ERROR_CODES.OK)
        complaints.add(
          `deleting ${createdPath(work.directory, number)} through another member failed with error ${err}`,
        )
    },
  )
  const { err } = await caller.ask({ type: 'delete', path: work.directory, version: -1 })
  // Anything left over would be a znode that nobody created.
  if (err !== ERROR_CODES.OK) complaints.add(`deleting ${work.directory} failed with error ${err}`)
  await caller.close()
  return work.created
}
