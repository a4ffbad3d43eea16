// Values of a configuration, checked and typed. Which keys there are is config-keys.ts, what they mean config.ts.

import { resolve } from 'node:path'

/** Typed access to the entries; what is wrong is collected, so that one start shows all of it. */
export class Values {
  readonly #entries: ReadonlyMap<string, string>
  readonly #problems: string[]

  constructor(entries: ReadonlyMap<string, string>, problems: string[]) {
    this.#entries = entries
    this.#problems = problems
  }

  has(key: string): boolean {
    return this.#entries.has(key)
  }

  /** In lower case. */
  text(key: string): string | null {
    return this.#entries.get(key)?.trim().toLowerCase() ?? null
  }

  /** As it is written; null when it is missing or empty. */
  raw(key: string): string | null {
    return this.#entries.get(key)?.trim() || null
  }

  /** The keys that begin like this, with their values. */
  family(prefix: string): [string, string][] {
    return [...this.#entries].filter(([key]) => key.startsWith(prefix)).map(([key, value]) => [key, value.trim()])
  }

  problem(sentence: string): void {
    this.#problems.push(sentence)
  }

  get problemCount(): number {
    return this.#problems.length
  }

  required(key: string, min: number, max: number): number {
    if (!this.#entries.has(key)) this.#problems.push(`${key} is missing`)
    return this.integer(key, min, min, max)
  }

  integer(key: string, fallback: number, min: number, max: number): number {
    const text = this.#entries.get(key)?.trim()
    if (text === undefined) return fallback
    const value = Number(text)
    if (/^-?\d+$/.test(text) && value >= min && value <= max) return value
    this.#problems.push(`${key}=${text}: write a whole number from ${min} to ${max}`)
    return fallback
  }

  boolean(key: string, fallback: boolean): boolean {
    return this.#oneOf(key, fallback, 'true', 'false')
  }

  yesNo(key: string, fallback: boolean): boolean {
    return this.#oneOf(key, fallback, 'yes', 'no')
  }

  directory(key: string, fallback: string | null): string {
    const text = this.#entries.get(key)?.trim()
    if (text) return resolve(text)
    if (fallback === null) this.#problems.push(`${key} is missing`)
    return fallback ?? resolve('.')
  }

  #oneOf(key: string, fallback: boolean, yes: string, no: string): boolean {
    const text = this.text(key)
    if (text === null) return fallback
    if (text !== yes && text !== no) this.#problems.push(`${key}=${text}: write ${yes} or ${no}`)
    return text === yes
  }
}
