// One run from beginning to end: members and clients are started, broken as planned, healed, left in peace until they
// agree; then what is left of them is read and judged.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { askNumber } from '../ensemble/ask-member.ts'
import { Ensemble } from '../ensemble/ensemble.ts'
import { EnsembleError } from '../ensemble/ensemble-error.ts'
import type { NemesisArguments } from './arguments.ts'
import { readMemberLog } from './chosen-log.ts'
import { ClientThread } from './client-thread.ts'
import type { Recorded } from './client-worker.ts'
import { keepEvidence, toJson } from './evidence.ts'
import { readDiskTree, readSeenTree, type SeenTree } from './final-trees.ts'
import { type DoneFault, Injector } from './injector.ts'
import { judge, type Remains } from './judge.ts'
import { archiveOf, LogArchive } from './log-archive.ts'
import { Members } from './members.ts'
import { planFaults } from './plan.ts'
import { machineMs } from './recorder.ts'
import { makeReport, type Report } from './report.ts'
import type { Finding } from './run-checks.ts'

const TICK_MS = 250
const SESSION_TIMEOUT_MS = 5000
/** After the last fault: electing, synchronizing, agreeing (V-1, V-2, V-7). */
const SETTLE_MAX_MS = 60_000
/** After the last client: sessions without an end of their own expire (V-5). */
const EXPIRE_MAX_MS = 4 * SESSION_TIMEOUT_MS
const POLL_MS = 100
const PROGRESS_MS = 30_000
const ARCHIVE = 'archive'
const START_TRIES = 3

/** Small limits, so that a short run meets every one of them. */
const SETTINGS = {
  tickTime: String(TICK_MS),
  initLimit: '16',
  syncLimit: '4',
  snapCount: '3000',
  preAllocSize: '256',
  'autopurge.purgeInterval': '0',
  'zabscope.faults': 'true',
}

export interface RunPaths {
  /** dist/server/member.js */
  readonly memberEntry: string
  /** This very program, for the clients' thread. */
  readonly self: URL
}

type Say = (line: string) => void

/** What is on while a run lasts. */
interface Stage {
  readonly args: NemesisArguments
  readonly dir: string
  readonly ensemble: Ensemble
  readonly archive: LogArchive
  readonly members: Members
  readonly say: Say
}

/** `say`: progress in words. Rejects when the run could not be made. */
export async function runNemesis(args: NemesisArguments, paths: RunPaths, say: Say): Promise<Report> {
  const dir = args.dir ?? mkdtempSync(join(tmpdir(), 'zabscope-nemesis-'))
  const ensemble = await startEnsemble(dir, args.members, paths.memberEntry)
  const archive = new LogArchive(ensemble.plans, join(dir, ARCHIVE))
  const stage: Stage = { args, dir, ensemble, archive, members: new Members(ensemble), say }
  let clients: ClientThread | null = null
  try {
    clients = await ClientThread.start(paths.self, {
      seed: args.seed,
      clients: args.clients,
      pauseMs: args.pauseMs,
      sessionTimeoutMs: SESSION_TIMEOUT_MS,
      connectString: ensemble.connectString,
      members: ensemble.plans.map(({ clientPort, sid }) => [clientPort, sid]),
    })
    const attack = await attackAll(stage, clients)
    const { recorded, seen, late } = await calm(stage, clients)
    return await judgeRun(stage, attack, recorded, seen, late)
  } catch (error) {
    say(`the run was given up; what there is of it is in ${dir}`)
    throw error
  } finally {
    stage.members.endSupervision()
    archive.close()
    await clients?.end()
    await ensemble.close()
  }
}

/** Other programs may take a port between our choice and its use; then all are chosen anew. */
async function startEnsemble(dataDir: string, members: number, memberEntry: string): Promise<Ensemble> {
  for (let tries = 1; ; tries += 1) {
    const ensemble = await Ensemble.open({ dataDir, members, clientPort: null, memberEntry, settings: SETTINGS })
    try {
      ensemble.startAll()
      await ensemble.whenRunning()
      return ensemble
    } catch (error) {
      await ensemble.close()
      if (!(error instanceof EnsembleError && error.code === 'PORT_TAKEN' && tries < START_TRIES)) throw error
    }
  }
}

interface Attack {
  readonly startedAtMs: number
  readonly endedAtMs: number
  readonly done: readonly DoneFault[]
}

async function attackAll({ args, dir, members, say }: Stage, clients: ClientThread): Promise<Attack> {
  const lengthMs = args.minutes * 60_000
  const plan = planFaults(args.seed, lengthMs, args.faults)
  say(`seed ${args.seed}: ${plan.length} faults in ${args.minutes} minutes, on ${args.members} members in ${dir}`)
  const startedAtMs = machineMs()
  const injector = new Injector(members, (order) => clients.order(order))
  const progress = setInterval(() => {
    const seconds = Math.round((machineMs() - startedAtMs) / 1000)
    say(`  ${seconds} s: ${injector.done.length} of ${plan.length} faults`)
  }, PROGRESS_MS)
  const attack = async () => {
    await injector.run(plan)
    await delay(Math.max(0, startedAtMs + lengthMs - machineMs()))
  }
  try {
    await Promise.race([attack(), clients.failed])
  } finally {
    clearInterval(progress)
    injector.stop()
  }
  return { startedAtMs, endedAtMs: machineMs(), done: injector.done }
}

/** Heals, ends the clients, waits until everybody agrees, and reads what each member shows. */
async function calm({ ensemble, archive, members, say }: Stage, clients: ClientThread) {
  say('healing, and waiting until all is quiet')
  const late: Finding[] = []
  clients.order({ type: 'heal' })
  await members.heal()
  if (!(await members.allServe(SETTLE_MAX_MS)))
    late.push({ id: 'V-1', what: `not every member serves ${SETTLE_MAX_MS / 1000} s after the last fault` })
  const recorded = await clients.stop()
  late.push(...(await settle(members)))
  const seen = await Promise.all(members.sids.map((sid) => readSeenTree(members.clientPort(sid))))
  // Reading took sessions, whose ends are txns, too.
  if (!(await members.agree(SETTLE_MAX_MS))) late.push({ id: 'V-2', what: 'the members do not come to agree' })
  members.endSupervision()
  await ensemble.close()
  archive.close()
  return { recorded, seen, late }
}

async function judgeRun(
  { args, dir, ensemble, members, say }: Stage,
  attack: Attack,
  recorded: Recorded,
  seen: readonly SeenTree[],
  late: readonly Finding[],
): Promise<Report> {
  say(`judging ${recorded.operations.length} calls`)
  const judged = judge(recorded, await readRemains(ensemble, seen, join(dir, ARCHIVE)))
  const ends = members.unexpected.map((what) => ({ id: 'MEMBER', what }))
  const byRun = [
    { name: 'members end only where a fault explains it', ms: 0, findings: ends },
    { name: 'healed, they serve, agree, and end old sessions in time (V-1, V-2, V-5, V-7)', ms: 0, findings: late },
  ]
  const judgement = { ...judged, checks: [...judged.checks, ...byRun] }
  const isClean = judgement.checks.every(({ findings }) => findings.length === 0)
  const keep = !isClean || args.dir !== null
  const facts = { args, ...attack, diskEnds: members.diskEnds, ...countsOf(recorded) }
  const report = makeReport(facts, judgement, keep ? dir : null)
  if (keep) {
    await keepEvidence(dir, recorded, judged.chosen.log, attack.done)
    writeFileSync(join(dir, 'report.json'), toJson(report, 2))
  } else rmSync(dir, { recursive: true, force: true })
  if (args.report !== null) writeFileSync(args.report, toJson(report, 2))
  return report
}

/** Waits for what sessions leave behind; says what does not come. */
async function settle(members: Members): Promise<Finding[]> {
  const deadline = performance.now() + EXPIRE_MAX_MS
  for (;;) {
    const left = await Promise.all(members.sids.map((sid) => askNumber(members.clientPort(sid), 'zk_ephemerals_count')))
    if (left.every((count) => count === 0)) break
    if (performance.now() > deadline)
      return [
        { id: 'V-5', what: `ephemerals stay ${EXPIRE_MAX_MS / 1000} s after the last client: ${left.join(', ')}` },
      ]
    await delay(POLL_MS)
  }
  // Sessions without ephemerals leave no trace in mntr: their time is waited for.
  await delay(SESSION_TIMEOUT_MS + 3 * TICK_MS)
  if (await members.agree(SETTLE_MAX_MS)) return []
  return [{ id: 'V-2', what: `the members do not agree ${SETTLE_MAX_MS / 1000} s after the last client` }]
}

async function readRemains(ensemble: Ensemble, seen: readonly SeenTree[], archive: string): Promise<Remains[]> {
  const remains: Remains[] = []
  for (const [i, { sid, dir }] of ensemble.plans.entries()) {
    const log = await readMemberLog(sid, dir, archiveOf(archive, sid))
    remains.push({ sid, seen: seen[i] ?? new Map(), tree: await readDiskTree(dir), log })
  }
  return remains
}

function countsOf({ operations, events, connections, beliefs, isFull }: Recorded) {
  const sessions = new Set(connections.filter((one) => one.establishedAtMs !== null).map((one) => one.sessionId)).size
  return {
    operations,
    events: events.length,
    connections: connections.length,
    sessions,
    lockTurns: beliefs.length,
    isFull,
  }
}
