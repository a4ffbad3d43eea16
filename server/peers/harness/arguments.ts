// `--name value` of a script's command line, checked against what it knows.

/** The values by name, defaults included; throws with a sentence for the person when one is not known. */
export function readOptions<Name extends string>(
  args: readonly string[],
  defaults: Readonly<Record<Name, string>>,
): Record<Name, string> {
  const values: Record<Name, string> = { ...defaults }
  const known = (name: string): name is Name => Object.hasOwn(defaults, name)
  for (let at = 0; at < args.length; at += 2) {
    const name = (args[at] ?? '').replace(/^--/, '')
    const value = args[at + 1]
    if (!args[at]?.startsWith('--') || !known(name)) throw new UsageError(`there is no option ${args[at]}`, defaults)
    if (value === undefined) throw new UsageError(`--${name} needs a value`, defaults)
    values[name] = value
  }
  return values
}

/** A whole number of at least `least`, or a sentence. */
export function wholeNumber(name: string, text: string, least: number): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < least)
    throw new UsageError(`--${name} takes a whole number from ${least}`)
  return value
}

export class UsageError extends Error {
  override name = 'UsageError'

  constructor(message: string, defaults: Readonly<Record<string, string>> = {}) {
    const usage = Object.entries(defaults).map(([name, value]) => `[--${name} ${value === '' ? '…' : value}]`)
    super(usage.length > 0 ? `${message}; the options are ${usage.join(' ')}` : message)
  }
}
