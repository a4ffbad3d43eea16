// What it costs members to be watched: the same load on the same ensemble, by turns with one observer at each member and
// with none. The observers take everything and look at nothing, so that only the members' side is measured.

import { mkdtempSync, rmSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ensemble } from '../../ensemble/ensemble.ts'
import { HOST } from '../../ensemble/ports.ts'
import { type Benchmark, formatCount, type Report } from '../benchmark.ts'
import { GeneratorProcess, generatorEntry } from '../ensemble/generator-process.ts'
import { fourLetter } from '../ensemble/running-ensemble.ts'
import { spreadOf } from '../ensemble/statistics.ts'
import type { Load, LoadCell, Target } from '../load/jobs.ts'

/** Of throughput, with every view subscribed. */
const COST_MAX = 0.05
const WARM_UP_MS = 1000

const CELLS: readonly (readonly [string, LoadCell])[] = [
  ['writes of 100 B', { op: 'set', bytes: 100, connections: 8, outstanding: 16, ratePerSecond: null }],
  ['reads of 100 B', { op: 'get', bytes: 100, connections: 8, outstanding: 16, ratePerSecond: null }],
]

export const observeBenchmark: Benchmark = {
  about: 'what it costs members to be watched: throughput and processor time, with observers and without',
  options: { seconds: 4, repeats: 5 },
  async run({ seconds = 4, repeats = 5 }, report, distServer) {
    const dataDir = mkdtempSync(join(tmpdir(), 'zabscope-bench-observe-'))
    const generator = new GeneratorProcess(generatorEntry(distServer))
    const memberEntry = join(distServer, 'member.js')
    const ensemble = await Ensemble.open({ dataDir, members: 3, clientPort: null, memberEntry })
    try {
      ensemble.startAll()
      await ensemble.whenRunning()
      const target: Target = {
        ports: ensemble.plans.map(({ clientPort }) => clientPort),
        pids: ensemble.plans.map(({ sid }) => ensemble.status(sid).pid ?? 0),
      }
      for (const port of target.ports) await serving(port)
      await generator.run({ type: 'prepare', target, sizes: [100] })
      const cell = (load: LoadCell, ms: number, seed: number) =>
        generator.run({ type: 'cell', target, cell: load, seed, warmUpMs: WARM_UP_MS, measureMs: ms })
      for (const [name, load] of CELLS) {
        await cell(load, seconds * 1000, 0)
        const rounds: Round[] = []
        for (let i = 1; i <= repeats; i += 1) {
          const without = await cell(load, seconds * 1000, i)
          const observers = await observe(ensemble)
          const watched = await cell(load, seconds * 1000, i)
          rounds.push({ without, watched, bytes: observers.close() })
        }
        reportCell(name, rounds, report)
      }
    } finally {
      generator.stop()
      await ensemble.close()
      rmSync(dataDir, { recursive: true, force: true })
    }
  },
}

/** Gives up after a minute. */
async function serving(port: number): Promise<void> {
  const deadline = Date.now() + 60_000
  while (!(await fourLetter(port, 'srvr')).includes('Mode:')) {
    if (Date.now() > deadline) throw new Error(`the member on port ${port} does not serve`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

interface Round {
  readonly without: Load
  readonly watched: Load
  /** What the observers were told. */
  readonly bytes: number
}

/** The cost is the median of rounds next to each other in time: the machine is not the same for long. */
function reportCell(name: string, rounds: readonly Round[], report: Report): void {
  const median = (of: (round: Round) => number) => spreadOf(rounds.map(of)).median
  const ofThroughput = median(({ without, watched }) => 1 - watched.opsPerSecond / without.opsPerSecond)
  const ofCpu = median(({ without, watched }) => watched.cpuMicroseconds / without.cpuMicroseconds - 1)
  report(`${name}, watched by nobody`, `${formatCount(median(({ without }) => without.opsPerSecond))} ops/s`)
  report(
    `${name}, watched by one at each member`,
    `${formatCount(median(({ watched }) => watched.opsPerSecond))} ops/s`,
  )
  const text = `<= ${COST_MAX * 100} %`
  report('  cost in throughput', percent(ofThroughput), { text, held: ofThroughput <= COST_MAX })
  const cpu = [median(({ without }) => without.cpuMicroseconds), median(({ watched }) => watched.cpuMicroseconds)]
  const both = cpu.map((each) => each.toFixed(1)).join(' and ')
  report('  processor time of an operation without and with', `${both} µs, ${percent(ofCpu)}`)
  report('  told, bytes an operation', median(({ watched, bytes }) => bytes / watched.operations).toFixed(1))
  report('  others on the machine', percent(median(({ watched }) => watched.othersShare)))
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}

/** Resolves when all members have greeted. */
async function observe(ensemble: Ensemble): Promise<{ close(): number }> {
  let bytes = 0
  const sockets: Socket[] = []
  for (const { eventPort } of ensemble.plans) {
    const socket = connect(eventPort, HOST)
    sockets.push(socket)
    socket.write(`${ensemble.secret}\n`)
    await new Promise<void>((resolve, reject) => {
      socket.once('data', () => resolve())
      socket.once('error', reject)
    })
    socket.on('data', (chunk: Buffer) => {
      bytes += chunk.length
    })
  }
  return {
    close() {
      for (const socket of sockets) socket.destroy()
      return bytes
    },
  }
}
