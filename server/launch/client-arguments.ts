// The arguments of what talks to an ensemble: `zabscope shell` and `zabscope workload`.

import { parseArgs } from 'node:util'
import { err, ok, type Result } from '#shared/base/result.ts'
import {
  settingsOf,
  WORKLOAD_KINDS,
  WORKLOADS,
  type WorkloadKind,
  type WorkloadSetting,
} from '#shared/events/workload-settings.ts'
import type { ShellCommand } from '../shell/main.ts'

export type ClientCommand =
  | ({ readonly type: 'shell' } & ShellCommand)
  | ({ readonly type: 'workload' } & WorkloadCommand)
  | { readonly type: 'workload-help'; readonly kind: WorkloadKind | null }

export interface WorkloadCommand {
  readonly kind: WorkloadKind
  readonly settings: Readonly<Record<string, unknown>>
  readonly connectString: string
  readonly root: string | null
}

const SERVERS_DEFAULT = '127.0.0.1:2181'
/** As zkCli has it. */
const SHELL_TIMEOUT_MS = 30_000

export const CLIENT_HELP = `
Options of shell (it speaks as zkCli does; without a command it reads lines, from you or from a pipe)
  -server HOST:PORT  where to connect: host:port,host:port/chroot (default: ${SERVERS_DEFAULT})
  -timeout MS        session timeout (default: ${SHELL_TIMEOUT_MS})
  -r                 a server without a quorum will do, for reading

Workloads: ${WORKLOAD_KINDS.join(', ')}
  --servers HOST:PORT  where to connect (default: ${SERVERS_DEFAULT})
  --root PATH          the znode under which it happens (default: /workloads/<kind>)
  zabscope workload <kind> --help lists its settings
`

/** `args` behind the word `shell`: options of one dash, then the command as it is. */
export function readShellArguments(args: readonly string[]): Result<ClientCommand, string> {
  const rest = [...args]
  let servers = SERVERS_DEFAULT
  let sessionTimeoutMs = SHELL_TIMEOUT_MS
  let readOnly = false
  while (rest[0]?.startsWith('-')) {
    const option = rest.shift() ?? ''
    if (option === '-r') {
      readOnly = true
      continue
    }
    const value = rest.shift()
    if (option !== '-server' && option !== '-timeout')
      return err(`shell has no option ${option}. Its options are -server, -timeout and -r; see zabscope --help.`)
    if (value === undefined) return err(`${option} needs a value.`)
    if (option === '-server') servers = value
    else if (/^\d{1,9}$/.test(value) && Number(value) > 0) sessionTimeoutMs = Number(value)
    else return err(`-timeout takes milliseconds, not ${JSON.stringify(value)}.`)
  }
  return ok({ type: 'shell', servers, sessionTimeoutMs, readOnly, words: rest })
}

/** `args` behind the word `workload`. Values are read as what their settings are; limits are checked at the start. */
export function readWorkloadArguments(args: readonly string[]): Result<ClientCommand, string> {
  const [name, ...rest] = args
  const help = args.includes('--help') || args.includes('-h')
  const kind = WORKLOAD_KINDS.find((one) => one === name)
  if (kind === undefined) {
    if (help || name === undefined) return ok({ type: 'workload-help', kind: null })
    return err(`There is no workload ${JSON.stringify(name)}. There are ${WORKLOAD_KINDS.join(', ')}.`)
  }
  if (help) return ok({ type: 'workload-help', kind })
  const known = Object.entries(settingsOf(kind))
  const options = Object.fromEntries([
    ...['servers', 'root'].map((option) => [option, { type: 'string' as const }]),
    ...known.map(([setting]) => [optionName(setting), { type: 'string' as const }]),
  ])
  let values: Record<string, unknown>
  try {
    values = parseArgs({ args: rest, options, strict: true, allowPositionals: false }).values
  } catch (error) {
    const [sentence = 'unreadable'] = (error instanceof Error ? error.message : String(error)).split('. ')
    return err(`${sentence.replace(/\.?$/, '.')} See zabscope workload ${kind} --help.`)
  }
  const settings: Record<string, unknown> = {}
  for (const [setting, shape] of known) {
    const text = values[optionName(setting)]
    if (typeof text === 'string') settings[setting] = readValue(shape, text)
  }
  const { servers, root } = values
  const connectString = typeof servers === 'string' ? servers : SERVERS_DEFAULT
  return ok({ type: 'workload', kind, settings, connectString, root: typeof root === 'string' ? root : null })
}

/** What cannot be read stays text, which the check of the settings then refuses by name. */
function readValue(setting: WorkloadSetting, text: string): unknown {
  if (setting.type === 'number') return text.trim() === '' || Number.isNaN(Number(text)) ? text : Number(text)
  if (setting.type === 'flag') return text === 'true' ? true : text === 'false' ? false : text
  return text
}

/** `holdMs` → `hold-ms`. */
function optionName(setting: string): string {
  return setting.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}

/** @param kind null for all of them, in a line each */
export function workloadHelp(kind: WorkloadKind | null): string {
  if (kind === null) {
    const lines = WORKLOAD_KINDS.map((name) => `  ${name.padEnd(14)} ${WORKLOADS[name].about}`)
    return `Usage: zabscope workload <kind> [settings] [--servers HOST:PORT] [--root PATH]\n\n${lines.join('\n')}\n`
  }
  const settings = Object.entries(settingsOf(kind)).map(([name, setting]) => {
    const range =
      setting.type === 'number'
        ? `${setting.min} to ${setting.max}${setting.unit === 'count' ? '' : ` ${setting.unit}`}`
        : setting.type === 'choice'
          ? setting.choices.join(' | ')
          : 'true | false'
    return `  ${`--${optionName(name)}`.padEnd(22)} ${setting.about} (${range}; default: ${setting.default})`
  })
  return `${WORKLOADS[kind].about}\n\nSettings of zabscope workload ${kind}\n${settings.join('\n')}\n`
}
