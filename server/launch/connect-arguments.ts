// The arguments of `zabscope connect`: which ensemble, and how to reach it; settings of the page are those of `up`.
// Credentials come from a file or the environment, never as arguments, which everybody on the machine can read (K-2).

import { type ParseArgsConfig, parseArgs } from 'node:util'
import { err, ok, type Result } from '#shared/base/result.ts'
import { parseConnectString } from '../client/server-list.ts'
import { type Flags, OURS, readSettings, type Surroundings } from './settings/read-settings.ts'
import { SETTING_WORDS, type SettingName, type Settings } from './settings/settings.ts'

export interface ConnectCommand {
  readonly type: 'connect'
  readonly connectString: string
  readonly settings: Settings
  readonly adminPorts: readonly number[]
  readonly metricsPorts: readonly number[]
  /** Null: plain TCP. */
  readonly tls: {
    readonly ca?: string
    readonly cert?: string
    readonly key?: string
    readonly servername?: string
  } | null
  /** `scheme:auth`, one each. */
  readonly auth: readonly { readonly scheme: string; readonly auth: string }[]
  readonly authInClear: boolean
  readonly allowWrites: boolean
}

export const ADMIN_PORT_DEFAULT = 8080
export const METRICS_PORT_DEFAULT = 7000
const AUTH_VARIABLE = 'ZABSCOPE_AUTH'
const CREDENTIALS_MAX = 16

export const CONNECT_HELP = `
Options of connect (the page over an ensemble that runs already: zabscope connect host:port,host:port[/chroot])
  --admin-port N[,N…]      of the servers' AdminServers, one for all or one each (default: ${ADMIN_PORT_DEFAULT})
  --metrics-port N[,N…]    of their Prometheus metrics (default: ${METRICS_PORT_DEFAULT})
  --allow-writes           the tree may be changed from the page (default: read-only until an admin allows it)
  --tls                    speak TLS with the servers; --tls-ca FILE whom to trust, --tls-server-name NAME of their
                           certificates, --tls-cert FILE and --tls-key FILE for servers that ask who we are
  --auth-file FILE         who the session is, a line each: digest:user:password (or ${AUTH_VARIABLE} for one)
  --auth-in-clear          send that without TLS to servers beyond this machine
  and of up: --port --data --host --behind-tls-proxy --base-path --public-origins --trusted-proxies --users --attach-targets
  --log-level
`

/** Settings of `up` that are about members. */
const OF_MEMBERS: readonly SettingName[] = ['members', 'clientPort', 'autoRestart', 'faults', 'onGatewayExit']

const OPTIONS: NonNullable<ParseArgsConfig['options']> = {
  config: { type: 'string' },
  ...Object.fromEntries(
    Object.entries(SETTING_WORDS).flatMap(([name, { flag, kind }]) =>
      flag === null || OF_MEMBERS.some((other) => other === name)
        ? []
        : [[flag, { type: kind === 'truth' ? ('boolean' as const) : ('string' as const) }]],
    ),
  ),
  'admin-port': { type: 'string' },
  'metrics-port': { type: 'string' },
  'allow-writes': { type: 'boolean' },
  tls: { type: 'boolean' },
  'tls-ca': { type: 'string' },
  'tls-cert': { type: 'string' },
  'tls-key': { type: 'string' },
  'tls-server-name': { type: 'string' },
  'auth-file': { type: 'string' },
  'auth-in-clear': { type: 'boolean' },
}

/** `args` behind the word `connect`; the error is a sentence. */
export function readConnectArguments(
  args: readonly string[],
  surroundings: Surroundings = OURS,
): Result<ConnectCommand, string> {
  let values: Record<string, unknown>
  let positionals: string[]
  try {
    ;({ values, positionals } = parseArgs({ args: [...args], options: OPTIONS, strict: true, allowPositionals: true }))
  } catch (error) {
    const [sentence = 'unreadable'] = (error instanceof Error ? error.message : String(error)).split('. ')
    return err(`${sentence.replace(/\.?$/, '.')} See zabscope --help.`)
  }
  const [connectString, more] = positionals
  if (connectString === undefined || more !== undefined)
    return err('Give connect one thing, the servers: zabscope connect host:2181,host:2181/chroot')
  const servers = parseConnectString(connectString)
  if (!servers.ok) return err(`${servers.error.charAt(0).toUpperCase()}${servers.error.slice(1)}.`)
  const settings = readSettings(values as Flags, surroundings)
  if (!settings.ok) return settings
  const adminPorts = readPorts('--admin-port', values['admin-port'], ADMIN_PORT_DEFAULT)
  if (!adminPorts.ok) return adminPorts
  const metricsPorts = readPorts('--metrics-port', values['metrics-port'], METRICS_PORT_DEFAULT)
  if (!metricsPorts.ok) return metricsPorts
  const auth = readAuth(textOf(values['auth-file']), surroundings)
  if (!auth.ok) return auth
  const tls = readTls(values)
  const authInClear = values['auth-in-clear'] === true
  const far = servers.value.servers.find(({ host }) => !isLoopback(host))
  if (auth.value.length > 0 && tls === null && far && !authInClear)
    return err(
      `Credentials would travel readably to ${far.host}. Speak TLS with --tls, or say that this is meant with --auth-in-clear.`,
    )
  return ok({
    type: 'connect',
    connectString,
    settings: settings.value,
    adminPorts: adminPorts.value,
    metricsPorts: metricsPorts.value,
    tls,
    auth: auth.value,
    authInClear,
    allowWrites: values['allow-writes'] === true,
  })
}

function readPorts(flag: string, given: unknown, usual: number): Result<readonly number[], string> {
  if (typeof given !== 'string') return ok([usual])
  const ports = given.split(',').map((text) => (/^\d{1,5}$/.test(text) ? Number(text) : 0))
  return ports.every((port) => port >= 1 && port <= 65_535)
    ? ok(ports)
    : err(`${flag} takes ports from 1 to 65535, not ${JSON.stringify(given)}.`)
}

function readTls(values: Readonly<Record<string, unknown>>): ConnectCommand['tls'] {
  const [ca, cert, key] = ['tls-ca', 'tls-cert', 'tls-key'].map((name) => textOf(values[name]))
  const servername = textOf(values['tls-server-name'])
  if (values.tls !== true && [ca, cert, key, servername].every((given) => given === null)) return null
  return {
    ...(ca ? { ca } : {}),
    ...(cert ? { cert } : {}),
    ...(key ? { key } : {}),
    ...(servername ? { servername } : {}),
  }
}

/** [K-2] What cannot be read is not repeated. */
function readAuth(file: string | null, { env, readFile }: Surroundings): Result<ConnectCommand['auth'], string> {
  let text = env[AUTH_VARIABLE] ?? ''
  const source = file === null ? AUTH_VARIABLE : file
  if (file !== null) {
    try {
      text = readFile(file)
    } catch (error) {
      return err(`The credentials ${file} cannot be read: ${error instanceof Error ? error.message : String(error)}.`)
    }
  }
  const lines = text.split('\n').map((line) => line.trim())
  const given = lines.filter((line) => line !== '')
  if (given.length > CREDENTIALS_MAX) return err(`${source} holds more than ${CREDENTIALS_MAX} credentials.`)
  const found = given.map((line) => /^([a-z][a-z0-9]{0,31}):(.{1,1000})$/.exec(line))
  const auth = found.flatMap((match) => (match?.[1] && match[2] ? [{ scheme: match[1], auth: match[2] }] : []))
  return auth.length === given.length ? ok(auth) : err(`${source} holds a line that is not as digest:user:password.`)
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host)
}
