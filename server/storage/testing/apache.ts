// Debian's Apache ZooKeeper over a data directory, for tests against the reference: as a standalone server, or
// one of its tools. What it is asked goes over a bare socket.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import net from 'node:net'
import { JuteReader } from '#shared/jute/reader.ts'
import { writeRequest } from '#shared/jute/records/client-frame.ts'
import { readConnectResponse, writeConnectRequest } from '#shared/jute/records/connect.ts'
import { JuteWriter } from '#shared/jute/writer.ts'
import { NO_SESSION } from '#shared/zk/ids.ts'
import type { ClientRequest } from '#shared/zk/request.ts'
import { ZERO_ZXID } from '#shared/zk/zxid.ts'
import { freePort } from '../../testing/free-port.ts'

const JAR = '/usr/share/java/zookeeper.jar'
const JAVA = '/usr/bin/java'
const START_TIMEOUT_MS = 60_000
const POLL_MS = 50
const ANSWER_TIMEOUT_MS = 2000
const JAVA_ARGS = ['-Xmx256m', '-XX:TieredStopAtLevel=1', '-Dzookeeper.4lw.commands.whitelist=*']

/** Why there can be no Apache server here, or null when there can. Tests print it when they skip. */
export function apacheMissing(): string | null {
  const missing = [JAVA, JAR].filter((file) => !fs.existsSync(file))
  if (missing.length === 0) return null
  return `no Apache ZooKeeper here (${missing.join(' and ')} missing): apt-get install zookeeper, then these tests run`
}

/** What one of its tools prints, for example org.apache.zookeeper.server.SnapshotFormatter. Rejects when it fails. */
export async function runTool(main: string, ...args: string[]): Promise<string> {
  const child = spawn(JAVA, [...JAVA_ARGS, '-cp', JAR, main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  let printed = ''
  let complaints = ''
  child.stdout.on('data', (chunk) => {
    printed += String(chunk)
  })
  child.stderr.on('data', (chunk) => {
    complaints += String(chunk)
  })
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`${main} ended with ${String(code)}:\n${complaints}`)
  return printed
}

export interface Apache {
  readonly port: number
  /** The answer to a four-letter word. */
  ask(word: string): Promise<string>
  /** Opens a session, sends these requests, and waits for as many answers. The session is left open. */
  send(requests: readonly ClientRequest[]): Promise<void>
  /** SIGKILL. */
  kill(): Promise<void>
}

/**
 * A standalone server on `dataDir`, serving. Rejects with what it printed when it does not start.
 * @param properties Java system properties: { 'zookeeper.extendedTypesEnabled': 'true' }
 */
export async function startApache(dataDir: string, properties: Readonly<Record<string, string>> = {}): Promise<Apache> {
  const port = await freePort()
  const args = ['-Dzookeeper.admin.enableServer=false', '-Dzookeeper.preAllocSize=64', '-cp', JAR]
  const main = ['org.apache.zookeeper.server.ZooKeeperServerMain', String(port), dataDir]
  const given = Object.entries(properties).map(([key, value]) => `-D${key}=${value}`)
  const child = spawn(JAVA, [...JAVA_ARGS, ...given, ...args, ...main], { stdio: ['ignore', 'pipe', 'pipe'] })
  let log = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      log += String(chunk)
    })
  }
  const ended = once(child, 'close')
  const deadline = Date.now() + START_TIMEOUT_MS
  while (!(await ask(port, 'srvr').catch(() => '')).includes('Mode:')) {
    if (child.exitCode !== null || Date.now() > deadline) {
      child.kill('SIGKILL')
      await ended
      throw new Error(`Apache ZooKeeper does not serve ${dataDir}:\n${log}`)
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
  const sockets: net.Socket[] = []
  return {
    port,
    ask: (word) => ask(port, word),
    send: async (requests) => {
      const socket = net.connect(port, '127.0.0.1')
      sockets.push(socket)
      await exchange(socket, requests)
    },
    kill: async () => {
      child.kill('SIGKILL')
      await ended
      for (const socket of sockets) socket.destroy()
    },
  }
}

async function ask(port: number, word: string): Promise<string> {
  const socket = net.connect(port, '127.0.0.1', () => socket.write(word))
  // A server that is just starting may accept and then say nothing.
  socket.setTimeout(ANSWER_TIMEOUT_MS, () => socket.destroy())
  let answer = ''
  for await (const chunk of socket) answer += String(chunk)
  return answer
}

async function exchange(socket: net.Socket, requests: readonly ClientRequest[]): Promise<void> {
  const writer = new JuteWriter()
  const hello = writer.beginLength()
  writeConnectRequest(writer, {
    protocolVersion: 0,
    lastZxidSeen: ZERO_ZXID,
    timeoutMs: 30_000,
    sessionId: NO_SESSION,
    passwd: null,
    readOnly: false,
  })
  writer.endLength(hello)
  for (const [index, request] of requests.entries()) {
    const place = writer.beginLength()
    writeRequest(writer, index + 1, request)
    writer.endLength(place)
  }
  socket.write(writer.take())
  let received = Buffer.alloc(0)
  let answers = 0
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    received = Buffer.concat([received, chunk])
    while (received.length >= 4 && received.length >= 4 + received.readInt32BE(0)) {
      const frame = received.subarray(4, 4 + received.readInt32BE(0))
      received = received.subarray(4 + frame.length)
      if (answers === 0) readConnectResponse(new JuteReader(frame))
      else if (frame.readInt32BE(12) !== 0) throw new Error(`request ${answers} failed with ${frame.readInt32BE(12)}`)
      answers += 1
    }
    if (answers > requests.length) return
  }
  throw new Error('the server closed the connection')
}
