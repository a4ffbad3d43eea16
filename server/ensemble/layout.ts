// The directory of an ensemble: DIR/ensemble.json, DIR/ensemble.secret and a directory a member. Makes what is missing,
// keeps the data and, where they are free, the ports of an earlier start. Processes are not its business.

import { randomBytes } from 'node:crypto'
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { EnsembleError } from './ensemble-error.ts'
import { writeAllMembers } from './member-files.ts'
import { choosePorts, type MovedPort, type PortWish } from './ports.ts'
import { type RosterEntry, readRoster, writeRoster } from './roster.ts'
import { superDigest } from './superuser.ts'
import {
  ADMIN_PORT_FIRST,
  type CommonConfig,
  type MemberPlan,
  type MemberPorts,
  type MemberRole,
  portsOfZooCfg,
  type Settings,
  settingLines,
} from './zoo-cfg.ts'

export const MEMBERS_MAX = 9
export const MEMBERS_DEFAULT = 3
export const CLIENT_PORT_DEFAULT = 2181
const SECRET_BYTES = 32
const FIRST_PORTS: MemberPorts = {
  clientPort: 2181,
  quorumPort: 2888,
  electionPort: 3888,
  eventPort: 4888,
  adminPort: ADMIN_PORT_FIRST,
}

export interface LayoutOptions {
  readonly dataDir: string
  /** null: as many as the directory holds, else three. */
  readonly members: number | null
  /** Client port of member 1; null: as before, else 2181. */
  readonly clientPort: number | null
  /** For every member's zoo.cfg. Not for ports, directories and servers, which are the layout's. */
  readonly settings?: Settings
}

export interface Layout {
  /** Absolute. */
  readonly dataDir: string
  readonly plans: readonly MemberPlan[]
  readonly moved: readonly MovedPort[]
  /** The ensemble's secret, as lower-case hex. */
  readonly secret: string
  readonly common: CommonConfig
}

/** An absolute path that can be written into a zoo.cfg. Throws EnsembleError. */
export function checkedDataDir(path: string): string {
  const absolute = resolve(path)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a path with a line break would add lines to zoo.cfg
  if (path === '' || /[\u0000-\u001f\u007f]/.test(absolute) || absolute !== absolute.trim())
    throw new EnsembleError('BAD_DIRECTORY', 'The data directory needs a name without line breaks or outer spaces.')
  return absolute
}

/** Makes the directory, for this user only when it is new. Throws EnsembleError. */
export function makeDataDir(path: string): string {
  const absolute = checkedDataDir(path)
  try {
    makeDirs(absolute)
    accessSync(absolute, constants.W_OK)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new EnsembleError('BAD_DIRECTORY', `Cannot use the data directory ${absolute}: ${why}`, error)
  }
  if (!statSync(absolute).isDirectory())
    throw new EnsembleError('BAD_DIRECTORY', `${absolute} is a file. Name a directory with --data.`)
  return absolute
}

/** Node's own recursive mkdir never returns where a parent exists and still cannot hold it, as /proc. */
function makeDirs(path: string): void {
  if (existsSync(path)) return
  makeDirs(dirname(path))
  mkdirSync(path, { mode: 0o700 })
}

/** Call only while holding the directory's lock, and while no member runs. Throws EnsembleError. */
export async function prepareLayout(options: LayoutOptions): Promise<Layout> {
  const dataDir = makeDataDir(options.dataDir)
  const entries = rosterOf(dataDir, options.members)
  const { plans, moved } = await planMembers(dataDir, entries, options.clientPort)
  const secretFile = join(dataDir, 'ensemble.secret')
  const secret = readOrMakeSecret(secretFile)
  const common = { secretFile, superDigest: superDigest(secret), settings: options.settings ?? {} }
  writeRoster(dataDir, plans)
  writeAllMembers(plans, common)
  return { dataDir, plans, moved, secret, common }
}

/**
 * As it is, for members that run: nothing is written. Call only while holding the directory's lock. Throws EnsembleError
 * for wishes that only a start of all members could fulfil.
 */
export function layoutOfRunning(options: LayoutOptions): Layout {
  const dataDir = makeDataDir(options.dataDir)
  const roster = rosterOf(dataDir, options.members)
  const plans = (readRoster(dataDir) ?? []).map((entry) => ({ ...entry, dir: join(dataDir, `member-${entry.sid}`) }))
  if (plans.length !== roster.length)
    throw new EnsembleError('BAD_DIRECTORY', `${dataDir} does not say who its members are. ${DOWN_FIRST}`)
  const first = plans.find(({ sid }) => sid === 1)
  if (options.clientPort !== null && first && first.clientPort !== options.clientPort)
    throw new EnsembleError(
      'BAD_ARGUMENT',
      `Members run already, member 1 with client port ${first.clientPort} and not ${options.clientPort}. ${DOWN_FIRST}`,
    )
  const settings = options.settings ?? {}
  for (const { sid, dir } of plans)
    for (const line of settingLines(settings))
      if (!readText(join(dir, 'zoo.cfg')).includes(`\n${line}\n`))
        throw new EnsembleError('BAD_ARGUMENT', `Members run already, member ${sid} without ${line}. ${DOWN_FIRST}`)
  const secretFile = join(dataDir, 'ensemble.secret')
  const secret = readOrMakeSecret(secretFile)
  return { dataDir, plans, moved: [], secret, common: { secretFile, superDigest: superDigest(secret), settings } }
}

const DOWN_FIRST = 'Start it with the same settings, or stop its members first with zabscope down.'

/** Who is in it, without ports where they are not known. */
type Wanted = Pick<RosterEntry, 'sid' | 'role'> & Partial<MemberPorts>

/** As the directory says; else 1…count. The count stays what it is: members are added one at a time, while it runs. */
function rosterOf(dataDir: string, wanted: number | null): readonly Wanted[] {
  if (wanted !== null && !(Number.isInteger(wanted) && wanted >= 1 && wanted <= MEMBERS_MAX))
    throw new EnsembleError('BAD_ARGUMENT', `An ensemble has 1 to ${MEMBERS_MAX} members, not ${wanted}.`)
  const known = readRoster(dataDir) ?? []
  const existing = known.length > 0 ? known.length : readdirSync(dataDir).filter(isMemberDir).length
  if (existing > 0 && wanted !== null && wanted !== existing)
    throw new EnsembleError(
      'BAD_DIRECTORY',
      `${dataDir} holds an ensemble of ${existing}. Start it with --members ${existing} and add or remove members while it runs, or name another directory with --data.`,
    )
  if (known.length > 0) return known
  const count = wanted ?? (existing > 0 ? existing : MEMBERS_DEFAULT)
  return Array.from({ length: count }, (_, i) => {
    const before = portsOfZooCfg(readText(join(dataDir, `member-${i + 1}`, 'zoo.cfg')), i + 1)
    return { sid: i + 1, role: 'participant' as const, ...before }
  })
}

function isMemberDir(name: string): boolean {
  return /^member-[1-9]$/.test(name)
}

const PORTS_THAT_MOVE_TOGETHER = [['clientPort'], ['quorumPort', 'electionPort'], ['eventPort'], ['adminPort']] as const
const PORTS_OF_A_MEMBER = PORTS_THAT_MOVE_TOGETHER.flat().length
const PORT_WORDS = {
  clientPort: 'client',
  quorumPort: 'quorum',
  electionPort: 'election',
  eventPort: 'event',
  adminPort: 'admin',
} as const

async function planMembers(
  dataDir: string,
  entries: readonly Wanted[],
  clientPort: number | null,
): Promise<{ plans: MemberPlan[]; moved: readonly MovedPort[] }> {
  const { ports, moved } = await choosePorts(entries.flatMap((entry) => wishesOf(entry, clientPort)))
  const chosen = ports.flat()
  const plans = entries.map(({ sid, role }, i) =>
    planOf(dataDir, sid, role, chosen.slice(i * PORTS_OF_A_MEMBER, (i + 1) * PORTS_OF_A_MEMBER)),
  )
  return { plans, moved }
}

/** `clientPort`: of member 1, asked for; null: as before. */
function wishesOf({ sid, ...before }: Wanted, clientPort: number | null): PortWish[] {
  const wish = (key: keyof MemberPorts) => {
    const first = key === 'clientPort' ? (clientPort ?? CLIENT_PORT_DEFAULT) : FIRST_PORTS[key]
    const asked = key === 'clientPort' && clientPort !== null
    return (asked ? undefined : before[key]) ?? first + sid - 1
  }
  return PORTS_THAT_MOVE_TOGETHER.map((keys) => ({
    uses: keys.map((key) => `${PORT_WORDS[key]} port of member ${sid}`),
    ports: keys.map(wish),
  }))
}

/** `ports` in the order of PORTS_THAT_MOVE_TOGETHER. */
function planOf(dataDir: string, sid: number, role: MemberRole, ports: readonly number[]): MemberPlan {
  const [clientPort = 0, quorumPort = 0, electionPort = 0, eventPort = 0, adminPort = 0] = ports
  const dir = join(dataDir, `member-${sid}`)
  return { sid, role, dir, clientPort, quorumPort, electionPort, eventPort, adminPort }
}

/** A member that is not there yet, beside `others`: its id and ports are taken by none of them, also while they are down. */
export async function planNewMember(
  dataDir: string,
  sid: number,
  role: MemberRole,
  others: readonly MemberPlan[],
): Promise<MemberPlan> {
  const reserved = others.flatMap((plan) => PORTS_THAT_MOVE_TOGETHER.flat().map((key) => plan[key]))
  const first = others.find((plan) => plan.sid === 1)?.clientPort ?? null
  const { ports } = await choosePorts(wishesOf({ sid, role }, first), reserved)
  return planOf(dataDir, sid, role, ports.flat())
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

function readOrMakeSecret(path: string): string {
  const before = readText(path).trim()
  if (/^[0-9a-f]{64}$/.test(before)) {
    chmodSync(path, 0o600)
    return before
  }
  if (before !== '')
    throw new EnsembleError(
      'BAD_DIRECTORY',
      `${path} is damaged: it should hold 64 hex digits. Delete it to get a new one.`,
    )
  const secret = randomBytes(SECRET_BYTES).toString('hex')
  writeFileSync(path, `${secret}\n`, { mode: 0o600 })
  chmodSync(path, 0o600)
  return secret
}
