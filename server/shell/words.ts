// A line that somebody typed, split into words as zkCli does: at white space; what begins with a quote goes on to the
// next one of its kind. Source: ZooKeeperMain.MyCommandOptions, measured with 3.8.0.

import { err, ok, type Result } from '#shared/base/result.ts'

/** More than any command needs, beside data, which may be a megabyte. */
export const LINE_CHARS_MAX = 2 * 1024 * 1024

/** The error is a sentence. */
export function splitWords(line: string): Result<readonly string[], string> {
  if (line.length > LINE_CHARS_MAX) return err(`A command has at most ${LINE_CHARS_MAX} characters.`)
  const words: string[] = []
  const pattern = /\s*(?:"(?<double>[^"]*)"|'(?<single>[^']*)'|(?<plain>[^\s"']\S*))\s*/y
  for (let at = 0; at < line.length; at = pattern.lastIndex) {
    pattern.lastIndex = at
    const groups = pattern.exec(line)?.groups
    if (!groups) {
      if (line.slice(at).trim() === '') break
      return err(`The quote at ${JSON.stringify(line.slice(at, at + 20))} is not closed.`)
    }
    words.push(groups.double ?? groups.single ?? groups.plain ?? '')
  }
  return ok(words)
}
