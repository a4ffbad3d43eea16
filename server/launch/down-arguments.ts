// The arguments of `zabscope down`: which directory, said as to `zabscope up`.

import { parseArgs } from 'node:util'
import { err, ok, type Result } from '#shared/base/result.ts'
import { readSettings, type Surroundings } from './settings/read-settings.ts'

export interface DownCommand {
  readonly type: 'down'
  readonly data: string
}

/** `args` behind the word `down`; the error is a sentence. */
export function readDownArguments(args: readonly string[], surroundings: Surroundings): Result<DownCommand, string> {
  const options = { config: { type: 'string' }, data: { type: 'string' } } as const
  let values: { config?: string; data?: string }
  try {
    values = parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values
  } catch (error) {
    const [sentence = 'unreadable'] = (error instanceof Error ? error.message : String(error)).split('. ')
    return err(`${sentence.replace(/\.?$/, '.')} See zabscope --help.`)
  }
  const settings = readSettings(values, surroundings)
  return settings.ok ? ok({ type: 'down', data: settings.value.data }) : settings
}
