// One set of settings from flags, environment and file, the first of them that says something. Whatever is wrong is
// answered with a sentence that names the source and the setting; unknown keys of the file are refused.

import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { dirname, resolve } from 'node:path'
import type { z } from 'zod'
import { err, ok, type Result } from '#shared/base/result.ts'
import { environmentName, SETTING_WORDS, SETTINGS_SCHEMA, type SettingName, type Settings } from './settings.ts'

export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Throws as readFileSync does. */
  readonly readFile: (path: string) => string
}

export const OURS: Surroundings = { env: process.env, readFile: (path) => readFileSync(path, 'utf8') }

/** Names of settings, as flags have them, to their texts. */
export type Flags = Readonly<Record<string, string | boolean | undefined>>

/** @param flags beside the settings' own may have `config`, a file. The error is a sentence. */
export function readSettings(flags: Flags, { env, readFile }: Surroundings = OURS): Result<Settings, string> {
  const path = typeof flags.config === 'string' ? flags.config : env.ZABSCOPE_CONFIG
  const file = path === undefined ? ok({}) : readConfigFile(path, readFile)
  if (!file.ok) return file
  const merged: Record<string, unknown> = { ...file.value }
  const sources = new Map<string, string>(Object.keys(merged).map((name) => [name, `${name} in ${path}`]))
  for (const [name, { flag, kind, flagMeans = true }] of Object.entries(SETTING_WORDS)) {
    const given = flag === null ? undefined : flags[flag]
    const fromFlag = given === true ? flagMeans : given
    const fromEnv = env[environmentName(name)]
    const text = fromFlag ?? fromEnv
    if (text === undefined) continue
    const source = fromFlag === undefined ? environmentName(name) : `--${flag}`
    const value = fromText(kind, text)
    if (!value.ok) return err(`${source} ${value.error}`)
    merged[name] = value.value
    sources.set(name, source)
  }
  const read = SETTINGS_SCHEMA.safeParse(merged)
  if (!read.success) return err(explain(read.error, sources, merged, path))
  return checkTogether(read.data)
}

function readConfigFile(path: string, readFile: Surroundings['readFile']): Result<object, string> {
  let text: string
  try {
    text = readFile(path)
  } catch (error) {
    return err(`The configuration ${path} cannot be read: ${error instanceof Error ? error.message : String(error)}.`)
  }
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    return err(`The configuration ${path} is not JSON: ${error instanceof Error ? error.message : String(error)}.`)
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    return err(`The configuration ${path} is to be a JSON object.`)
  // Paths in a file are beside the file, wherever the program is started.
  const beside = (value: unknown): unknown => (typeof value === 'string' ? resolve(dirname(path), value) : value)
  const paths = Object.entries(json).filter(([name]) => name === 'data' || name === 'users')
  return ok({ ...json, ...Object.fromEntries(paths.map(([name, value]) => [name, beside(value)])) })
}

function fromText(kind: 'number' | 'text' | 'list' | 'truth', text: string | boolean): Result<unknown, string> {
  if (kind === 'truth') {
    if (text === true || text === 'true') return ok(true)
    return text === false || text === 'false' ? ok(false) : err(`takes true or false, not ${JSON.stringify(text)}.`)
  }
  if (kind === 'list')
    return ok(
      String(text)
        .split(',')
        .filter((part) => part !== ''),
    )
  if (kind === 'text') return ok(text)
  return ok(/^\d{1,5}$/.test(String(text)) ? Number(text) : text)
}

function explain(
  error: z.ZodError,
  sources: ReadonlyMap<string, string>,
  given: Readonly<Record<string, unknown>>,
  path: string | undefined,
): string {
  const [issue] = error.issues
  if (issue?.code === 'unrecognized_keys')
    return `The configuration ${path} has an unknown setting: ${issue.keys.join(', ')}. The settings are ${Object.keys(SETTING_WORDS).join(', ')}.`
  const name = String(issue?.path[0] ?? '')
  const source = sources.get(name) ?? name
  const limits = numberLimits(name)
  // A secret is not repeated to the terminal.
  const value = name === 'accessToken' ? 'what was given' : JSON.stringify(given[name])
  if (limits) return `${source} takes a number from ${limits[0]} to ${limits[1]}, not ${value}.`
  return `${source}: ${value} ${issue?.message ?? 'is wrong'}.`
}

const LIMITS: Partial<Record<SettingName, readonly [number, number]>> = {
  members: [1, 9],
  port: [1, 65535],
  clientPort: [1, 65535],
}

function numberLimits(name: string): readonly [number, number] | null {
  return Object.entries(LIMITS).find(([known]) => known === name)?.[1] ?? null
}

/** [N-1] What may not be together. */
function checkTogether(settings: Settings): Result<Settings, string> {
  const { host, behindTlsProxy } = settings
  if (isLoopback(host) || behindTlsProxy) return ok(settings)
  return err(
    `The page is not offered on ${host} in clear text: passwords and tokens would travel readably. Put a TLS proxy in front and say so with --behind-tls-proxy, or leave --host out.`,
  )
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}
