// `zabscope up`: the ensemble, then the gateway, until somebody wants it to stop; then everything in reverse, or with
// --on-gateway-exit keep all but the members.

import { join } from 'node:path'
import { destination, type Logger, pino } from 'pino'
import { Ensemble } from '../ensemble/ensemble.ts'
import { EnsembleError } from '../ensemble/ensemble-error.ts'
import { openLog } from '../ensemble/log-file.ts'
import { proxyList } from '../gateway/access.ts'
import { allowedTargets } from '../gateway/attach/allowed-targets.ts'
import { type Gateway, startGateway } from '../gateway/gateway.ts'
import type { Settings } from './settings/settings.ts'
import { listenForStop, type StopListener } from './stopping.ts'
import { describeUp } from './words.ts'

/** What was built, as absolute paths. */
export interface Built {
  /** dist/server/member.js */
  readonly memberEntry: string
  /** dist/server/workload.js */
  readonly workloadEntry: string
  /** dist/web */
  readonly webDir: string
  readonly version: string
}

interface Running {
  readonly ensemble: Ensemble
  readonly gateway: Gateway
}

/** Other programs may take a port between our choice and its use; then everything is chosen anew. */
const START_TRIES = 3

/** Resolves with the exit code once every process has ended. Rejects with EnsembleError or Error: a sentence. */
export async function runUp(options: Settings, built: Built): Promise<number> {
  // Members and what we write read it from there.
  process.env.ZABSCOPE_LOG_LEVEL = options.logLevel
  const stop = listenForStop()
  const keep = options.onGatewayExit === 'keep'
  let running: Running | null = null
  let open: Ensemble | null = null
  const killAll = (): void => {
    if (!keep) open?.killAll()
  }
  stop.onImpatience(() => {
    killAll()
    process.exit(1)
  })
  lastResort(killAll)
  const settings = { 'zabscope.faults': String(options.faults) }
  for (let tries = 1; running === null; tries += 1) {
    const ensemble = await Ensemble.open({
      dataDir: options.data,
      members: options.members,
      clientPort: options.clientPort,
      autoRestart: options.autoRestart,
      memberEntry: built.memberEntry,
      outlives: keep,
      settings,
    })
    open = ensemble
    if (tries === 1) say(`Zabscope ${built.version}: an ensemble of ${ensemble.plans.length} in ${ensemble.dataDir}\n`)
    if (ensemble.adopted.length > 0) say(`Found running, and adopted: member ${ensemble.adopted.join(', ')}\n`)
    try {
      running = await start(ensemble, options, built, stop)
    } catch (error) {
      const again = error instanceof EnsembleError && error.code === 'PORT_TAKEN' && tries < START_TRIES
      if (!again) throw error
      say(`${error.message} Choosing other ports …\n`)
    }
  }
  await untilStop(stop)
  await end(running, keep)
  const { connectString, dataDir } = running.ensemble
  say(
    keep
      ? `The members go on: ${connectString}. Adopt them with zabscope up --on-gateway-exit keep --data ${dataDir}, or end them with zabscope down --data ${dataDir}.`
      : `All processes have ended. The data is in ${dataDir}.`,
  )
  return 0
}

/** Gateway, then members; leaves nothing behind when it fails. */
async function start(ensemble: Ensemble, options: Settings, built: Built, stop: StopListener): Promise<Running> {
  let gateway: Gateway | null = null
  try {
    const { webDir, workloadEntry, version } = built
    const proxies = proxyList(options.trustedProxies)
    if (!proxies.ok) throw new Error(proxies.error)
    const targets = allowedTargets(options.attachTargets)
    if (!targets.ok) throw new Error(targets.error)
    gateway = await startGateway({
      ensemble,
      port: options.port,
      webDir,
      workloadEntry,
      version,
      log: gatewayLog(ensemble.dataDir, options.logLevel),
      host: options.host,
      basePath: options.basePath,
      publicOrigins: options.publicOrigins,
      proxies: proxies.value,
      userFile: options.users,
      attachTargets: targets.value,
      historyLimits: { windowMs: options.historyMinutes * 60_000, bytesMax: options.historyMegabytes * 2 ** 20 },
      ...(options.accessToken === null ? {} : { token: options.accessToken }),
    })
    ensemble.startAll()
    const early = await Promise.race([whenRunning(ensemble).then(() => null), stop.asked])
    const pagePort = { wanted: options.port, used: gateway.port }
    if (early === null)
      say(describeUp({ ensemble, url: gateway.url, pagePort, keep: options.onGatewayExit === 'keep' }))
    void ensemble.learnRoles()
    return { ensemble, gateway }
  } catch (error) {
    await gateway?.close()
    // What ran before us is not ours to end because we could not start.
    await (ensemble.adopted.length > 0 ? ensemble.leave() : ensemble.close())
    throw error
  }
}

/** Beside members that run, one that does not start is for the page to show. */
async function whenRunning(ensemble: Ensemble): Promise<void> {
  try {
    await ensemble.whenRunning()
  } catch (error) {
    if (ensemble.adopted.length === 0 || !(error instanceof EnsembleError)) throw error
    say(`${error.message}\n`)
  }
}

async function end({ ensemble, gateway }: Running, keep: boolean): Promise<void> {
  try {
    await gateway.close()
  } finally {
    await (keep ? ensemble.leave() : ensemble.close())
  }
}

async function untilStop(stop: StopListener): Promise<void> {
  const reason = await stop.asked
  say(`\nStopping (${reason}); once more to force it …`)
}

/** An error that nobody caught: write it down and end; members end with us unless they are to go on. */
function lastResort(killAll: () => void): void {
  process.on('uncaughtException', (error) => {
    console.error(`Zabscope has failed and ends: ${error.stack ?? error.message}`)
    killAll()
    process.exit(1)
  })
}

function gatewayLog(dataDir: string, level: Settings['logLevel']): Logger {
  return pino({ level, base: { part: 'gateway' } }, destination({ fd: openLog(join(dataDir, 'gateway.log')) }))
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}
