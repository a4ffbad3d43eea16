// Garbage on every port of every member of an ensemble, while honest clients go on: no member may end or grow, the
// clients must be served all the time, and the log must say what goes on without being flooded.

import { readFileSync } from 'node:fs'
import { Ensemble } from '../harness/ensemble.ts'
import type { MemberProcess } from '../harness/member-process.ts'
import { delay, waitFor } from '../harness/wait-for.ts'
import { verify } from '../mixed/verify.ts'
import { Writer } from '../mixed/writer.ts'
import { Attacker } from './attacker.ts'
import type { PortKind } from './garbage.ts'

const SAMPLE_MS = 250
const START_TIMEOUT_MS = 30_000
/** A served client waits no longer than this for its next answer. */
export const GAP_MS_MAX = 5000
/** Garbage makes garbage for the collector too: growth beyond this, from the first third to the last, is a leak. */
export const GROWTH_BYTES_MAX = 80 * 1024 * 1024
export const LOG_BYTES_PER_MINUTE_MAX = 600_000
const CLEAR_LINE = /client closed: it sent|election connection closed: it|quorum link down: the other side sent/

export interface FuzzOptions {
  readonly seconds: number
  readonly seed: number
  readonly memberEntry: string
}

export interface FuzzReport {
  readonly said: Readonly<Record<string, number>>
  readonly longestGapMs: number
  readonly acknowledged: number
  /** Per member, MB: median of the first third of the run and of the last. */
  readonly residentMb: readonly (readonly [number, number])[]
  readonly logBytes: number
  /** Why members stopped serving, each as it was logged. */
  readonly stopped: readonly string[]
  /** Sentences; empty when all is well. */
  readonly wrong: readonly string[]
}

export async function runFuzz({ seconds, seed, memberEntry }: FuzzOptions): Promise<FuzzReport> {
  const ensemble = await Ensemble.start({ kinds: ['ours', 'ours', 'ours'], memberEntry })
  const writers: Writer[] = []
  const attackers: Attacker[] = []
  const wrong: string[] = []
  try {
    await ensemble.whenServing()
    const pids = ensemble.members.map(({ pid }) => pid)
    const ports = ensemble.members.map(({ plan }) => plan.clientPort)
    for (const index of [0, 1]) writers.push(new Writer(`honest${index}`, ports, seed + index))
    for (const [index, { plan }] of ensemble.members.entries()) {
      const places: [PortKind, number][] = [
        ['client', plan.clientPort],
        ['quorum', plan.quorumPort],
        ['election', plan.electionPort],
      ]
      for (const [kind, port] of places) attackers.push(new Attacker(kind, port, seed * 10 + index))
    }
    for (const writer of writers) writer.start()
    // They are connected first: what a flooded backlog does to a SYN is the kernel's business.
    await waitFor('honest clients to be served', START_TIMEOUT_MS, () =>
      writers.every(({ acknowledged }) => acknowledged > 0),
    )
    for (const attacker of attackers) attacker.start()
    const watched = await watch(ensemble.members, writers, seconds * 1000)
    await Promise.all(attackers.map((attacker) => attacker.stop()))
    await Promise.all(writers.map((writer) => writer.stop()))

    for (const [index, member] of ensemble.members.entries()) {
      if (!member.running || member.pid !== pids[index])
        wrong.push(`${member.name} has ended:\n${member.output.slice(-3000)}`)
      if (!CLEAR_LINE.test(member.output)) wrong.push(`${member.name} has no line that says what strangers do`)
    }
    if (wrong.length === 0) wrong.push(...(await verify(ensemble, writers)).wrong)
    for (const [index, [first, last]] of watched.residentMb.entries())
      if ((last - first) * 1024 * 1024 > GROWTH_BYTES_MAX)
        wrong.push(`server ${index + 1} grew from ${first} to ${last} MB`)
    if (watched.longestGapMs > GAP_MS_MAX) wrong.push(`honest clients waited ${watched.longestGapMs} ms`)
    const logBytes = ensemble.members.reduce((sum, { output }) => sum + output.length, 0)
    if (logBytes > (LOG_BYTES_PER_MINUTE_MAX * Math.max(seconds, 20)) / 60) wrong.push(`${logBytes} bytes were logged`)
    const said: Record<string, number> = {}
    for (const { counts } of attackers)
      for (const [what, count] of Object.entries(counts)) said[what] = (said[what] ?? 0) + count
    const acknowledged = writers.reduce((sum, writer) => sum + writer.acknowledged, 0)
    const stopped = ensemble.members.flatMap(({ name, output }) =>
      [...output.matchAll(/"msg":"not serving clients: ([^"]*)"/g)].map(([, reason]) => `${name}: ${reason}`),
    )
    return { said, acknowledged, logBytes, stopped, ...watched, wrong }
  } finally {
    await Promise.all([...attackers, ...writers].map((part) => part.stop()))
    await ensemble.close()
  }
}

async function watch(members: readonly MemberProcess[], writers: readonly Writer[], forMs: number) {
  const samples: number[][] = members.map(() => [])
  const until = performance.now() + forMs
  let longestGapMs = 0
  let progressAt = performance.now()
  let before = 0
  while (performance.now() < until) {
    await delay(SAMPLE_MS)
    for (const [index, member] of members.entries()) samples[index]?.push(residentMb(member.pid))
    const total = writers.reduce((sum, writer) => sum + writer.acknowledged, 0)
    if (total > before) progressAt = performance.now()
    before = total
    longestGapMs = Math.max(longestGapMs, Math.round(performance.now() - progressAt))
  }
  const third = (list: readonly number[], which: 0 | 2) => {
    const size = Math.max(1, Math.floor(list.length / 3))
    const part = (which === 0 ? list.slice(0, size) : list.slice(-size)).sort((a, b) => a - b)
    return part[Math.floor(part.length / 2)] ?? 0
  }
  return { longestGapMs, residentMb: samples.map((list) => [third(list, 0), third(list, 2)] as const) }
}

/** As the operating system counts it; 0 for a process that is gone. */
function residentMb(pid: number): number {
  try {
    const line = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
    return Math.round(Number(line?.[1] ?? 0) / 1024)
  } catch {
    return 0
  }
}
