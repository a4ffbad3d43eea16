// The benchmark of client libraries: ours beside the two that npm has, each in a process of its own, against one of our
// members, in turns. npm's are fetched into a folder of this run; they are no dependency of ours.

import { type ChildProcess, execFile, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { choosePorts } from '../../ensemble/ports.ts'
import { type Benchmark, formatCount, type Report } from '../benchmark.ts'

const OURS = 'ours'
const OTHERS = ['node-zookeeper-client', 'zookeeper']
const CELLS = [
  { operation: 'get', outstanding: 1 },
  { operation: 'get', outstanding: 100 },
  { operation: 'set', outstanding: 1 },
  { operation: 'set', outstanding: 100 },
] as const
const FIRST_PORT = 13_181
const INSTALL_TIMEOUT_MS = 240_000
const ANSWER_TIMEOUT_MS = 120_000
const WARM_UP_OPERATIONS = 100_000
const MEMORY_OPERATIONS = 1_000_000
const OUTSTANDING = 100
/** What a million operations may leave behind: below what a collection leaves to chance. */
const GROWTH_MIB_MAX = 4
/** Of what any other library does. One write at a time waits for the disk, whose moods can decide on a busy machine. */
const LEAST = 1

interface Job {
  readonly operation: 'get' | 'set'
  readonly outstanding: number
  readonly count: number
  readonly ms: number
}
interface Done {
  readonly operations: number
  readonly ms: number
  readonly cpuMs: number
  readonly heapMib: number
}

export const clientsBenchmark: Benchmark = {
  about: "client libraries against one member: ours, npm's node-zookeeper-client and zookeeper; memory of ours",
  options: { rounds: 5, ms: 1000 },
  async run({ rounds = 5, ms = 1000 }, report, distServer) {
    const dir = mkdtempSync(path.join(os.tmpdir(), 'zabscope-bench-clients-'))
    const processes: ChildProcess[] = []
    try {
      const address = await startMember(dir, distServer, processes)
      const installed = await install(dir, report)
      const libraries = new Map<string, Library>()
      for (const name of [OURS, ...installed])
        libraries.set(name, await Library.start(name, address, dir, distServer, processes))
      for (const cell of CELLS) await measure(cell, libraries, { rounds, ms }, report)
      const ours = libraries.get(OURS)
      if (ours) await measureMemory(ours, report)
    } finally {
      for (const child of processes) child.kill('SIGKILL')
      rmSync(dir, { recursive: true, force: true })
    }
  },
}

class Library {
  readonly #child: ChildProcess

  private constructor(child: ChildProcess) {
    this.#child = child
  }

  static async start(name: string, address: string, dir: string, distServer: string, processes: ChildProcess[]) {
    const program = path.join(dir, 'load.mjs')
    copyFileSync(path.join(distServer, '../../server/bench/clients/programs/load.mjs'), program)
    const ours = pathToFileURL(path.join(distServer, '../client/index.js')).href
    const child = fork(program, [name, address, ours], {
      execArgv: ['--expose-gc'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    processes.push(child)
    const library = new Library(child)
    await library.#answer(name)
    return library
  }

  async do(job: Job): Promise<Done> {
    this.#child.send(job)
    const answer = await this.#answer(job.operation)
    if ('error' in answer) throw new Error(`a client failed at ${job.operation}: ${String(answer.error)}`)
    return answer as Done // what load.mjs sends
  }

  async #answer(what: string): Promise<object> {
    const given = new AbortController()
    const exited = once(this.#child, 'exit', { signal: given.signal }).then(([code, signal]) => {
      throw new Error(`the process of ${what} ended with ${code ?? signal}`)
    })
    const late = AbortSignal.timeout(ANSWER_TIMEOUT_MS)
    try {
      const [answer] = await Promise.race([once(this.#child, 'message', { signal: late }), exited])
      return answer
    } finally {
      given.abort()
      exited.catch(() => undefined)
    }
  }
}

async function startMember(dir: string, distServer: string, processes: ChildProcess[]): Promise<string> {
  const { ports } = await choosePorts([{ uses: ['the member of this benchmark'], ports: [FIRST_PORT] }])
  const port = ports[0]?.[0] ?? FIRST_PORT
  const data = path.join(dir, 'member')
  mkdirSync(data)
  const config = path.join(data, 'zoo.cfg')
  const lines = { dataDir: data, clientPort: port, clientPortAddress: '127.0.0.1', 'admin.enableServer': false }
  writeFileSync(
    config,
    Object.entries(lines)
      .map(([key, value]) => `${key}=${value}\n`)
      .join(''),
  )
  processes.push(spawn(process.execPath, [path.join(distServer, 'member.js'), config], { stdio: 'ignore' }))
  return `127.0.0.1:${port}`
}

/** Those that could be installed; why another one could not is reported. */
async function install(dir: string, report: Report): Promise<string[]> {
  writeFileSync(path.join(dir, 'package.json'), '{ "private": true }\n')
  const installed: string[] = []
  for (const name of OTHERS) {
    const failed = await new Promise<string | null>((resolve) => {
      const args = ['install', '--no-audit', '--no-fund', '--loglevel=error', name]
      execFile('npm', args, { cwd: dir, timeout: INSTALL_TIMEOUT_MS }, (error, _out, said) =>
        resolve(error ? `${said.trim().split('\n').at(-1) ?? ''} ${error.message.split('\n')[0]}` : null),
      )
    })
    if (failed === null) installed.push(name)
    else report(`${name} is not measured: npm install failed`, failed.slice(0, 200))
  }
  return installed
}

type Cell = (typeof CELLS)[number]

/** One after the other in every round, so that a slow moment of the machine hits all; a first round is not counted. */
async function measure(
  cell: Cell,
  libraries: ReadonlyMap<string, Library>,
  { rounds, ms }: { readonly rounds: number; readonly ms: number },
  report: Report,
): Promise<void> {
  const rates = new Map<string, number[]>()
  const costs = new Map<string, number[]>()
  for (let round = 0; round <= rounds; round += 1) {
    for (const [name, library] of libraries) {
      const done = await library.do({ ...cell, count: Number.MAX_SAFE_INTEGER, ms })
      if (round === 0) continue
      rates.set(name, [...(rates.get(name) ?? []), done.operations / (done.ms / 1000)])
      costs.set(name, [...(costs.get(name) ?? []), (done.cpuMs * 1000) / done.operations])
    }
  }
  const ours = rates.get(OURS) ?? []
  for (const [name, all] of rates) {
    const what = `${cell.operation}, ${cell.outstanding} outstanding, ${name}`
    const figure = `${formatCount(median(all))}/s, ${median(costs.get(name) ?? []).toFixed(1)} µs`
    if (name === OURS) report(what, figure)
    else {
      const ratio = median(ours.map((rate, round) => rate / (all[round] ?? rate)))
      report(what, figure, { text: `ours >= ${LEAST}x, is ${ratio.toFixed(2)}x`, held: ratio >= LEAST })
    }
  }
}

async function measureMemory(ours: Library, report: Report): Promise<void> {
  const job = { outstanding: OUTSTANDING, ms: Number.MAX_SAFE_INTEGER } as const
  for (const operation of ['get', 'set'] as const) {
    const before = await ours.do({ ...job, operation, count: WARM_UP_OPERATIONS })
    const after = await ours.do({ ...job, operation, count: MEMORY_OPERATIONS })
    const growth = after.heapMib - before.heapMib
    report(
      `${operation}: memory after a million more`,
      `${after.heapMib.toFixed(1)} MiB (${growth >= 0 ? '+' : ''}${growth.toFixed(1)})`,
      { text: `<= +${GROWTH_MIB_MAX} MiB`, held: growth <= GROWTH_MIB_MAX },
    )
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}
