// A process that we started: what it printed, how it ended, and that it ends with us. It is ended by its own
// process id, never by a name.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'

/** The newest part of what a process printed; enough to see why it failed. */
const OUTPUT_CHARS_MAX = 4_000_000

export interface ChildOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  readonly uid?: number
  readonly gid?: number
  /** Leads a process group of its own, which `kill` ends as a whole. */
  readonly group?: boolean
}

export class Child {
  readonly #process: ChildProcess
  readonly #group: boolean
  readonly #onOurExit = () => this.kill('SIGKILL')
  #output = ''
  /** Exit code or signal; null while it runs. */
  #ended: number | NodeJS.Signals | null = null
  readonly ended: Promise<number | NodeJS.Signals>

  constructor(command: string, args: readonly string[], options: ChildOptions = {}) {
    this.#group = options.group ?? false
    this.#process = spawn(command, args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: this.#group,
      env: { ...process.env, ...options.env },
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      ...(options.uid === undefined ? {} : { uid: options.uid }),
      ...(options.gid === undefined ? {} : { gid: options.gid }),
    })
    for (const stream of [this.#process.stdout, this.#process.stderr])
      stream?.on('data', (chunk: Buffer) => {
        this.#output = (this.#output + chunk.toString()).slice(-OUTPUT_CHARS_MAX)
      })
    this.#process.stdin?.on('error', () => undefined) // it may end before it has read everything
    process.on('exit', this.#onOurExit)
    this.ended = new Promise((resolve) => {
      const end = (how: number | NodeJS.Signals) => {
        if (this.#ended === null) this.#ended = how
        process.off('exit', this.#onOurExit)
        resolve(this.#ended)
      }
      this.#process.on('error', (error) => {
        this.#output += `\n${command}: ${error.message}\n`
        end(127)
      })
      this.#process.on('close', (code, signal) => end(code ?? signal ?? 0))
    })
  }

  get pid(): number {
    return this.#process.pid ?? 0
  }

  get running(): boolean {
    return this.#ended === null && this.#process.exitCode === null && this.#process.signalCode === null
  }

  /** Both streams, as far as kept. */
  get output(): string {
    return this.#output
  }

  write(text: string): void {
    this.#process.stdin?.write(text)
  }

  endInput(): void {
    this.#process.stdin?.end()
  }

  kill(signal: NodeJS.Signals): void {
    if (!this.running && !this.#group) return
    try {
      if (this.#group && this.pid > 0) process.kill(-this.pid, signal)
      else this.#process.kill(signal)
    } catch {
      // It ended meanwhile.
    }
  }

  /** SIGKILL, and until the operating system has it. */
  async killNow(): Promise<void> {
    if (!this.running) return this.kill('SIGKILL') // what is left of its group
    const exited = once(this.#process, 'exit')
    this.kill('SIGKILL')
    await exited
  }
}

export interface Finished {
  readonly code: number | string
  readonly output: string
}

/** Runs a command to its end. `timedOut` as its code when it took longer. */
export async function run(
  command: string,
  args: readonly string[],
  options: ChildOptions & { readonly timeoutMs: number; readonly input?: string },
): Promise<Finished> {
  const child = new Child(command, args, options)
  if (options.input !== undefined) child.write(options.input)
  child.endInput()
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<'timedOut'>((resolve) => {
    timer = setTimeout(() => resolve('timedOut'), options.timeoutMs)
  })
  const code = await Promise.race([child.ended, late])
  clearTimeout(timer)
  if (code === 'timedOut') await child.killNow()
  return { code, output: child.output }
}
