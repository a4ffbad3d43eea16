// Somebody else's recipes, in a process of their own at the end of a pipe: Curator's and kazoo's. Each call names an actor;
// what one actor is asked is done one after the other.

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { CURATOR_JARS, CURATOR_PACKAGES, hasCurator, JAVA, pythonWithKazoo } from '../../../testing/other-libraries.ts'
import { withResolvers } from '../../pending-calls.ts'

const ERROR_CHARS_MAX = 4000

export interface OtherLibrary {
  readonly layout: 'curator' | 'kazoo'
  /** Why it cannot be tested here, or null. */
  missing(): string | null
  start(servers: string): OtherSide
}

function program(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url))
}

export const CURATOR: OtherLibrary = {
  layout: 'curator',
  missing: () => (hasCurator() ? null : `no Curator here: apt-get install ${CURATOR_PACKAGES}`),
  start: (servers) => {
    const logging = '-Dorg.slf4j.simpleLogger.defaultLogLevel=off'
    const args = ['-Xmx256m', '-XX:TieredStopAtLevel=1', logging, '-cp', CURATOR_JARS.join(':')]
    return new OtherSide(JAVA, [...args, program('curator-side.java'), servers])
  },
}

export const KAZOO: OtherLibrary = {
  layout: 'kazoo',
  missing: () => (pythonWithKazoo() === null ? 'no kazoo here: apt-get install python3-kazoo' : null),
  start: (servers) => new OtherSide(pythonWithKazoo() ?? 'python3', ['-u', program('kazoo-side.py'), servers]),
}

export class OtherSide {
  readonly #child: ChildProcessWithoutNullStreams
  readonly #waiting = new Map<string, { resolve: (value: string) => void; reject: (cause: unknown) => void }>()
  readonly #killNow = () => this.#child.kill('SIGKILL')
  #errors = ''
  #calls = 0

  constructor(command: string, args: readonly string[]) {
    this.#child = spawn(command, args)
    process.on('exit', this.#killNow)
    this.#child.stdin.on('error', () => undefined) // its end is told below
    this.#child.stderr.on('data', (chunk: Buffer) => {
      this.#errors = (this.#errors + chunk.toString()).slice(-ERROR_CHARS_MAX)
    })
    createInterface({ input: this.#child.stdout }).on('line', (line) => this.#onLine(line))
    this.#child.on('exit', () => {
      process.off('exit', this.#killNow)
      for (const { reject } of this.#waiting.values()) reject(new Error(`the other side has ended: ${this.#errors}`))
    })
  }

  /** Resolves with its answer when it has one; rejects with what went wrong over there. */
  call(actor: string, verb: string, ...args: readonly (string | number)[]): Promise<string> {
    this.#calls += 1
    const id = String(this.#calls)
    const { promise, resolve, reject } = withResolvers<string>()
    this.#waiting.set(id, { resolve, reject })
    this.#child.stdin.write(`${[id, actor, verb, ...args].join('\t')}\n`)
    return promise
  }

  close(): void {
    this.#waiting.clear()
    this.#child.kill('SIGKILL')
  }

  #onLine(line: string): void {
    const [id = '', outcome, ...value] = line.split('\t')
    const call = this.#waiting.get(id)
    this.#waiting.delete(id)
    if (outcome === 'ok') call?.resolve(value.join('\t'))
    else call?.reject(new Error(value.join('\t')))
  }
}
