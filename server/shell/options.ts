// The words behind a verb: options of one dash, wherever they stand, and arguments. What they mean is for the verbs.
// Source: commons-cli's PosixParser as zkCli uses it.

import { err, ok, type Result } from '#shared/base/result.ts'

export interface OptionShape {
  /** Without the dash: `s`. */
  readonly flags?: readonly string[]
  /** Those that take a word. */
  readonly values?: readonly string[]
  /** Of each group, at most one. */
  readonly oneOf?: readonly (readonly string[])[]
  /** How few and how many arguments. */
  readonly args: readonly [number, number]
}

export interface Input {
  readonly flags: ReadonlySet<string>
  /** The words given to an option, in order: `-add` may come more than once. */
  readonly values: ReadonlyMap<string, readonly string[]>
  readonly args: readonly string[]
}

/** The error is a sentence; the usage is for the caller to add. */
export function readInput(words: readonly string[], shape: OptionShape): Result<Input, string> {
  const { flags: knownFlags = [], values: knownValues = [] } = shape
  const flags = new Set<string>()
  const values = new Map<string, string[]>()
  const args: string[] = []
  const rest = [...words]
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === '--') args.push(...rest.splice(0))
    else if (!word.startsWith('-') || word === '-') args.push(word)
    else {
      const name = word.slice(1)
      if (knownFlags.includes(name)) flags.add(name)
      else if (knownValues.includes(name)) {
        const value = rest.shift()
        if (value === undefined) return err(`Missing argument for option: ${name}`)
        values.set(name, [...(values.get(name) ?? []), value])
      } else if ([...name].every((letter) => knownFlags.includes(letter))) for (const letter of name) flags.add(letter)
      else return err(`Unrecognized option: ${word}`)
    }
  }
  for (const group of shape.oneOf ?? []) {
    const given = group.filter((name) => flags.has(name) || values.has(name))
    if (given.length > 1) return err(`-${given.join(' and -')} cannot be given together.`)
  }
  const [min, max] = shape.args
  if (args.length < min) return err('Too few arguments.')
  if (args.length > max) return err(`Too many arguments, from ${JSON.stringify(args[max])} on.`)
  return ok({ flags, values, args })
}

/** A whole number given to an option; null when it was not given. Throws a sentence. */
export function numberOf(input: Input, option: string): number | null {
  const text = input.values.get(option)?.at(-1)
  if (text === undefined) return null
  const value = Number(text)
  if (!/^-?\d{1,15}$/.test(text)) throw new UsageError(`-${option} takes a whole number, not ${JSON.stringify(text)}.`)
  return value
}

/** What was typed cannot be meant; the usage of its verb follows the message. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
