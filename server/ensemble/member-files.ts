// What is in one member's directory: zoo.cfg and the list of servers, myid, the data. Written while the member is down.
// Who is a member, and with which ports, is decided elsewhere.

import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type CommonConfig, formatZooCfg, type MemberPlan, serverLine } from './zoo-cfg.ts'

/** Apache's, below dataDir. */
const DATA = 'version-2'
/** The highest counter of an epoch, as a hexadecimal text. */
const LAST_OF_AN_EPOCH = 'ffffffff'

/**
 * All members of an ensemble that is down. Their logs may hold an older list of servers, with ports that are not theirs
 * any more. So the list is given a version above everything that any of them has seen, and below everything that comes:
 * the last of the newest epoch that anybody has accepted. Where nobody has accepted one there is no older list.
 */
export function writeAllMembers(plans: readonly MemberPlan[], common: CommonConfig): void {
  const epoch = Math.max(0, ...plans.map(({ dir }) => acceptedEpoch(dir)))
  for (const plan of plans)
    writeMember(plan, plans, common, epoch > 0 ? `${epoch.toString(16)}${LAST_OF_AN_EPOCH}` : null)
}

/** `version`: of the list of servers; null: whoever leads first gives it one. */
export function writeMember(
  plan: MemberPlan,
  plans: readonly MemberPlan[],
  common: CommonConfig,
  version: string | null,
): void {
  const { dir, sid } = plan
  if (!existsSync(dir)) mkdirSync(dir, { mode: 0o700 })
  for (const name of readdirSync(dir))
    if (name.startsWith('zoo.cfg.dynamic.') || name === 'zoo.cfg.bak') rmSync(join(dir, name))
  const listed = version === null ? null : join(dir, `zoo.cfg.dynamic.${version}`)
  if (listed !== null) writeFileSync(listed, plans.map(serverLine).join('\n'))
  writeFileSync(join(dir, 'zoo.cfg'), formatZooCfg(plan, plans, common, listed))
  writeFileSync(join(dir, 'myid'), `${sid}\n`)
}

/** Logs, snapshots and epochs are gone; the log of the process stays. */
export function wipeData({ dir }: MemberPlan): void {
  rmSync(join(dir, DATA), { recursive: true, force: true })
}

/** Its directory stays as removed-member-N, in place of that of an earlier member N. */
export function setAside({ dir, sid }: MemberPlan): void {
  const aside = join(dirname(dir), `removed-member-${sid}`)
  rmSync(aside, { recursive: true, force: true })
  if (existsSync(dir)) renameSync(dir, aside)
}

/** 0: none. A text that is no number is the member's to complain about. */
function acceptedEpoch(dir: string): number {
  try {
    return Number.parseInt(readFileSync(join(dir, DATA, 'acceptedEpoch'), 'utf8'), 10) || 0
  } catch {
    return 0
  }
}
