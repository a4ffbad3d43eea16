// What must hold over the whole run, however many servers die: the session and its ephemerals stay, nothing that was
// acknowledged is lost, and whoever follows a node ends with what is in it.

import { ConnectionLossError } from '../../client/errors.ts'
import type { ZooKeeper } from '../../client/zookeeper.ts'
import { eventually } from './scenario.ts'

const DIR = '/conformance-throughout'
const COUNTER = `${DIR}/counter`
const OWNED = `${DIR}/owned`

export interface Throughout {
  readonly writes: () => number
  /** Ends it; what was wrong, as sentences. */
  stop(): Promise<string[]>
}

/** @param zk writes, `other` follows */
export async function startThroughout(zk: ZooKeeper, other: ZooKeeper): Promise<Throughout> {
  const sessions = [zk.sessionId, other.sessionId]
  const wrong: string[] = []
  const states: string[] = []
  zk.onState(({ state }) => states.push(state))
  await zk.create(DIR)
  await zk.create(COUNTER, '0')
  await zk.create(OWNED, null, { mode: 'ephemeral' })
  await other.sync(DIR)

  const stopping = new AbortController()
  const writer = writeUp(zk, stopping.signal, wrong)
  const byStandard = followByStandard(other, stopping.signal)
  const byPersistent = await followByPersistent(other)
  return {
    writes: () => writer.acknowledged,
    async stop() {
      stopping.abort()
      await writer.done
      await again(() => other.sync(COUNTER))
      const { data } = await again(() => other.getData(COUNTER))
      const last = Number(data?.toString())
      if (last < writer.acknowledged)
        wrong.push(`${writer.acknowledged} was acknowledged, but the counter is at ${last}`)
      if (last > writer.tried) wrong.push(`${writer.tried} was the last write, but the counter is at ${last}`)
      for (const [how, seen] of Object.entries({ standard: byStandard, persistent: byPersistent })) {
        await eventually(() => seen.value === last, `${last}, at the end of a ${how} watch`).catch((error: Error) => {
          wrong.push(`${error.message}; it saw ${seen.value}`)
        })
      }
      const owner = await again(() => other.exists(OWNED))
      if (owner?.ephemeralOwner !== zk.sessionId) wrong.push('the ephemeral of a session that lives is gone')
      if (sessions[0] !== zk.sessionId || sessions[1] !== other.sessionId) wrong.push('a session was replaced')
      if (states.includes('lost')) wrong.push('a session was lost, though a quorum was always there')
      await again(() => zk.deleteRecursive(DIR))
      return wrong
    },
  }
}

interface Writer {
  acknowledged: number
  tried: number
  done: Promise<void>
}

function writeUp(zk: ZooKeeper, stopping: AbortSignal, wrong: string[]): Writer {
  const writer: Writer = { acknowledged: 0, tried: 0, done: Promise.resolve() }
  async function run(): Promise<void> {
    while (!stopping.aborted) {
      writer.tried += 1
      try {
        await zk.setData(COUNTER, String(writer.tried))
        writer.acknowledged = writer.tried
      } catch (error) {
        if (!(error instanceof ConnectionLossError)) throw error
      }
    }
  }
  writer.done = run().catch((error: unknown) => {
    wrong.push(`a write failed with ${String(error)}`)
  })
  return writer
}

interface Seen {
  value: number
}

/** Reads, waits for its watch, reads again. */
function followByStandard(zk: ZooKeeper, stopping: AbortSignal): Seen {
  const seen: Seen = { value: 0 }
  async function look(): Promise<void> {
    try {
      const { data } = await zk.getData(COUNTER, { watch: ({ type }) => type !== 'none' && void look() })
      seen.value = Number(data?.toString())
    } catch (error) {
      if (error instanceof ConnectionLossError) await look()
      // It is deleted at the end of the run, and closed.
      else if (!stopping.aborted) throw error
    }
  }
  void look()
  return seen
}

/** Reads at each event; a gap brings what it missed. */
async function followByPersistent(zk: ZooKeeper): Promise<Seen> {
  const seen: Seen = { value: 0 }
  await again(() =>
    zk.addWatch(COUNTER, {
      reread: true,
      onEvent: (event) => {
        if (event.type === 'gap' && event.node) seen.value = Number(event.node.data?.toString())
        else if (event.type === 'nodeDataChanged')
          zk.getData(COUNTER).then(
            ({ data }) => {
              seen.value = Number(data?.toString())
            },
            () => undefined, // a lost connection brings a gap; a deleted counter is the end of the run
          )
      },
    }),
  )
  return seen
}

async function again<T>(call: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await call()
    } catch (error) {
      if (!(error instanceof ConnectionLossError)) throw error
    }
  }
}
