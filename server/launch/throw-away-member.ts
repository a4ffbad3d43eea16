// A single member of ours on a free port of the loopback, in a directory that goes with it: for examples, and for
// tests of what needs some server.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ZooKeeper } from '../client/zookeeper.ts'
import { choosePorts, HOST } from '../ensemble/ports.ts'

/** Above the ports that `zabscope up` and ZooKeeper use by default. */
const FIRST_PORT = 23_181
const OUTPUT_CHARS_MAX = 4000

export interface ThrowAwayMember {
  /** `127.0.0.1:port`. */
  readonly connectString: string
  /** Ends the process and removes its data. */
  close(): Promise<void>
}

/**
 * @param memberEntry the script that runs one member: dist/server/member.js
 * @param config lines of zoo.cfg beside dataDir and clientPort
 */
export async function startThrowAwayMember(
  memberEntry: string,
  config: readonly string[] = [],
): Promise<ThrowAwayMember> {
  const directory = await mkdtemp(join(tmpdir(), 'zabscope-member-'))
  const wish = { uses: ['client port of the throw-away member'], ports: [FIRST_PORT + (process.pid % 5000)] }
  const port = (await choosePorts([wish])).ports[0]?.[0] ?? FIRST_PORT
  const lines = [`dataDir=${directory}`, `clientPort=${port}`, `clientPortAddress=${HOST}`, 'admin.enableServer=false']
  const configFile = join(directory, 'zoo.cfg')
  await writeFile(configFile, `${[...lines, ...config].join('\n')}\n`)
  const child = spawn(process.execPath, [memberEntry, configFile], { cwd: directory, stdio: ['pipe', 'pipe', 'pipe'] })
  const exited = once(child, 'exit')
  exited.catch(() => undefined)
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-OUTPUT_CHARS_MAX)
    })
  child.stdin.on('error', () => undefined)
  const killNow = () => child.kill('SIGKILL')
  process.on('exit', killNow)
  const close = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL')
      await exited
    }
    process.off('exit', killNow)
    await rm(directory, { recursive: true, force: true })
  }
  try {
    const servers = `${HOST}:${port}`
    const ended = exited.then(() => {
      throw new Error(`the throw-away member has ended:\n${output}`)
    })
    const zk = await Promise.race([ZooKeeper.connect({ servers, connectTimeoutMs: 30_000 }), ended])
    await zk.close()
    return { connectString: servers, close }
  } catch (error) {
    await close()
    throw error
  }
}
