// The directory of an ensemble: DIR/member-N/{zoo.cfg,myid,server.log} and DIR/ensemble.secret. Makes what is
// missing, keeps the data and, where they are free, the ports of an earlier start. Processes are not its business.

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
import { choosePorts, type MovedPort, type PortWish } from './ports.ts'
import {
  ADMIN_PORT_FIRST,
  formatZooCfg,
  type MemberPlan,
  type MemberPorts,
  portsOfZooCfg,
  type Settings,
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

/** Call only while holding the directory's lock. Throws EnsembleError. */
export async function prepareLayout(options: LayoutOptions): Promise<Layout> {
  const dataDir = makeDataDir(options.dataDir)
  const sids = memberIds(dataDir, options.members)
  const { plans, moved } = await planMembers(dataDir, sids, options.clientPort)
  const secretFile = join(dataDir, 'ensemble.secret')
  const secret = readOrMakeSecret(secretFile)
  for (const plan of plans) {
    makeDirs(plan.dir)
    writeFileSync(join(plan.dir, 'zoo.cfg'), formatZooCfg(plan, plans, secretFile, options.settings))
    writeFileSync(join(plan.dir, 'myid'), `${plan.sid}\n`)
  }
  return { dataDir, plans, moved, secret }
}

/** 1…count. Adding voters by hand could elect a majority of empty members, so the count stays what it was. */
function memberIds(dataDir: string, wanted: number | null): number[] {
  if (wanted !== null && !(Number.isInteger(wanted) && wanted >= 1 && wanted <= MEMBERS_MAX))
    throw new EnsembleError('BAD_ARGUMENT', `An ensemble has 1 to ${MEMBERS_MAX} members, not ${wanted}.`)
  const existing = readdirSync(dataDir).filter((name) => /^member-[1-9]$/.test(name)).length
  if (existing > 0 && wanted !== null && wanted !== existing)
    throw new EnsembleError(
      'BAD_DIRECTORY',
      `${dataDir} holds an ensemble of ${existing}. Start it with --members ${existing}, or name another directory with --data.`,
    )
  const count = wanted ?? (existing > 0 ? existing : MEMBERS_DEFAULT)
  return Array.from({ length: count }, (_, i) => i + 1)
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
  sids: readonly number[],
  clientPort: number | null,
): Promise<{ plans: MemberPlan[]; moved: readonly MovedPort[] }> {
  const wishes: PortWish[] = []
  for (const sid of sids) {
    const before = portsOfZooCfg(readText(join(dataDir, `member-${sid}`, 'zoo.cfg')), sid)
    const wish = (key: keyof MemberPorts) => {
      const first = key === 'clientPort' ? (clientPort ?? CLIENT_PORT_DEFAULT) : FIRST_PORTS[key]
      const asked = key === 'clientPort' && clientPort !== null
      return (asked ? undefined : before?.[key]) ?? first + sid - 1
    }
    for (const keys of PORTS_THAT_MOVE_TOGETHER)
      wishes.push({ uses: keys.map((key) => `${PORT_WORDS[key]} port of member ${sid}`), ports: keys.map(wish) })
  }
  const { ports, moved } = await choosePorts(wishes)
  const chosen = ports.flat()
  const plans = sids.map((sid, i) => {
    const [client = 0, quorum = 0, election = 0, event = 0, admin = 0] = chosen.slice(i * PORTS_OF_A_MEMBER)
    const dir = join(dataDir, `member-${sid}`)
    return {
      sid,
      dir,
      clientPort: client,
      quorumPort: quorum,
      electionPort: election,
      eventPort: event,
      adminPort: admin,
    }
  })
  return { plans, moved }
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
