// For tests: Debian's Apache ZooKeeper, alone, with everything that operators look at switched on. Unlike
// server/storage/testing/apache.ts it reads a zoo.cfg and writes an audit log.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createConnection } from 'node:net'
import { join } from 'node:path'
import { freePort } from '../../testing/free-port.ts'

const JAVA = '/usr/bin/java'
const JARS = ['zookeeper', 'slf4j-log4j12', 'log4j-1.2', 'servlet-api'].map((name) => `/usr/share/java/${name}.jar`)
const START_TIMEOUT_MS = 60_000
const POLL_MS = 50

const LOG4J = `log4j.rootLogger=ERROR, CONSOLE
log4j.appender.CONSOLE=org.apache.log4j.ConsoleAppender
log4j.appender.CONSOLE.layout=org.apache.log4j.SimpleLayout
log4j.logger.org.apache.zookeeper.audit.Slf4jAuditLogger=INFO, AUDIT
log4j.additivity.org.apache.zookeeper.audit.Slf4jAuditLogger=false
log4j.appender.AUDIT=org.apache.log4j.FileAppender
log4j.appender.AUDIT.File=\${audit.file}
log4j.appender.AUDIT.layout=org.apache.log4j.PatternLayout
log4j.appender.AUDIT.layout.ConversionPattern=%d{ISO8601} %p %c{2}: %m%n
`

/** Why there can be none here, or null when there can. */
export function apacheOperationsMissing(): string | null {
  const missing = [JAVA, ...JARS].filter((file) => !existsSync(file))
  if (missing.length === 0) return null
  return `no Apache ZooKeeper with its logging here (${missing.join(', ')} missing): apt-get install zookeeper libservlet-api-java`
}

export interface OperatedApache {
  readonly clientPort: number
  readonly adminPort: number
  auditLog(): string
  /** SIGTERM: it says farewell in its audit log. */
  stop(): Promise<void>
}

/** `lines` of its zoo.cfg, beside directory and ports. */
export async function startOperatedApache(dir: string, lines: readonly string[]): Promise<OperatedApache> {
  const [clientPort, adminPort] = [await freePort(), await freePort()]
  const config = join(dir, 'zoo.cfg')
  const audit = join(dir, 'audit.log')
  const own = [`dataDir=${dir}`, `clientPort=${clientPort}`, `admin.serverPort=${adminPort}`]
  writeFileSync(config, [...lines, ...own, ''].join('\n'))
  writeFileSync(join(dir, 'log4j.properties'), LOG4J)
  const args = ['-Xmx200m', '-XX:TieredStopAtLevel=1', `-Daudit.file=${audit}`, '-cp', [dir, ...JARS].join(':')]
  const main = 'org.apache.zookeeper.server.quorum.QuorumPeerMain'
  const child = spawn(JAVA, [...args, main, config], { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      said += String(chunk)
    })
  const ended = once(child, 'close')
  const deadline = Date.now() + START_TIMEOUT_MS
  while (!(await answersRuok(adminPort))) {
    if (child.exitCode !== null || Date.now() > deadline) {
      child.kill('SIGKILL')
      await ended
      throw new Error(`Apache ZooKeeper does not start:\n${said}`)
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
  return {
    clientPort,
    adminPort,
    auditLog: () => readFileSync(audit, 'utf8'),
    async stop() {
      child.kill('SIGTERM')
      await ended
    },
  }
}

async function answersRuok(port: number): Promise<boolean> {
  const answer = await fetch(`http://127.0.0.1:${port}/commands/ruok`).catch(() => null)
  return answer !== null && (await answer.text()).includes('"error" : null')
}

/** What a server says to a four-letter word before it closes. */
export async function askText(port: number, word: string | Uint8Array): Promise<string> {
  const socket = createConnection(port, '127.0.0.1', () => socket.write(word))
  let answer = ''
  for await (const chunk of socket) answer += String(chunk)
  return answer
}
