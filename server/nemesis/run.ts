// One run from beginning to end: members and clients are started, broken as planned, healed, left in peace until they
// agree; then what is left of them is read and judged.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Ensemble } from '../ensemble/ensemble.ts'
import type { NemesisArguments } from './arguments.ts'
import { askNumber } from './ask-member.ts'
import { readMemberLog } from './chosen-log.ts'
import { ClientThread } from './client-thread.ts'
import type { Recorded } from './client-worker.ts'
import { keepEvidence, toJson } from './evidence.ts'
import { readDiskTree, readSeenTree, type SeenTree } from './final-trees.ts'
import { Injector } from './injector.ts'
import { judge, type Remains } from './judge.ts'
import { archiveOf, LogArchive } from './log-archive.ts'
import { Members } from './members.ts'
import { planFaults } from './plan.ts'
import { machineMs } from './recorder.ts'
import { makeReport, type Report } from './report.ts'
import type { Finding } from './run-checks.ts'

const TICK_MS = 400
const SESSION_TIMEOUT_MS = 4000
/** After the last fault: electing, synchronizing, agreeing (V-1, V-2, V-7). */
const SETTLE_MAX_MS = 60_000
/** After the last client: sessions without an end of their own expire (V-5). */
const EXPIRE_MAX_MS = 4 * SESSION_TIMEOUT_MS
const POLL_MS = 100

/** Small limits, so that a short run meets every one of them. */
const SETTINGS = {
  tickTime: String(TICK_MS),
  initLimit: '15',
  syncLimit: '5',
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

/** `say`: progress in words. Rejects when the run could not be made. */
export async function runNemesis(
  args: NemesisArguments,
  paths: RunPaths,
  say: (line: string) => void,
): Promise<Report> {
  const dir = args.dir ?? mkdtempSync(join(tmpdir(), 'zabscope-nemesis-'))
  const ensemble = await Ensemble.open({
    dataDir: dir,
    members: args.members,
    clientPort: null,
    memberEntry: paths.memberEntry,
    settings: SETTINGS,
  })
  const archive = new LogArchive(ensemble.plans, join(dir, 'archive'))
  const members = new Members(ensemble)
  let clients: ClientThread | null = null
  try {
    ensemble.startAll()
    await ensemble.whenRunning()
    const lengthMs = args.minutes * 60_000
    const plan = planFaults(args.seed, lengthMs, args.faults)
    say(`seed ${args.seed}: ${plan.length} faults in ${args.minutes} minutes, on ${args.members} members in ${dir}`)
    clients = await ClientThread.start(paths.self, {
      seed: args.seed,
      clients: args.clients,
      pauseMs: args.pauseMs,
      sessionTimeoutMs: SESSION_TIMEOUT_MS,
      connectString: ensemble.connectString,
      members: ensemble.plans.map(({ clientPort, sid }) => [clientPort, sid]),
    })
    const thread = clients
    const startedAtMs = machineMs()
    const injector = new Injector(members, (order) => thread.order(order))
    const progress = setInterval(() => {
      const seconds = Math.round((machineMs() - startedAtMs) / 1000)
      say(`  ${seconds} s: ${injector.done.length} of ${plan.length} faults`)
    }, 30_000)
    try {
      await Promise.race([
        injector.run(plan).then(() => delay(Math.max(0, lengthMs - (machineMs() - startedAtMs)))),
        thread.failed,
      ])
    } finally {
      clearInterval(progress)
      injector.stop()
    }
    const endedAtMs = machineMs()
    say('healing, and waiting until all is quiet')
    thread.order({ type: 'heal' })
    await members.heal()
    const late: Finding[] = []
    if (!(await members.agree(SETTLE_MAX_MS)) && !(await isMoving(members)))
      late.push({ id: 'V-1', what: `no leader serves ${SETTLE_MAX_MS / 1000} s after the last fault` })
    const recorded = await thread.stop()
    late.push(...(await settle(members)))
    const seen = await Promise.all(members.sids.map((sid) => readSeenTree(members.clientPort(sid))))
    if (!(await members.agree(SETTLE_MAX_MS))) late.push({ id: 'V-2', what: 'the members do not come to agree' })
    members.endSupervision()
    await ensemble.close()
    archive.close()
    say(`judging ${recorded.operations.length} calls`)
    const remains = await readRemains(ensemble, seen, join(dir, 'archive'))
    const judged = judge(recorded, remains)
    const byRun = [
      { name: 'members end only where a fault explains it', ms: 0, findings: ended(members) },
      { name: 'healed, they serve, agree, and end old sessions in time (V-1, V-2, V-5, V-7)', ms: 0, findings: late },
    ]
    const judgement = { ...judged, checks: [...judged.checks, ...byRun] }
    const clean = judgement.checks.every(({ findings }) => findings.length === 0)
    const facts = {
      args,
      startedAtMs,
      endedAtMs,
      done: injector.done,
      diskEnds: members.diskEnds,
      ...countsOf(recorded),
    }
    const keep = !clean || args.dir !== null
    const report = makeReport(facts, judgement, keep ? dir : null)
    if (keep) {
      await keepEvidence(dir, recorded, judged.chosen.log, injector.done)
      writeFileSync(join(dir, 'report.json'), toJson(report, 2))
    } else rmSync(dir, { recursive: true, force: true })
    if (args.report !== null) writeFileSync(args.report, toJson(report, 2))
    return report
  } catch (error) {
    say(`the run was given up; what there is of it is in ${dir}`)
    throw error
  } finally {
    members.endSupervision()
    archive.close()
    await clients?.end()
    await ensemble.close()
  }
}

/** While clients write, zxids need not be equal at the moment of asking: then it is enough that everybody serves. */
async function isMoving(members: Members): Promise<boolean> {
  for (const sid of members.sids) if (!(await members.serves(sid, POLL_MS))) return false
  return (await members.leader()) !== null
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

function ended(members: Members): Finding[] {
  return members.unexpected.map((what) => ({ id: 'MEMBER', what }))
}

function countsOf({ operations, events, connections, beliefs }: Recorded) {
  const sessions = new Set(connections.filter((one) => one.establishedAtMs !== null).map((one) => one.sessionId)).size
  return { operations, events: events.length, connections: connections.length, sessions, lockTurns: beliefs.length }
}
