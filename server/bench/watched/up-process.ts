// `zabscope up` as a process of its own: started, asked for the address that it prints, and stopped.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'

const READY_TIMEOUT_MS = 60_000

export interface UpProcess {
  readonly pid: number
  /** `http://127.0.0.1:8080`. */
  readonly base: string
  readonly token: string
  /** `127.0.0.1:2181,…` */
  readonly connectString: string
  /** In good order; resolves when it has ended. */
  stop(): Promise<void>
}

/** @param entry dist/server/main.js */
export async function startUp(entry: string, dataDir: string): Promise<UpProcess> {
  const port = await freePort()
  const clientPort = await freePort()
  const args = ['up', '--data', dataDir, '--port', String(port), '--client-port', String(clientPort)]
  const child = spawn(process.execPath, [entry, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  const text = await textUntil(child, /zkCli\.sh -server (\S+)/)
  const address = /(http:\/\/\S+)\/#token=(\S+)/.exec(text)
  const servers = /zkCli\.sh -server (\S+)/.exec(text)
  if (!address || !servers) throw new Error(`zabscope up printed no address:\n${text}`)
  return {
    pid: child.pid ?? 0,
    base: address[1] ?? '',
    token: address[2] ?? '',
    connectString: servers[1] ?? '',
    async stop() {
      if (child.exitCode !== null) return
      const exit = once(child, 'exit')
      child.kill('SIGTERM')
      await exit
    },
  }
}

async function textUntil(child: ChildProcess, end: RegExp): Promise<string> {
  let text = ''
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`zabscope up is not ready:\n${text}`)), READY_TIMEOUT_MS)
    child.stdout?.on('data', (chunk: Buffer) => {
      text += String(chunk)
      if (!end.test(text)) return
      clearTimeout(timer)
      resolve(text)
    })
    child.once('exit', (code) => reject(new Error(`zabscope up ended with ${code}:\n${text}`)))
  })
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (typeof address !== 'object' || !address) throw new Error('no free port')
  return address.port
}
