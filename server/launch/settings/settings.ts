// Everything that `zabscope up` can be told, once: name in the file, shape, words. Flags and environment variables are
// named after it: `clientPort`, --client-port, ZABSCOPE_CLIENT_PORT. read-settings.ts puts the sources together.

import { z } from 'zod'
import { CLIENT_PORT_DEFAULT, MEMBERS_DEFAULT, MEMBERS_MAX } from '../../ensemble/layout.ts'
import { proxyList } from '../../gateway/access.ts'
import { allowedTargets } from '../../gateway/attach/allowed-targets.ts'

export const PAGE_PORT_DEFAULT = 8080
export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'silent'] as const
/** What becomes of the members when the gateway ends or is killed. */
const GATEWAY_EXITS = ['stop', 'keep'] as const
/** A day, and a quarter of the memory of a small machine. */
const HISTORY_MINUTES_MAX = 1440
const HISTORY_MEGABYTES_MAX = 1024
/** Shorter ones can be guessed. */
const ACCESS_TOKEN_MIN = 32

const port = z.int().min(1).max(65535)
const origin = z.string().refine(isOrigin, 'is not an origin such as https://zk.example.org')
const network = z
  .string()
  .refine((text) => proxyList([text]).ok, 'is neither an address nor a network such as 172.16.0.0/12')
const target = z
  .string()
  .refine((text) => allowedTargets([text]).ok, 'is no target such as zk*.example.org:2181 or 10.0.0.0/8')
const basePath = z
  .string()
  .regex(/^(\/[\w.~-]+)*\/?$/, 'is a path such as /zk, of letters, digits and . _ ~ -')
  .transform((text) => text.replace(/\/$/, ''))

/** The shape of the file; unknown keys are refused by name. */
export const SETTINGS_SCHEMA = z.strictObject({
  members: z.int().min(1).max(MEMBERS_MAX).nullable().default(null),
  data: z.string().min(1).default('./data'),
  port: port.default(PAGE_PORT_DEFAULT),
  clientPort: port.nullable().default(null),
  autoRestart: z.boolean().default(false),
  faults: z.boolean().default(true),
  onGatewayExit: z.enum(GATEWAY_EXITS).default('stop'),
  host: z.string().min(1).default('127.0.0.1'),
  behindTlsProxy: z.boolean().default(false),
  basePath: basePath.default(''),
  publicOrigins: z.array(origin).max(16).default([]),
  trustedProxies: z.array(network).max(64).default([]),
  users: z.string().min(1).nullable().default(null),
  accessToken: z
    .string()
    .min(ACCESS_TOKEN_MIN)
    .max(256)
    .regex(/^[\w-]+$/, 'has characters other than letters, digits, _ and -')
    .nullable()
    .default(null),
  attachTargets: z.array(target).max(64).default([]),
  historyMinutes: z.int().min(1).max(HISTORY_MINUTES_MAX).default(15),
  historyMegabytes: z.int().min(1).max(HISTORY_MEGABYTES_MAX).default(64),
  logLevel: z.enum(LOG_LEVELS).default('info'),
})

export type Settings = z.infer<typeof SETTINGS_SCHEMA>
export type SettingName = keyof Settings

interface SettingWords {
  /** How a text becomes it. */
  readonly kind: 'number' | 'text' | 'list' | 'truth'
  /** null: no flag, because the list of processes shows flags to everybody (K-2). */
  readonly flag: string | null
  readonly value: string
  /** What the flag of a truth says; true when not given. */
  readonly flagMeans?: boolean
  readonly help: string
}

export const SETTING_WORDS: Readonly<Record<SettingName, SettingWords>> = {
  members: {
    ...{ kind: 'number', flag: 'members', value: 'N' },
    help: `how many members, 1 to ${MEMBERS_MAX} (default: what the data directory holds, else ${MEMBERS_DEFAULT})`,
  },
  data: { kind: 'text', flag: 'data', value: 'DIR', help: 'where everything is kept (default: ./data)' },
  port: {
    ...{ kind: 'number', flag: 'port', value: 'N' },
    help: `port of the page (default: ${PAGE_PORT_DEFAULT}; the next free one when it is taken)`,
  },
  clientPort: {
    ...{ kind: 'number', flag: 'client-port', value: 'N' },
    help: `client port of member 1, the others follow (default: ${CLIENT_PORT_DEFAULT}, or as at the last start)`,
  },
  autoRestart: {
    ...{ kind: 'truth', flag: 'auto-restart', value: '' },
    help: 'start members again that have died; what was stopped or killed from the page stays down',
  },
  faults: {
    ...{ kind: 'truth', flag: 'no-faults', value: '', flagMeans: false },
    help: 'no faults of links, disks and clocks: members do without what makes them possible',
  },
  onGatewayExit: {
    ...{ kind: 'text', flag: 'on-gateway-exit', value: 'stop|keep' },
    help: 'members end with this program, also when it is killed (default), or go on until zabscope down',
  },
  host: {
    ...{ kind: 'text', flag: 'host', value: 'ADDRESS' },
    help: 'where the page listens (default: 127.0.0.1; any other needs --behind-tls-proxy)',
  },
  behindTlsProxy: {
    ...{ kind: 'truth', flag: 'behind-tls-proxy', value: '' },
    help: 'you state that only a TLS proxy, or a port published on loopback, reaches that address',
  },
  basePath: { kind: 'text', flag: 'base-path', value: 'PATH', help: 'below which path the page is: /zk' },
  publicOrigins: {
    ...{ kind: 'list', flag: 'public-origins', value: 'URL,…' },
    help: 'under which origins browsers reach it through proxies: https://zk.example.org',
  },
  trustedProxies: {
    ...{ kind: 'list', flag: 'trusted-proxies', value: 'NET,…' },
    help: 'whose X-Forwarded-… headers count: 10.0.0.1,172.16.0.0/12',
  },
  users: { kind: 'text', flag: 'users', value: 'FILE', help: 'users and API tokens, made with zabscope user' },
  accessToken: {
    ...{ kind: 'text', flag: null, value: '' },
    help: `the access token, ${ACCESS_TOKEN_MIN} characters at least (default: a new one at each start)`,
  },
  attachTargets: {
    ...{ kind: 'list', flag: 'attach-targets', value: 'HOST,…' },
    help: 'what admins may attach from the page, beside this machine: zk*.example.org,10.0.0.0/8:2181',
  },
  historyMinutes: {
    ...{ kind: 'number', flag: 'history-minutes', value: 'N' },
    help: `how much of the past is kept, 1 to ${HISTORY_MINUTES_MAX} (default: 15)`,
  },
  historyMegabytes: {
    ...{ kind: 'number', flag: 'history-megabytes', value: 'N' },
    help: `and in how much memory, 1 to ${HISTORY_MEGABYTES_MAX} (default: 64)`,
  },
  logLevel: {
    ...{ kind: 'text', flag: 'log-level', value: 'LEVEL' },
    help: `how much is logged: ${LOG_LEVELS.join(' ')} (default: info)`,
  },
}

export function environmentName(name: string): string {
  return `ZABSCOPE_${name.replaceAll(/[A-Z]/g, '_$&').toUpperCase()}`
}

/** The lines of --help about settings. */
export function settingsHelp(): string {
  const lines = Object.entries(SETTING_WORDS).map(([name, { flag, value, help }]) => {
    const shown = flag === null ? environmentName(name) : `--${flag} ${value}`
    return `  ${shown.trimEnd().padEnd(24)} ${help}`
  })
  return lines.join('\n')
}

function isOrigin(text: string): boolean {
  try {
    const { origin, protocol } = new URL(text)
    return origin === text && (protocol === 'https:' || protocol === 'http:')
  } catch {
    return false
  }
}
