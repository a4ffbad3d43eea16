// Brings about each way in which a learner is brought up to date (SYNC: DIFF, TRUNC, SNAP), with a leader of the one
// kind and a learner of the other.
// What happened is read from the leader's own log.

import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { OPEN_ACL } from '#shared/zk/acl.ts'
import type { Ensemble } from '../harness/ensemble.ts'
import type { MemberKind, MemberProcess } from '../harness/member-process.ts'
import { delay, waitFor } from '../harness/wait-for.ts'
import { ZkSocket } from '../wire/zk-socket.ts'

export type SyncMode = 'DIFF' | 'TRUNC' | 'SNAP'

/** More than twice the commitLogCount of the ensemble: nothing but a snapshot can bridge it. */
const LONG_ABSENCE_TXNS = 1600
const LEADER_TRIES_MAX = 8
const LOGGED_TIMEOUT_MS = 20_000
const SYNC_TIMEOUT_MS = 40_000

/** Settings with which a long absence needs a snapshot: no diff from log files, a short history in memory. */
export const SYNC_CONFIG = { snapCount: 300, commitLogCount: 500 }
export const SYNC_PROPERTIES = {
  'zookeeper.snapshotSizeFactor': '-1',
  'zookeeper.snapCount': '300',
  'zookeeper.commitLogCount': '500',
}

/** Lines by which a leader of each kind tells what it does. */
const SIGNS: Record<SyncMode, Record<MemberKind, RegExp>> = {
  DIFF: { ours: /"how":"DIFF"/g, apache: /Sending DIFF zxid/g },
  TRUNC: { ours: /"how":"TRUNC/g, apache: /Sending TRUNC/g },
  SNAP: { ours: /"how":"SNAP"/g, apache: /Sending snapshot last zxid/g },
}

/**
 * Forces one sync of this kind from a leader of `from` to a learner of the other kind.
 * Resolves with a sentence; rejects when it did not come about.
 */
export async function forceSync(ensemble: Ensemble, mode: SyncMode, from: MemberKind, tag: string): Promise<string> {
  const to: MemberKind = from === 'ours' ? 'apache' : 'ours'
  if (mode === 'TRUNC') return forceTrunc(ensemble, from, to, tag)
  const leader = await makeLeader(ensemble, from)
  const learner = pickOther(ensemble, leader, to)
  await learner.kill()
  const txns = mode === 'SNAP' ? LONG_ABSENCE_TXNS : 20
  await writeMany(leader.plan.clientPort, `/${tag}`, txns)
  return restartAndSee(leader, learner, mode)
}

/** A leader of kind `to` logs alone, dies, and comes back under a leader of kind `from`. */
async function forceTrunc(ensemble: Ensemble, from: MemberKind, to: MemberKind, tag: string): Promise<string> {
  const old = await makeLeader(ensemble, to)
  const others = ensemble.members.filter((member) => member !== old)
  const socket = await ZkSocket.connect(old.plan.clientPort)
  // They must not even have it in their sockets: stopped now, they are killed before they run again.
  for (const other of others) other.signal('SIGSTOP')
  const alone = Array.from({ length: 5 }, (_, index) =>
    socket.ask({ type: 'create', path: `/${tag}-alone-${index}`, data: null, acl: OPEN_ACL, flags: 0 }),
  )
  const refused = Promise.allSettled(alone)
  await waitFor(`${old.name} to log what nobody else has`, LOGGED_TIMEOUT_MS, () => hasLogged(old, `${tag}-alone-4`))
  await Promise.all(others.map((other) => other.kill()))
  await old.kill()
  socket.close()
  await refused
  for (const other of others) other.start()
  const leader = await waitFor('a leader of the others', SYNC_TIMEOUT_MS, async () => {
    for (const other of others) if ((await other.mode()) === 'leader') return other
    return null
  })
  if (leader.kind !== from) {
    // With two of the wrong kind it is the higher server id that leads; the other kind needs a try of its own.
    await writeMany(leader.plan.clientPort, `/${tag}-other`, 3)
    old.start()
    await ensemble.whenServing()
    return forceTruncAgain(ensemble, from, to, tag)
  }
  // Apache sends SNAP instead once it has a txn of its own epoch ("peer zxid is from different epoch", LearnerHandler).
  if (from === 'ours') await writeMany(leader.plan.clientPort, `/${tag}`, 10)
  return restartAndSee(leader, old, 'TRUNC')
}

async function forceTruncAgain(ensemble: Ensemble, from: MemberKind, to: MemberKind, tag: string): Promise<string> {
  if (tag.endsWith('-again-again-again')) throw new Error(`no ${from} server came to lead after the old leader's death`)
  return forceTrunc(ensemble, from, to, `${tag}-again`)
}

async function restartAndSee(leader: MemberProcess, learner: MemberProcess, mode: SyncMode): Promise<string> {
  const before = countSigns(leader, mode)
  learner.start()
  await waitFor(`${learner.name} to follow`, SYNC_TIMEOUT_MS, async () => (await learner.mode()) === 'follower')
  await waitFor(
    `a ${mode} from ${leader.name} to ${learner.name}`,
    2000,
    () => countSigns(leader, mode) > before,
  ).catch((error: unknown) => {
    const lines = [leader, learner].map(({ name, output }) => `${name}:\n${output.slice(-2500)}`).join('\n')
    throw new Error(`${error instanceof Error ? error.message : error}\n${lines}`)
  })
  return `${mode} from ${leader.name} to ${learner.name}`
}

function countSigns(member: MemberProcess, mode: SyncMode): number {
  return member.output.match(SIGNS[mode][member.kind])?.length ?? 0
}

/** Kills leaders until one of this kind leads. */
export async function makeLeader(ensemble: Ensemble, kind: MemberKind): Promise<MemberProcess> {
  for (let tries = 0; tries < LEADER_TRIES_MAX; tries += 1) {
    await ensemble.whenServing()
    const leader = await ensemble.leader()
    if (leader.kind === kind) return leader
    await leader.kill()
    const next = await ensemble.leader()
    // What it has written wins the next election for it too: the old one comes back as a follower.
    await writeMany(next.plan.clientPort, `/lead-${tries}-${Date.now()}`, 2)
    leader.start()
  }
  throw new Error(`no ${kind} server came to lead in ${LEADER_TRIES_MAX} tries`)
}

function pickOther(ensemble: Ensemble, leader: MemberProcess, kind: MemberKind): MemberProcess {
  const other = ensemble.members.find((member) => member !== leader && member.kind === kind)
  if (!other) throw new Error(`no other ${kind} server`)
  return other
}

/** `count` creates below `path`, each acknowledged. */
export async function writeMany(port: number, path: string, count: number): Promise<void> {
  const socket = await waitFor(`a session on port ${port}`, SYNC_TIMEOUT_MS, () => ZkSocket.connect(port))
  try {
    const create = { type: 'create', data: Buffer.from('x'), acl: OPEN_ACL, flags: 0 } as const
    await socket.ask({ ...create, path })
    for (let at = 0; at < count; at += 100) {
      const batch = Array.from({ length: Math.min(100, count - at) }, (_, index) =>
        socket.ask({ ...create, path: `${path}/n${at + index}` }),
      )
      for (const { err } of await Promise.all(batch)) if (err !== 0) throw new Error(`a create below ${path}: ${err}`)
      await delay(0)
    }
  } finally {
    socket.close()
  }
}

/** Whether the newest log files of a member hold this text: then it would find the txn again after a crash. */
async function hasLogged(member: MemberProcess, text: string): Promise<boolean> {
  const directory = join(member.plan.directory, 'version-2')
  for (const name of await readdir(directory))
    if (name.startsWith('log.') && (await readFile(join(directory, name))).includes(text)) return true
  return false
}
