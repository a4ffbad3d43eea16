// One ZooKeeper server as a process of its own, ours or Apache's: the same configuration file, the same ports, the
// same kill -9. What runs behind them is the only difference.

import { existsSync, readdirSync, rmSync, statSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import net from 'node:net'
import { join } from 'node:path'
import { Child } from './child.ts'

const JAVA = '/usr/bin/java'
const JARS = ['/usr/share/java/zookeeper.jar', '/usr/share/java/slf4j-simple.jar']
const ANSWER_TIMEOUT_MS = 2000
/** LearnerHandler tells only at this level that it sends a TRUNC. */
const LOGGING = [
  'defaultLogLevel=info',
  'showDateTime=true',
  'dateTimeFormat=HH:mm:ss.SSS',
  'log.org.apache.zookeeper.server.quorum.LearnerHandler=debug',
]

export type MemberKind = 'ours' | 'apache'

/** Why there can be no Apache server here, or null when there can. */
export function apacheMissing(): string | null {
  const missing = [JAVA, ...JARS].filter((file) => !existsSync(file))
  if (missing.length === 0) return null
  return `not installed (${missing.join(', ')}): apt-get install zookeeper libslf4j-java`
}

export interface MemberPlan {
  readonly sid: number
  readonly kind: MemberKind
  readonly directory: string
  readonly clientPort: number
  readonly quorumPort: number
  readonly electionPort: number
}

export interface Launch {
  /** The built entry of one of our members: `node memberEntry zoo.cfg`. */
  readonly memberEntry: string
  /** Java system properties of Apache's, by name. */
  readonly properties: Readonly<Record<string, string>>
}

export class MemberProcess {
  readonly plan: MemberPlan
  readonly #launch: Launch
  #child: Child | null = null
  /** What earlier processes of this member printed. */
  #before = ''

  constructor(plan: MemberPlan, launch: Launch) {
    this.plan = plan
    this.#launch = launch
  }

  get sid(): number {
    return this.plan.sid
  }

  get kind(): MemberKind {
    return this.plan.kind
  }

  /** `server 2 (ours)`. */
  get name(): string {
    return `server ${this.sid} (${this.kind})`
  }

  get address(): string {
    return `127.0.0.1:${this.plan.clientPort}`
  }

  get pid(): number {
    return this.#child?.pid ?? 0
  }

  get running(): boolean {
    return this.#child?.running ?? false
  }

  /** All that it printed, over its restarts. */
  get output(): string {
    return this.#before + (this.#child?.output ?? '')
  }

  /** Writes its files; `config` are the lines that all members share. */
  async prepare(config: readonly string[]): Promise<void> {
    const { directory, sid, clientPort } = this.plan
    await mkdir(directory, { recursive: true })
    await writeFile(join(directory, 'myid'), `${sid}\n`)
    const own = [`dataDir=${directory}`, `clientPort=${clientPort}`, 'clientPortAddress=127.0.0.1']
    await writeFile(join(directory, 'zoo.cfg'), `${[...own, ...config].join('\n')}\n`)
  }

  start(): void {
    if (this.running) return
    this.#before = this.output
    if (this.kind === 'apache') this.#removeEmptyLogs()
    const config = join(this.plan.directory, 'zoo.cfg')
    if (this.kind === 'ours') {
      this.#child = new Child(process.execPath, [this.#launch.memberEntry, config])
      return
    }
    const args = ['-Xmx256m', '-XX:TieredStopAtLevel=1', ...LOGGING.map((line) => `-Dorg.slf4j.simpleLogger.${line}`)]
    for (const [key, value] of Object.entries(this.#launch.properties)) args.push(`-D${key}=${value}`)
    args.push('-cp', JARS.join(':'), 'org.apache.zookeeper.server.quorum.QuorumPeerMain', config)
    this.#child = new Child(JAVA, args, { cwd: this.plan.directory })
  }

  /**
   * Killed between creating a log file and writing its header, Apache 3.8 does not start again ("Unable to load database
   * on disk", EOFException; tolerated from 3.9.3): its operator would remove the empty file, which holds nothing.
   */
  #removeEmptyLogs(): void {
    const directory = join(this.plan.directory, 'version-2')
    if (!existsSync(directory)) return
    for (const name of readdirSync(directory)) {
      const file = join(directory, name)
      if (name.startsWith('log.') && statSync(file).size === 0) rmSync(file)
    }
  }

  /** kill -9, and until it is gone. */
  async kill(): Promise<void> {
    await this.#child?.killNow()
  }

  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal)
  }

  /** The answer to a four-letter word; empty when there is none. */
  ask(word: string): Promise<string> {
    return askWord(this.plan.clientPort, word)
  }

  /** `leader`, `follower`, `observer`, `standalone`, or null while it does not serve. */
  async mode(): Promise<string | null> {
    if (!this.running) return null
    return /^Mode: (\w+)/m.exec(await this.ask('srvr'))?.[1] ?? null
  }
}

export async function askWord(port: number, word: string): Promise<string> {
  const socket = net.connect(port, '127.0.0.1', () => socket.write(word))
  // A server that is just starting may accept and then say nothing.
  socket.setTimeout(ANSWER_TIMEOUT_MS, () => socket.destroy())
  let answer = ''
  try {
    for await (const chunk of socket) answer += String(chunk)
  } catch {
    return ''
  }
  return answer
}
