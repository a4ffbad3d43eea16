// The command line: what may be asked, and the words of --help. Reads arguments only; main.ts acts on them.

import { parseArgs } from 'node:util'
import { err, ok, type Result } from '#shared/base/result.ts'
import { CLIENT_PORT_DEFAULT, MEMBERS_DEFAULT, MEMBERS_MAX } from '../ensemble/layout.ts'
import { CLIENT_HELP, type ClientCommand, readShellArguments, readWorkloadArguments } from './client-arguments.ts'
import { readLogArguments, readSnapshotArguments, TOOL_HELP, type ToolCommand } from './tool-arguments.ts'

const PAGE_PORT_DEFAULT = 8080
const DATA_DEFAULT = './data'

export interface UpOptions {
  /** null: as many as the data directory holds, else three. */
  readonly members: number | null
  readonly dataDir: string
  readonly port: number
  /** null: as at the last start, else 2181. */
  readonly clientPort: number | null
  /** Members that die are started again. */
  readonly autoRestart: boolean
  /** Links, disks and clocks of members can be broken on purpose. */
  readonly faults: boolean
}

export type Command =
  | { readonly type: 'help' }
  | { readonly type: 'version' }
  | ({ readonly type: 'up' } & UpOptions)
  | { readonly type: 'server'; readonly configPath: string }
  | ToolCommand
  | ClientCommand

export const HELP = `Zabscope: a real ZooKeeper-compatible ensemble that you can see through, break and rewind.

Usage
  zabscope up [options]      start an ensemble on this machine, and the page that shows it
  zabscope server <zoo.cfg>  run one member from a standard ZooKeeper configuration
  zabscope log <file|dir>... [options]       print and check transaction logs, ours and Apache's
  zabscope snapshot <file|dir>... [options]  print and check snapshots, and rebuild one
  zabscope shell [options] [command]         read and change znodes, as with zkCli
  zabscope workload <kind> [settings]        clients at work, to look at and to break things under
  zabscope --help | --version

Options of up
  --members N      how many members, 1 to ${MEMBERS_MAX} (default: what the data directory holds, else ${MEMBERS_DEFAULT})
  --data DIR       where everything is kept (default: ${DATA_DEFAULT})
  --port N         port of the page (default: ${PAGE_PORT_DEFAULT}; the next free one when it is taken)
  --client-port N  client port of member 1, the others follow (default: ${CLIENT_PORT_DEFAULT}, or as at the last start)
  --auto-restart   start members again that have died; what was stopped or killed from the page stays down
  --no-faults      no faults of links, disks and clocks: members do without what makes them possible
${TOOL_HELP}${CLIENT_HELP}
ZABSCOPE_LOG_LEVEL=debug in the environment makes members and page server write more to their logs.

With npm: npm start -- --members 5 --data /tmp/five
`

/** @param args without the interpreter and the script; the error is a sentence. */
export function readArguments(args: readonly string[]): Result<Command, string> {
  const [name, ...rest] = args
  // What follows them may be anything, for the shell's own commands.
  if (name === 'shell' && rest[0] !== '--help' && rest[0] !== '-h') return readShellArguments(rest)
  if (name === 'workload') return readWorkloadArguments(rest)
  if (args.includes('--help') || args.includes('-h') || name === 'help' || name === undefined)
    return ok({ type: 'help' })
  if (name === '--version' || name === '-v') return ok({ type: 'version' })
  if (name === 'up') return readUp(rest)
  if (name === 'server') return readServer(rest)
  if (name === 'log') return readLogArguments(rest)
  if (name === 'snapshot') return readSnapshotArguments(rest)
  return err(
    `There is no command ${JSON.stringify(name)}. The commands are up, server, log, snapshot, shell and workload; see zabscope --help.`,
  )
}

function readServer(args: readonly string[]): Result<Command, string> {
  const [configPath, more] = args
  if (configPath === undefined || configPath.startsWith('-') || more !== undefined)
    return err('Give server one thing, its configuration: zabscope server zoo.cfg')
  return ok({ type: 'server', configPath })
}

const UP_OPTIONS = {
  members: { type: 'string' },
  data: { type: 'string' },
  port: { type: 'string' },
  'client-port': { type: 'string' },
  'auto-restart': { type: 'boolean' },
  'no-faults': { type: 'boolean' },
} as const

function readUp(args: readonly string[]): Result<Command, string> {
  let values: {
    [option in keyof typeof UP_OPTIONS]?: (typeof UP_OPTIONS)[option]['type'] extends 'string' ? string : boolean
  }
  try {
    values = parseArgs({ args: [...args], options: UP_OPTIONS, strict: true, allowPositionals: false }).values
  } catch (error) {
    const [sentence = 'unreadable'] = (error instanceof Error ? error.message : String(error)).split('. ')
    return err(`${sentence.replace(/\.?$/, '.')} See zabscope --help.`)
  }
  const members = readNumber('--members', values.members, 1, MEMBERS_MAX)
  if (!members.ok) return members
  const port = readNumber('--port', values.port, 1, 65535)
  if (!port.ok) return port
  const clientPort = readNumber('--client-port', values['client-port'], 1, 65535)
  if (!clientPort.ok) return clientPort
  return ok({
    type: 'up',
    members: members.value,
    dataDir: values.data ?? DATA_DEFAULT,
    port: port.value ?? PAGE_PORT_DEFAULT,
    clientPort: clientPort.value,
    autoRestart: values['auto-restart'] ?? false,
    faults: !values['no-faults'],
  })
}

function readNumber(option: string, text: string | undefined, min: number, max: number): Result<number | null, string> {
  if (text === undefined) return ok(null)
  const value = Number(text)
  if (/^\d{1,5}$/.test(text) && value >= min && value <= max) return ok(value)
  return err(`${option} takes a number from ${min} to ${max}, not ${JSON.stringify(text)}.`)
}
