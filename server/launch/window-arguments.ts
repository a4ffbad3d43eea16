// The arguments of `zabscope window`, which reads a window of the past that was exported.

import { parseArgs } from 'node:util'
import { err, ok, type Result } from '#shared/base/result.ts'
import type { WindowToolOptions } from '../gateway/history/window-tool.ts'

export type WindowCommand = { readonly type: 'window' } & WindowToolOptions

export const WINDOW_HELP = `
Options of window
  --as FORMAT      summary (the default), jsonl (an event a line) or perfetto (a trace for ui.perfetto.dev)
  --at TIME        summary: the members at this time (2026-11-23T16:20:00Z, or milliseconds since 1970), not at the end
`

const FORMATS = ['summary', 'jsonl', 'perfetto'] as const
const OPTIONS = { as: { type: 'string', default: 'summary' }, at: { type: 'string' } } as const

/** `args` behind the word `window`. */
export function readWindowArguments(args: readonly string[]): Result<WindowCommand, string> {
  let parsed: ReturnType<typeof parse>
  try {
    parsed = parse(args)
  } catch (error) {
    return err(`${error instanceof Error ? error.message.split('. ')[0] : String(error)}. See zabscope --help.`)
  }
  const { values, positionals } = parsed
  const [path, ...more] = positionals
  if (path === undefined || more.length > 0)
    return err('Give window one file: zabscope window zabscope-2026-11-23T16-20-00.window.jsonl.gz')
  const as = FORMATS.find((format) => format === values.as)
  if (!as) return err(`--as takes ${FORMATS.join(', ')}, not ${JSON.stringify(values.as)}.`)
  const { at } = values
  if (at !== undefined && as !== 'summary') return err('--at goes with a summary.')
  const atMs = at === undefined ? null : /^\d+$/.test(at) ? Number(at) : Date.parse(at)
  if (Number.isNaN(atMs)) return err(`--at takes a time such as 2026-11-23T16:20:00Z, not ${JSON.stringify(at)}.`)
  return ok({ type: 'window', path, as, atMs })
}

function parse(args: readonly string[]) {
  return parseArgs({ args: [...args], options: OPTIONS, strict: true, allowPositionals: true })
}
