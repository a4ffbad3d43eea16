// One run: members and contenders are started, killed and stopped as planned, and ended; then a member's log is read
// from the beginning and judged.

import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { readEntry } from '#shared/jute/records/txn.ts'
import type { Entry } from '#shared/zk/txn.ts'
import { ensurePath } from '../client/recipes/ensure-path.ts'
import { ZooKeeper } from '../client/zookeeper.ts'
import { Ensemble } from '../peers/harness/ensemble.ts'
import type { MemberProcess } from '../peers/harness/member-process.ts'
import { scanLog } from '../storage/txn-log-reader.ts'
import {
  type Contenders,
  countEvents,
  endContenders,
  type Library,
  type Places,
  prepareCurator,
  shareOut,
  startContenders,
} from './contenders.ts'
import { type LockHistory, readLockHistory } from './history.ts'
import { judgeHistory, type Verdict } from './judge.ts'
import { planBlows } from './kill-plan.ts'
import { LOCK_DIR, SESSION_TIMEOUT_MS } from './layout.ts'
import { stopHolder } from './stop-holder.ts'

export interface ExclusionOptions {
  readonly minutes: number
  readonly seed: number
  readonly contenders: number
  /** Besides ours. */
  readonly others: readonly Library[]
  /** dist/…/member.js */
  readonly memberEntry: string
  readonly contenderEntry: string
  readonly programs: string
  readonly say: (line: string) => void
}

export interface ExclusionReport extends Verdict {
  readonly history: LockHistory
  readonly kills: number
  readonly stops: number
  readonly fenced: number
  /** How often somebody got inside, in each tenth of the run. */
  readonly tenths: readonly number[]
}

const MEMBERS = ['ours', 'ours', 'ours'] as const
const TICK_MS = 500
const PROGRESS_MS = 15_000
/** Whoever looks on is not to expire. */
const OBSERVER_TIMEOUT_MS = 10_000
/** Contenders of every library are connected by then, or never. */
const JOIN_TIMEOUT_MS = 60_000
const POLL_MS = 50
const OUTPUT_SHOWN_CHARS = 1000

export async function runExclusion(options: ExclusionOptions): Promise<ExclusionReport> {
  const { memberEntry, others, contenders, say } = options
  const ensemble = await Ensemble.start({ kinds: MEMBERS, memberEntry, config: { tickTime: TICK_MS } })
  const started: Contenders[] = []
  try {
    await ensemble.whenServing()
    const places: Places = { ...options, scratch: join(ensemble.directory, 'scratch') }
    await mkdir(places.scratch)
    if (others.includes('curator')) await prepareCurator(places)
    const groups = shareOut(contenders, others)
    for (const { library, names } of groups)
      started.push(startContenders(library, names, ensemble.connectString, places))
    await whenAllContend(ensemble, contenders)
    say(
      `${contenders} contenders at work: ${groups.map(({ library, names }) => `${names.length} ${library}`).join(', ')}`,
    )

    const fromMs = Date.now()
    const done = await attack(options, ensemble, started)
    const untilMs = Date.now()
    const troubles = (await Promise.all(started.map(endContenders))).flat()
    const ended = ensemble.members
      .filter(({ running }) => !running)
      .map(({ name, output }) => `${name} ended by itself: ${output.slice(-OUTPUT_SHOWN_CHARS)}`)
    const history = readLockHistory(await readLog(ensemble))
    const names = groups.flatMap((group) => group.names)
    const verdict = judgeHistory(history, { names, fromMs, untilMs })
    const violations = [...ended, ...troubles, ...verdict.violations]
    const tenths = Array.from({ length: 10 }, (_, i) => {
      const start = fromMs + ((untilMs - fromMs) * i) / 10
      const end = start + (untilMs - fromMs) / 10
      return history.grants.filter(({ timeMs }) => timeMs >= start && timeMs < end).length
    })
    return { ...verdict, ...done, violations, history, tenths, fenced: countEvents(started, 'fenced') }
  } finally {
    await Promise.all(started.map(({ child }) => child.killNow()))
    await ensemble.close()
  }
}

/** The lock's directory has as many places as there are contenders, one inside included. */
async function whenAllContend(ensemble: Ensemble, contenders: number): Promise<void> {
  const zk = await ZooKeeper.connect({ servers: ensemble.connectString })
  const deadline = performance.now() + JOIN_TIMEOUT_MS
  try {
    await ensurePath(zk, LOCK_DIR)
    // Some are thinking at any time.
    const enough = Math.max(1, Math.floor(contenders * 0.8))
    for (let most = 0; most < enough; await delay(POLL_MS)) {
      most = Math.max(most, (await zk.exists(LOCK_DIR))?.numChildren ?? 0)
      if (performance.now() > deadline)
        throw new Error(`only ${most} of ${contenders} contenders came in ${JOIN_TIMEOUT_MS} ms`)
    }
  } finally {
    await zk.close()
  }
}

async function attack(
  { minutes, seed, say }: ExclusionOptions,
  ensemble: Ensemble,
  contenders: readonly Contenders[],
): Promise<{ kills: number; stops: number }> {
  const lengthMs = minutes * 60_000
  const observer = await ZooKeeper.connect({ servers: ensemble.connectString, sessionTimeoutMs: OBSERVER_TIMEOUT_MS })
  const startedAtMs = performance.now()
  const elapsedMs = () => performance.now() - startedAtMs
  const counts = { kills: 0, stops: 0 }
  const stops: Promise<void>[] = []
  let killing: Promise<void> = Promise.resolve()
  let stopped = 0
  /** How late we are: who was killed must serve again before the next one is, however slow the machine. */
  let lateMs = 0
  const progress = setInterval(() => {
    const seconds = Math.round(elapsedMs() / 1000)
    say(`  ${seconds} s: ${counts.kills} members killed, ${counts.stops} processes of contenders stopped`)
  }, PROGRESS_MS)
  const stop = async (group: Contenders, forMs: number) => {
    stopped += 1
    const caught = await stopHolder(observer, group, forMs).finally(() => {
      stopped -= 1
    })
    say(`  a process of ${group.library} was stopped${caught ? ' with a holder in it' : ''}`)
  }
  try {
    for (const blow of planBlows(seed, lengthMs, SESSION_TIMEOUT_MS)) {
      await delay(Math.max(0, blow.atMs + lateMs - elapsedMs()))
      if (blow.type === 'kill') {
        await killing
        await ensemble.whenServing()
        lateMs = Math.max(lateMs, elapsedMs() - blow.atMs)
      }
      if (elapsedMs() + blow.forMs > lengthMs) break
      if (blow.type === 'kill') {
        counts.kills += 1
        // A new leader gives every session its whole time again: while one is to expire, only others are killed.
        const who = stopped > 0 ? 'follower' : blow.who
        killing = killMember(await chooseMember(ensemble, who, blow.pick), blow.forMs)
      } else {
        counts.stops += 1
        const group = contenders[blow.pick % contenders.length]
        if (group) stops.push(stop(group, blow.forMs))
      }
    }
    await Promise.all([killing, ...stops])
    await delay(Math.max(0, lengthMs - elapsedMs()))
  } finally {
    clearInterval(progress)
    await observer.close()
  }
  await ensemble.whenServing()
  return counts
}

async function chooseMember(
  ensemble: Ensemble,
  who: 'leader' | 'follower' | 'any',
  pick: number,
): Promise<MemberProcess> {
  const modes = await Promise.all(ensemble.members.map((member) => member.mode()))
  const fitting = ensemble.members.filter((_, i) => who === 'any' || (modes[i] === 'leader') === (who === 'leader'))
  const from = fitting.length > 0 ? fitting : ensemble.members
  const chosen = from[pick % from.length]
  if (!chosen) throw new Error('an ensemble has members')
  return chosen
}

async function killMember(member: MemberProcess, forMs: number): Promise<void> {
  await member.kill()
  await delay(forMs)
  member.start()
}

/** All that was committed: the longest log, of members that have ended. Nothing of it was ever purged. */
async function readLog(ensemble: Ensemble): Promise<readonly Entry[]> {
  await Promise.all(ensemble.members.map((member) => member.kill()))
  const logs = await Promise.all(ensemble.members.map(({ plan }) => readEntries(join(plan.directory, 'version-2'))))
  return logs.reduce((longest, log) => (log.length > longest.length ? log : longest))
}

async function readEntries(dir: string): Promise<Entry[]> {
  const entries: Entry[] = []
  const firstOf = (name: string) => Number.parseInt(name.slice('log.'.length), 16)
  const files = (await readdir(dir)).filter((name) => name.startsWith('log.'))
  for (const name of files.sort((a, b) => firstOf(a) - firstOf(b)))
    await scanLog(join(dir, name), (_zxid, txn) => {
      // The reader's window is used again; entries keep parts of what they were read from.
      entries.push(readEntry(Uint8Array.prototype.slice.call(txn)))
      return true
    })
  return entries
}
