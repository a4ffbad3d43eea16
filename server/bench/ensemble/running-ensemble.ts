// The real processes of one contestant: started together, killed and restarted one by one, and ended by whoever
// started them. What is done with them is elsewhere.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import { join } from 'node:path'
import type { Target } from '../load/jobs.ts'
import type { Contestant } from './contestant.ts'
import { type MemberPlace, memberConfig } from './member-config.ts'

const READY_TIMEOUT_MS = 120_000
const POLL_MS = 20
const ASK_TIMEOUT_MS = 1000
const LOG_SHOWN_BYTES = 4000
const LOG_SHOWN_LINES = 8
const LINE_SHOWN_LENGTH = 300

export class RunningEnsemble {
  readonly contestant: Contestant
  readonly places: readonly MemberPlace[]
  readonly #children = new Map<number, ChildProcess>()

  constructor(contestant: Contestant, places: readonly MemberPlace[]) {
    this.contestant = contestant
    this.places = places
    for (const place of places) {
      mkdirSync(join(place.dir, 'data'), { recursive: true })
      mkdirSync(join(place.dir, 'logs'), { recursive: true })
      writeFileSync(join(place.dir, 'data/myid'), `${place.sid}\n`)
      writeFileSync(configFile(place), memberConfig(place, places))
    }
  }

  /** Starts every server that does not run. It may not serve yet when this returns. */
  start(): void {
    for (const place of this.places) if (!this.#children.has(place.sid)) this.#spawn(place)
  }

  /** Waits until every server serves clients. Rejects, with the end of its log, for one that does not. */
  async ready(): Promise<void> {
    for (const place of this.places) {
      const deadline = Date.now() + READY_TIMEOUT_MS
      while (!(await fourLetter(place.clientPort, 'srvr')).includes('Mode:')) {
        if (!this.#children.has(place.sid) || Date.now() > deadline) throw new Error(this.#sorrow(place))
        await new Promise((resolve) => setTimeout(resolve, POLL_MS))
      }
    }
  }

  get target(): Target {
    return { ports: this.places.map(({ clientPort }) => clientPort), pids: this.places.map(({ sid }) => this.pid(sid)) }
  }

  /** 0 when it does not run. */
  pid(sid: number): number {
    return this.#children.get(sid)?.pid ?? 0
  }

  /** The member that leads, or stands alone; null while there is none. */
  async leader(): Promise<MemberPlace | null> {
    for (const place of this.places) {
      if (/^Mode: (leader|standalone)$/m.test(await fourLetter(place.clientPort, 'srvr'))) return place
    }
    return null
  }

  /** SIGKILL for all that run, and waits until they are gone. The data stays. */
  async kill(): Promise<void> {
    const children = [...this.#children.values()]
    const ends = children.map((child) => once(child, 'exit'))
    for (const child of children) child.kill('SIGKILL')
    await Promise.all(ends)
  }

  /** The ends of the servers' logs, for somebody who must find out what went wrong. */
  lastWords(): string[] {
    return this.places.flatMap((place) => [
      `the log of server ${place.sid} of ${this.contestant.name} ends with`,
      ...endOfLog(place)
        .split('\n')
        .slice(-LOG_SHOWN_LINES)
        .map((line) => `  ${line.slice(0, LINE_SHOWN_LENGTH)}`),
    ])
  }

  #spawn(place: MemberPlace): void {
    const { file, args } = this.contestant.command(configFile(place), place.dir)
    const log = openSync(logFile(place), 'a')
    const child = spawn(file, args, { cwd: place.dir, stdio: ['ignore', log, log] })
    closeSync(log)
    this.#children.set(place.sid, child)
    child.on('error', () => this.#children.delete(place.sid))
    child.on('exit', () => this.#children.delete(place.sid))
  }

  #sorrow(place: MemberPlace): string {
    return `server ${place.sid} of ${this.contestant.name} does not serve:\n${endOfLog(place)}`
  }
}

function configFile({ dir }: MemberPlace): string {
  return join(dir, 'zoo.cfg')
}

function logFile({ dir }: MemberPlace): string {
  return join(dir, 'server.log')
}

/** Apache's servers log to a file of their own besides. */
function endOfLog(place: MemberPlace): string {
  const files = [logFile(place), join(place.dir, 'logs/zookeeper.log')].filter((file) => existsSync(file))
  return files
    .map((file) => readFileSync(file, 'utf8').slice(-LOG_SHOWN_BYTES).trimEnd())
    .filter((text) => text !== '')
    .join('\n')
}

/** The answer to a four-letter word; empty where there is none. */
export async function fourLetter(port: number, word: string): Promise<string> {
  const socket = net.connect(port, '127.0.0.1', () => socket.write(word))
  socket.setTimeout(ASK_TIMEOUT_MS, () => socket.destroy())
  let answer = ''
  try {
    for await (const chunk of socket) answer += String(chunk)
  } catch {
    // Nobody listens yet.
  }
  return answer
}
