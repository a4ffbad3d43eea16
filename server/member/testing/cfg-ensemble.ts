// For tests: an ensemble whose servers are started from files, as an operator starts them, each by us (in this
// process) or by Apache (as a process of its own); and Apache's shell as their client.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { vi } from 'vitest'
import { freePort } from '../../testing/free-port.ts'
import { loadConfig } from '../config/config.ts'
import { silentLogger } from '../logging.ts'
import { type RunningServer, startServer } from '../server.ts'

const JAVA = '/usr/bin/java'
const JAR = '/usr/share/java/zookeeper.jar'
const ZK_CLI = '/usr/share/zookeeper/bin/zkCli.sh'
const JVM = ['-Xmx200m', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC']
export const PATIENT = { timeout: 60_000, interval: 50 }
const ASK_TIMEOUT_MS = 2000
/** Of `super:secret`. */
const SUPER_DIGEST = 'super:lK75jTNcA+U9vtVEw5vB51mj/w4='

/** Why Apache cannot take part; null when it can. Tests print it when they skip. */
export function apacheMissing(): string | null {
  const missing = [JAVA, JAR, ZK_CLI].filter((file) => !fs.existsSync(file))
  return missing.length === 0 ? null : `${missing.join(', ')} missing: apt-get install zookeeper`
}

export interface Place {
  readonly sid: number
  readonly clientPort: number
  readonly quorumPort: number
  readonly electionPort: number
}

type Running = { readonly ours: RunningServer } | { readonly apache: ChildProcess }

export class CfgEnsemble {
  readonly dir = fs.mkdtempSync(path.join(os.tmpdir(), 'zabscope-cfg-'))
  readonly #running = new Map<number, Running>()
  /** What failed for good, by server. */
  readonly fatal: string[] = []

  async place(sid: number): Promise<Place> {
    return { sid, clientPort: await freePort(), quorumPort: await freePort(), electionPort: await freePort() }
  }

  static line(place: Place, role = 'participant'): string {
    const { sid, clientPort, quorumPort, electionPort } = place
    return `server.${sid}=127.0.0.1:${quorumPort}:${electionPort}:${role};127.0.0.1:${clientPort}`
  }

  configPath(sid: number): string {
    return path.join(this.dir, `${sid}.cfg`)
  }

  /** zoo.cfg, dataDir and myid of one server. */
  write(sid: number, lines: readonly string[]): void {
    const dataDir = path.join(this.dir, `data-${sid}`)
    fs.mkdirSync(dataDir, { recursive: true })
    fs.writeFileSync(path.join(dataDir, 'myid'), `${sid}\n`)
    const common = [
      '# written by hand',
      ...['tickTime=500', 'initLimit=20', 'syncLimit=10', `dataDir=${dataDir}`, 'preAllocSize=64'],
      ...['admin.enableServer=false', '4lw.commands.whitelist=*', 'maxSessionTimeout=20000'],
      `DigestAuthenticationProvider.superDigest=${SUPER_DIGEST}`,
    ]
    fs.writeFileSync(this.configPath(sid), `${[...common, ...lines].join('\n')}\n`)
  }

  async startOurs(sid: number): Promise<void> {
    const config = loadConfig(this.configPath(sid))
    if (!config.ok) throw new Error(config.error.join('\n'))
    const ours = await startServer({
      config: config.value,
      secret: null,
      log: silentLogger(),
      onFatal: (what, error) => this.fatal.push(`${sid} ${what}: ${error}`),
    })
    this.#running.set(sid, { ours })
  }

  /** `properties`: Java system properties, for what cannot be written into zoo.cfg. */
  startApache(sid: number, properties: readonly string[] = []): void {
    const log = fs.openSync(path.join(this.dir, `apache-${sid}.log`), 'a')
    const main = ['org.apache.zookeeper.server.quorum.QuorumPeerMain', this.configPath(sid)]
    const args = [...JVM, ...properties.map((property) => `-D${property}`), '-cp', JAR, ...main]
    this.#running.set(sid, { apache: spawn(JAVA, args, { stdio: ['ignore', log, log] }) })
    fs.closeSync(log)
  }

  async stop(sid: number): Promise<void> {
    const running = this.#running.get(sid)
    this.#running.delete(sid)
    if (!running) return
    if ('ours' in running) return running.ours.stop()
    if (running.apache.exitCode === null && running.apache.kill('SIGKILL')) await once(running.apache, 'close')
  }

  async end(): Promise<void> {
    await Promise.all([...this.#running.keys()].map((sid) => this.stop(sid)))
    fs.rmSync(this.dir, { recursive: true, force: true })
  }

  /** The servers' words for what they do, by port; waits until they are as expected. */
  async modes(ports: readonly number[], expected: (modes: readonly string[]) => boolean): Promise<readonly string[]> {
    return vi.waitFor(async () => {
      const modes = await Promise.all(ports.map(modeAt))
      if (!expected(modes)) throw new Error(`modes ${modes.join(', ')}; fatal: ${this.fatal.join('; ')}`)
      return modes
    }, PATIENT)
  }

  /** One leader, and all others in its service. */
  async serving(ports: readonly number[]): Promise<readonly string[]> {
    return this.modes(
      ports,
      (modes) => modes.filter((mode) => mode === 'leader').length === 1 && modes.every((mode) => mode !== 'none'),
    )
  }

  /** What Apache's shell prints for these commands, given one after the other; the superuser asks. */
  async shell(port: number, commands: readonly string[], options: readonly string[] = []): Promise<string> {
    const shell = spawn(ZK_CLI, ['-timeout', '20000', ...options, '-server', `127.0.0.1:${port}`], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, CLIENT_JVMFLAGS: JVM.join(' ') },
    })
    let text = ''
    for (const stream of [shell.stdout, shell.stderr])
      stream.on('data', (chunk) => {
        text += String(chunk)
      })
    shell.stdin.end(`${['addauth digest super:secret', ...commands, 'quit'].join('\n')}\n`)
    await once(shell, 'close')
    return text
  }
}

async function modeAt(port: number): Promise<string> {
  const text = await askWord(port, 'srvr').catch(() => '')
  return /Mode: (\S+)/.exec(text)?.[1] ?? 'none'
}

/** The answer to a four-letter word. */
export async function askWord(port: number, word: string): Promise<string> {
  const socket = net.connect(port, '127.0.0.1', () => socket.write(word))
  socket.setTimeout(ASK_TIMEOUT_MS, () => socket.destroy())
  let answer = ''
  for await (const chunk of socket) answer += String(chunk)
  return answer
}
