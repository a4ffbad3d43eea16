// `zabscope down`: ends whatever runs in a data directory, the page first, then members that outlived one.

import { existsSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { lockDirectory, supervisorOf } from '../ensemble/directory-lock.ts'
import { EnsembleError } from '../ensemble/ensemble-error.ts'
import { checkedDataDir } from '../ensemble/layout.ts'
import { endLeft } from '../ensemble/left-members.ts'
import { isStill, signalStill } from '../ensemble/process-table.ts'

/** For the page, and members that end with it; each of those has five seconds. */
const SUPERVISOR_WAIT_MS = 20_000
const POLL_MS = 50

/** Resolves with the exit code. Rejects with EnsembleError: a sentence. */
export async function runDown(data: string, print: (line: string) => void): Promise<number> {
  const dataDir = checkedDataDir(data)
  if (!existsSync(dataDir)) throw new EnsembleError('BAD_DIRECTORY', `There is no ${dataDir}. Name it with --data.`)
  const supervisor = supervisorOf(dataDir)
  if (supervisor !== null) {
    signalStill(supervisor, 'SIGTERM')
    const deadline = performance.now() + SUPERVISOR_WAIT_MS
    while (isStill(supervisor) && performance.now() < deadline) await delay(POLL_MS)
    if (isStill(supervisor))
      throw new EnsembleError(
        'LOCKED',
        `Process ${supervisor.pid} does not end. Kill it, then say zabscope down again.`,
      )
    print(`The page (process ${supervisor.pid}) has ended.`)
  }
  const lock = lockDirectory(dataDir, false)
  try {
    await endLeft(dataDir, lock.left)
  } catch (error) {
    lock.leave(lock.left)
    throw error
  }
  lock.release()
  for (const { sid, pid } of lock.left) print(`Member ${sid} (process ${pid}) has ended.`)
  print(supervisor === null && lock.left.length === 0 ? `Nothing runs in ${dataDir}.` : `The data is in ${dataDir}.`)
  return 0
}
