// `zabscope up`: the ensemble, then the gateway, until somebody wants it to stop; then everything in reverse.

import { join } from 'node:path'
import { destination, type Logger, pino } from 'pino'
import { Ensemble } from '../ensemble/ensemble.ts'
import { openLog } from '../ensemble/log-file.ts'
import { type Gateway, startGateway } from '../gateway/gateway.ts'
import type { UpOptions } from './arguments.ts'
import { listenForStop, type StopListener } from './stopping.ts'
import { describeUp } from './words.ts'

/** What was built, as absolute paths. */
export interface Built {
  /** dist/server/member.js */
  readonly memberEntry: string
  /** dist/web */
  readonly webDir: string
  readonly version: string
}

/** Resolves with the exit code once every process has ended. Rejects with EnsembleError or Error: a sentence. */
export async function runUp(options: UpOptions, { memberEntry, webDir, version }: Built): Promise<number> {
  const stop = listenForStop()
  const { members, clientPort, dataDir } = options
  const ensemble = await Ensemble.open({ members, clientPort, dataDir, memberEntry })
  stop.onImpatience(() => {
    ensemble.killAll()
    process.exit(1)
  })
  lastResort(ensemble)
  say(`Zabscope ${version}: an ensemble of ${ensemble.plans.length} in ${ensemble.dataDir}\n`)
  const log = gatewayLog(ensemble.dataDir)
  let gateway: Gateway | null = null
  try {
    gateway = await startGateway({ ensemble, port: options.port, webDir, version, log })
    ensemble.startAll()
    const early = await Promise.race([ensemble.whenRunning().then(() => null), stop.asked])
    if (early === null) {
      const pagePort = { wanted: options.port, used: gateway.port }
      say(describeUp({ ensemble, url: gateway.url, pagePort }))
    }
    await untilStop(stop)
  } finally {
    await gateway?.close()
    await ensemble.close()
  }
  say(`All processes have ended. The data is in ${ensemble.dataDir}.`)
  return 0
}

async function untilStop(stop: StopListener): Promise<void> {
  const reason = await stop.asked
  say(`\nStopping (${reason}); once more to force it …`)
}

/** An error that nobody caught: write it down and end; members end with us. */
function lastResort(ensemble: Ensemble): void {
  process.on('uncaughtException', (error) => {
    console.error(`Zabscope has failed and ends: ${error.stack ?? error.message}`)
    ensemble.killAll()
    process.exit(1)
  })
}

function gatewayLog(dataDir: string): Logger {
  const level = process.env.ZABSCOPE_LOG_LEVEL ?? 'info'
  const known = Object.hasOwn(pino.levels.values, level) ? level : 'info'
  return pino({ level: known, base: { part: 'gateway' } }, destination({ fd: openLog(join(dataDir, 'gateway.log')) }))
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}
