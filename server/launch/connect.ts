// `zabscope connect`: the gateway and its page over an ensemble that runs already, until somebody wants it to stop. It
// starts no member, and stops none.

import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { destination, pino } from 'pino'
import { openLog } from '../ensemble/log-file.ts'
import { proxyList } from '../gateway/access.ts'
import { allowedTargets } from '../gateway/attach/allowed-targets.ts'
import { attachedCluster } from '../gateway/attach/attached-cluster.ts'
import { openGateway } from '../gateway/gateway.ts'
import type { ConnectCommand } from './connect-arguments.ts'
import { listenForStop } from './stopping.ts'

export interface ConnectBuilt {
  /** dist/web */
  readonly webDir: string
  readonly version: string
}

/** Resolves with the exit code. Rejects with an Error: a sentence. */
export async function runConnect(command: ConnectCommand, { webDir, version }: ConnectBuilt): Promise<number> {
  const { settings, connectString, tls, auth, adminPorts, metricsPorts, allowWrites } = command
  const stop = listenForStop()
  stop.onImpatience(() => process.exit(1))
  const dataDir = resolve(settings.data, 'attached', folderName(connectString))
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const proxies = proxyList(settings.trustedProxies)
  if (!proxies.ok) throw new Error(proxies.error)
  const targets = allowedTargets(settings.attachTargets)
  if (!targets.ok) throw new Error(targets.error)
  const cluster = await attachedCluster({ connectString, dataDir, tls, auth, adminPorts, metricsPorts, allowWrites })
  const log = pino(
    { level: settings.logLevel, base: { part: 'gateway' } },
    destination({ fd: openLog(join(dataDir, 'gateway.log')) }),
  )
  const gateway = await openGateway(
    {
      port: settings.port,
      webDir,
      version,
      log,
      host: settings.host,
      basePath: settings.basePath,
      publicOrigins: settings.publicOrigins,
      proxies: proxies.value,
      userFile: settings.users,
      attachTargets: targets.value,
      ...(settings.accessToken === null ? {} : { token: settings.accessToken }),
    },
    cluster,
  )
  say(
    [
      `Zabscope ${version}, attached to ${cluster.connectString()}, ${allowWrites ? 'with changes allowed' : 'read-only'}`,
      ...(gateway.port === settings.port ? [] : [`  ${settings.port} is taken: the page is on ${gateway.port}`]),
      '',
      'Open the page (the address holds your access token; keep it to yourself):',
      `  ${gateway.url}`,
      '',
      `Ctrl-C ends it and leaves the ensemble as it is. The audit log is in ${dataDir}.`,
    ].join('\n'),
  )
  const reason = await stop.asked
  say(`\nStopping (${reason}); once more to force it …`)
  await gateway.close()
  return 0
}

/** Two gateways over two ensembles have an audit log each. */
function folderName(connectString: string): string {
  return connectString.replaceAll(/[^\w.-]+/g, '_').slice(0, 100)
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}
