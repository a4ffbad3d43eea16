// For tests: Debian's Apache ZooKeeper as a member of an ensemble, in a process and a directory of its own.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, writeFileSync } from 'node:fs'
import { createConnection } from 'node:net'
import { join } from 'node:path'
import { vi } from 'vitest'

const JAVA = '/usr/bin/java'
const NETTY = ['buffer', 'codec', 'common', 'handler', 'resolver', 'transport'].map((part) => `netty-${part}`)
/** Netty is there for TLS, which even a quorum port looks at with it; the last one for a log on stderr. */
const JARS = ['zookeeper', ...NETTY, 'slf4j-simple'].map((name) => `/usr/share/java/${name}.jar`)
const START_TIMEOUT_MS = 60_000
const LOG_CHARS_MAX = 200_000

/** Why there can be no Apache server here, or null when there can. Tests print it when they skip. */
export function apacheMemberMissing(): string | null {
  const missing = [JAVA, ...JARS].filter((file) => !existsSync(file))
  if (missing.length === 0) return null
  return `no Apache ZooKeeper here (${missing.join(' and ')} missing): apt-get install zookeeper libnetty-java libslf4j-java`
}

export interface ApacheMember {
  /** The end of what it has printed. */
  log(): string
  /** SIGKILL. */
  kill(): Promise<void>
}

/** `lines` of its zoo.cfg, which is put into `dir` with its myid; `properties` of its Java. Not serving yet. */
export function startApacheMember(
  dir: string,
  sid: number,
  lines: readonly string[],
  properties: Readonly<Record<string, string>> = {},
): ApacheMember {
  const config = join(dir, 'zoo.cfg')
  const own = [`dataDir=${dir}`, 'admin.enableServer=false', 'preAllocSize=64', '4lw.commands.whitelist=*']
  writeFileSync(config, [...own, ...lines].join('\n'))
  writeFileSync(join(dir, 'myid'), String(sid))
  const given = Object.entries(properties).map(([key, value]) => `-D${key}=${value}`)
  const java = ['-Xmx256m', '-XX:TieredStopAtLevel=1', ...given, '-cp', JARS.join(':')]
  const child = spawn(JAVA, [...java, 'org.apache.zookeeper.server.quorum.QuorumPeerMain', config], {
    cwd: dir,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let log = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      log = (log + String(chunk)).slice(-LOG_CHARS_MAX)
    })
  const ended = once(child, 'close')
  return {
    log: () => log,
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
  }
}

/** The answer to a four-letter word; empty when nobody answers. */
export function askWord(port: number, word: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = ''
    const socket = createConnection(port, '127.0.0.1', () => socket.write(word))
    socket.setTimeout(2000, () => socket.destroy())
    socket.on('data', (chunk) => {
      answer += String(chunk)
    })
    socket.on('error', () => socket.destroy())
    socket.on('close', () => resolve(answer))
  })
}

/** Waits until the server at this port says `Mode: <mode>`. */
export async function becomes(port: number, mode: string): Promise<void> {
  const says = async () => {
    const answer = await askWord(port, 'srvr')
    if (!answer.includes(`Mode: ${mode}`)) throw new Error(`not ${mode} yet: ${answer || 'no answer'}`)
  }
  await vi.waitFor(says, { timeout: START_TIMEOUT_MS, interval: 50 })
}
