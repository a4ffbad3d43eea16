// The command line: what may be asked, and the words of --help. Reads arguments only; main.ts acts on them.

import { type ParseArgsConfig, parseArgs } from 'node:util'
import { err, ok, type Result } from '#shared/base/result.ts'
import { CLIENT_HELP, type ClientCommand, readShellArguments, readWorkloadArguments } from './client-arguments.ts'
import { CONNECT_HELP, type ConnectCommand, readConnectArguments } from './connect-arguments.ts'
import { type DownCommand, readDownArguments } from './down-arguments.ts'
import { type Flags, OURS, readSettings, type Surroundings } from './settings/read-settings.ts'
import { SETTING_WORDS, type Settings, settingsHelp } from './settings/settings.ts'
import { readLogArguments, readSnapshotArguments, TOOL_HELP, type ToolCommand } from './tool-arguments.ts'
import { readAuditArguments, readUserArguments, USER_HELP, type UserCommand } from './user-arguments.ts'
import { readWindowArguments, WINDOW_HELP, type WindowCommand } from './window-arguments.ts'

export type Command =
  | { readonly type: 'help' }
  | { readonly type: 'version' }
  | ({ readonly type: 'up' } & Settings)
  | DownCommand
  | { readonly type: 'server'; readonly configPath: string }
  | ConnectCommand
  | ToolCommand
  | UserCommand
  | WindowCommand
  | ClientCommand

export const HELP = `Zabscope: a real ZooKeeper-compatible ensemble that you can see through, break and rewind.

Usage
  zabscope up [options]      start an ensemble on this machine, and the page that shows it
  zabscope down [--data DIR]                 end the ensemble of a directory: its page, and members that outlived one
  zabscope connect <servers> [options]       the page over an ensemble that runs already
  zabscope user add|remove|token|list ...    users and API tokens for up --users
  zabscope audit <dir|file>                  check that no record of an audit log was changed or taken out
  zabscope server <zoo.cfg>  run one member from a standard ZooKeeper configuration
  zabscope log <file|dir>... [options]       print and check transaction logs, ours and Apache's
  zabscope snapshot <file|dir>... [options]  print and check snapshots, and rebuild one
  zabscope window <file> [options]           look at a past that was exported
  zabscope shell [options] [command]         read and change znodes, as with zkCli
  zabscope workload <kind> [settings]        clients at work, to look at and to break things under
  zabscope --help | --version

Options of up
  --config FILE            settings as JSON: { "members": 5, "users": "users.json" }
${settingsHelp()}
A flag counts before its environment variable (ZABSCOPE_CLIENT_PORT for --client-port), that before the file.
${CONNECT_HELP}${USER_HELP}${TOOL_HELP}${WINDOW_HELP}${CLIENT_HELP}

With npm: npm start -- --members 5 --data /tmp/five
`

/** @param args without the interpreter and the script; the error is a sentence. */
export function readArguments(args: readonly string[], surroundings = OURS): Result<Command, string> {
  const [name, ...rest] = args
  // What follows them may be anything, for the shell's own commands.
  if (name === 'shell' && rest[0] !== '--help' && rest[0] !== '-h') return readShellArguments(rest)
  if (name === 'workload') return readWorkloadArguments(rest)
  if (args.includes('--help') || args.includes('-h') || name === 'help' || name === undefined)
    return ok({ type: 'help' })
  if (name === '--version' || name === '-v') return ok({ type: 'version' })
  if (name === 'up') return readUp(rest, surroundings)
  if (name === 'down') return readDownArguments(rest, surroundings)
  if (name === 'connect') return readConnectArguments(rest, surroundings)
  if (name === 'user') return readUserArguments(rest)
  if (name === 'audit') return readAuditArguments(rest)
  if (name === 'server') return readServer(rest)
  if (name === 'log') return readLogArguments(rest)
  if (name === 'snapshot') return readSnapshotArguments(rest)
  if (name === 'window') return readWindowArguments(rest)
  return err(
    `There is no command ${JSON.stringify(name)}. The commands are up, down, connect, user, audit, server, log, snapshot, window, shell and workload; see zabscope --help.`,
  )
}

function readServer(args: readonly string[]): Result<Command, string> {
  const [configPath, more] = args
  if (configPath === undefined || configPath.startsWith('-') || more !== undefined)
    return err('Give server one thing, its configuration: zabscope server zoo.cfg')
  return ok({ type: 'server', configPath })
}

const UP_OPTIONS: NonNullable<ParseArgsConfig['options']> = {
  config: { type: 'string' },
  ...Object.fromEntries(
    Object.values(SETTING_WORDS).flatMap(({ flag, kind }) =>
      flag === null ? [] : [[flag, { type: kind === 'truth' ? ('boolean' as const) : ('string' as const) }]],
    ),
  ),
}

function readUp(args: readonly string[], surroundings: Surroundings): Result<Command, string> {
  let values: Record<string, unknown>
  try {
    values = parseArgs({ args: [...args], options: UP_OPTIONS, strict: true, allowPositionals: false }).values
  } catch (error) {
    const [sentence = 'unreadable'] = (error instanceof Error ? error.message : String(error)).split('. ')
    return err(`${sentence.replace(/\.?$/, '.')} See zabscope --help.`)
  }
  const settings = readSettings(values as Flags, surroundings)
  return settings.ok ? ok({ type: 'up', ...settings.value }) : settings
}
