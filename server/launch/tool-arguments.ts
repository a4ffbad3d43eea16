// The arguments of the tools that read a server's files: `zabscope log` and `zabscope snapshot`.

import { parseArgs } from 'node:util'
import { err, ok, type Result } from '#shared/base/result.ts'
import { asSessionId, formatSessionId } from '#shared/zk/ids.ts'
import { parseZxid, type Zxid } from '#shared/zk/zxid.ts'
import type { LogToolOptions } from '../storage/tools/log-tool.ts'
import type { SnapshotToolOptions } from '../storage/tools/snapshot-tool.ts'

export type ToolCommand =
  | ({ readonly type: 'log' } & LogToolOptions)
  | ({ readonly type: 'snapshot' } & SnapshotToolOptions)

export const TOOL_HELP = `
Options of log and snapshot (what they are given is only read)
  --verify         print no contents, only whether each file is whole; exit code 1 when one is not
  --json           one JSON object a line
  --data           show the data of znodes, too
  --from ZXID, --to ZXID   log: only these transactions (0x300000007)
  --session ID     log: only the transactions of this session (0x1000002d7850000)
  --path PATH      snapshot: only this znode and what is below it
  --rebuild OUT    log: write the whole records of a file to the new file OUT
                   snapshot: write what a data directory still holds, logs included, to the new directory OUT
`

const COMMON = {
  verify: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  data: { type: 'boolean', default: false },
  rebuild: { type: 'string' },
} as const
const LOG = { ...COMMON, from: { type: 'string' }, to: { type: 'string' }, session: { type: 'string' } } as const
const SNAPSHOT = { ...COMMON, path: { type: 'string', default: '/' } } as const

/** `args` behind the word `log`. */
export function readLogArguments(args: readonly string[]): Result<ToolCommand, string> {
  const parsed = parse(() => parseArgs({ args: [...args], options: LOG, strict: true, allowPositionals: true }))
  if (!parsed.ok) return parsed
  const { values, positionals } = parsed.value
  if (positionals.length === 0) return err('Give log what to read: zabscope log version-2/log.1, or a data directory')
  const from = readZxid('--from', values.from)
  if (!from.ok) return from
  const to = readZxid('--to', values.to)
  if (!to.ok) return to
  const session = readSession(values.session)
  if (!session.ok) return session
  const { verify, json, data, rebuild = null } = values
  const picked = { from: from.value, to: to.value, session: session.value, rebuild }
  return ok({ type: 'log', paths: positionals, verify, json, data, ...picked })
}

/** `args` behind the word `snapshot`. */
export function readSnapshotArguments(args: readonly string[]): Result<ToolCommand, string> {
  const parsed = parse(() => parseArgs({ args: [...args], options: SNAPSHOT, strict: true, allowPositionals: true }))
  if (!parsed.ok) return parsed
  const { values, positionals } = parsed.value
  if (positionals.length === 0)
    return err('Give snapshot what to read: zabscope snapshot version-2/snapshot.0, or a data directory')
  if (!values.path.startsWith('/')) return err(`--path takes a znode's path, not ${JSON.stringify(values.path)}.`)
  const { verify, json, data, path, rebuild = null } = values
  return ok({ type: 'snapshot', paths: positionals, verify, json, data, path, rebuild })
}

function parse<T>(read: () => T): Result<T, string> {
  try {
    return ok(read())
  } catch (error) {
    const [sentence = 'unreadable'] = (error instanceof Error ? error.message : String(error)).split('. ')
    return err(`${sentence.replace(/\.?$/, '.')} See zabscope --help.`)
  }
}

function readZxid(option: string, text: string | undefined): Result<Zxid | null, string> {
  if (text === undefined) return ok(null)
  const zxid = parseZxid(text)
  return zxid === null ? err(`${option} takes a zxid such as 0x300000007, not ${JSON.stringify(text)}.`) : ok(zxid)
}

function readSession(text: string | undefined): Result<string | null, string> {
  if (text === undefined) return ok(null)
  if (!/^0x[0-9a-f]{1,16}$/i.test(text))
    return err(`--session takes an id such as 0x1000002d7850000, not ${JSON.stringify(text)}.`)
  return ok(formatSessionId(asSessionId(BigInt(text))))
}
