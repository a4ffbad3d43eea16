// Which attached clusters come back when the gateway is started again: a small file beside the audit log, written whole
// under another name first. It holds no secrets; whoever attaches with credentials attaches anew.

import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { z } from 'zod'
import { CLUSTER_NAME_MAX, CLUSTERS_MAX, CONNECT_STRING_MAX } from '#shared/events/cluster-list.ts'
import { CLUSTER_ID } from '../attach/cluster-id.ts'

const ports = z.array(z.int().min(1).max(65_535))
const kept = z.strictObject({
  id: z.string().regex(CLUSTER_ID),
  name: z.string().min(1).max(CLUSTER_NAME_MAX).nullable(),
  connectString: z.string().min(1).max(CONNECT_STRING_MAX),
  tls: z
    .strictObject({ ca: z.string().includes('-----BEGIN').optional(), serverName: z.string().optional() })
    .nullable(),
  adminPorts: ports,
  metricsPorts: ports,
})
const file = z.array(kept).max(CLUSTERS_MAX)

export type KeptCluster = z.infer<typeof kept>

export class KeptClusters {
  readonly #path: string
  #all: readonly KeptCluster[]

  /** Throws an Error with a sentence when the file is there and is not one of ours. */
  constructor(path: string) {
    this.#path = path
    this.#all = read(path)
  }

  get all(): readonly KeptCluster[] {
    return this.#all
  }

  /** Throws the system's error when it cannot be written. */
  add(cluster: KeptCluster): void {
    this.#write([...this.#all.filter(({ id }) => id !== cluster.id), cluster])
  }

  remove(id: string): void {
    if (this.#all.some((one) => one.id === id)) this.#write(this.#all.filter((one) => one.id !== id))
  }

  #write(all: readonly KeptCluster[]): void {
    mkdirSync(dirname(this.#path), { recursive: true })
    writeFileSync(`${this.#path}.new`, `${JSON.stringify(all, null, 2)}\n`, { mode: 0o600 })
    renameSync(`${this.#path}.new`, this.#path)
    this.#all = all
  }
}

function read(path: string): readonly KeptCluster[] {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
  try {
    return file.parse(JSON.parse(text))
  } catch (cause) {
    throw new Error(`${path} is not a list of attached clusters. Correct it or move it away.`, { cause })
  }
}
