// `npm run nemesis`: in the main thread the run, in its other thread the clients.

import { randomInt } from 'node:crypto'
import { isMainThread, workerData } from 'node:worker_threads'
import { HELP, readArguments } from './arguments.ts'
import { runClients, type WorkerOptions } from './client-worker.ts'
import { takeTurn } from './only-one.ts'
import { describeReport } from './report.ts'
import { runNemesis } from './run.ts'

const SEEDS = 2 ** 31

async function main(): Promise<number> {
  const read = readArguments(process.argv.slice(2), () => randomInt(SEEDS))
  if (!read.ok) {
    console.error(read.error)
    return 2
  }
  if (read.value === null) {
    console.log(HELP)
    return 0
  }
  const self = new URL(import.meta.url)
  const memberEntry = process.env.ZABSCOPE_MEMBER_ENTRY
  if (memberEntry === undefined) {
    console.error('Start this with `npm run nemesis`, which builds the members first.')
    return 2
  }
  if (!(await takeTurn())) {
    console.error(
      'Another run is under way on this machine. Wait for its end, or give this one a network of its own: unshare -n',
    )
    return 2
  }
  const report = await runNemesis(read.value, { memberEntry, self }, (line) => console.log(line))
  console.log(describeReport(report))
  return report.clean ? 0 : 1
}

if (isMainThread) {
  main().then(
    (code) => process.exit(code),
    (error: unknown) => {
      console.error(error)
      process.exit(1)
    },
  )
  // What we started ends with us; a run that is broken off keeps what it has.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1))
} else {
  // Only ClientThread starts this, with these options.
  runClients(workerData as WorkerOptions)
}
