// The options of `zabscope log` and `zabscope snapshot`. What they do is run-tool.ts.

import { parseArgs } from 'node:util'
import { err, ok, type Result } from '#shared/base/result.ts'
import { asSessionId, type SessionId } from '#shared/zk/ids.ts'
import { parseZxid, type Zxid } from '#shared/zk/zxid.ts'

export interface ToolOptions {
  readonly kind: 'log' | 'snapshot'
  readonly paths: readonly string[]
  readonly json: boolean
  /** With the data of znodes. */
  readonly data: boolean
  /** Only whether it is whole. */
  readonly verify: boolean
  /** Sizes and counts instead of what they count. */
  readonly stats: boolean
  /** Where to write what is intact; null: nowhere. */
  readonly rebuild: string | null
  readonly from: Zxid | null
  readonly to: Zxid | null
  readonly session: SessionId | null
  /** For a data directory whose logs lie elsewhere. */
  readonly dataLogDir: string | null
}

const OPTIONS = {
  json: { type: 'boolean' },
  data: { type: 'boolean', short: 'd' },
  verify: { type: 'boolean' },
  stats: { type: 'boolean' },
  rebuild: { type: 'string', short: 'r' },
  from: { type: 'string' },
  to: { type: 'string' },
  session: { type: 'string' },
  'data-log-dir': { type: 'string' },
} as const

export function readToolArguments(kind: 'log' | 'snapshot', args: readonly string[]): Result<ToolOptions, string> {
  let parsed: ReturnType<typeof parse>
  try {
    parsed = parse(args)
  } catch (error) {
    const [sentence = 'unreadable'] = (error instanceof Error ? error.message : String(error)).split('. ')
    return err(`${sentence.replace(/\.?$/, '.')} See zabscope ${kind} --help.`)
  }
  const { values, positionals } = parsed
  if (positionals.length === 0) return err(`Give ${kind} a file or a data directory. See zabscope ${kind} --help.`)
  const from = readZxid('--from', values.from)
  if (!from.ok) return from
  const to = readZxid('--to', values.to)
  if (!to.ok) return to
  const session = readSession(values.session)
  if (!session.ok) return session
  if (values.rebuild !== undefined && positionals.length > 1) return err('--rebuild takes one file at a time.')
  if (kind === 'snapshot' && (values.from ?? values.to ?? values.session) !== undefined)
    return err('--from, --to and --session choose transactions: they go with zabscope log.')
  return ok({
    kind,
    paths: positionals,
    json: values.json ?? false,
    data: values.data ?? false,
    verify: values.verify ?? false,
    stats: values.stats ?? false,
    rebuild: values.rebuild ?? null,
    from: from.value,
    to: to.value,
    session: session.value,
    dataLogDir: values['data-log-dir'] ?? null,
  })
}

function parse(args: readonly string[]) {
  return parseArgs({ args: [...args], options: OPTIONS, strict: true, allowPositionals: true })
}

function readZxid(option: string, text: string | undefined): Result<Zxid | null, string> {
  if (text === undefined) return ok(null)
  const zxid = parseZxid(text.startsWith('0x') ? text : `0x${text}`)
  return zxid === null ? err(`${option} takes a zxid in hex, like 0x100000003, not ${JSON.stringify(text)}.`) : ok(zxid)
}

function readSession(text: string | undefined): Result<SessionId | null, string> {
  if (text === undefined) return ok(null)
  if (!/^(0x)?[0-9a-f]{1,16}$/i.test(text))
    return err(`--session takes a session id in hex, like 0x100000f8aa3001a, not ${JSON.stringify(text)}.`)
  return ok(asSessionId(BigInt(text.startsWith('0x') ? text : `0x${text}`)))
}
