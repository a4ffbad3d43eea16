// The text of a member's zoo.cfg, and the few values that we read back from one that we wrote earlier.
// Reading any other zoo.cfg is the member's business.

export interface MemberPorts {
  readonly clientPort: number
  readonly quorumPort: number
  readonly electionPort: number
  readonly eventPort: number
  readonly adminPort: number
}

export type MemberRole = 'participant' | 'observer'

export interface MemberPlan extends MemberPorts {
  readonly sid: number
  readonly role: MemberRole
  /** Absolute; holds zoo.cfg, myid, server.log and the data. */
  readonly dir: string
}

/** Of member 1. Not 8080: that is the page's. */
export const ADMIN_PORT_FIRST = 8881
/** 4096 KiB of log at a time: an ensemble to play with should not fill a disk with zeros. */
const PRE_ALLOC_KIB = 4096
/** Everything comes from this machine's one address here, load generators included. */
const CLIENTS_PER_ADDRESS_MAX = 2000

/** Java properties text: a backslash starts an escape, and spaces in front of a value are skipped. */
function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\')
}

/** Keys of zoo.cfg to be set otherwise, or besides; an empty text leaves the key out. */
export type Settings = Readonly<Record<string, string>>

/** As zoo.cfg lists a member, and as a reconfig names it. */
export function serverLine({ sid, role, clientPort, quorumPort, electionPort }: MemberPlan): string {
  return `server.${sid}=127.0.0.1:${quorumPort}:${electionPort}:${role};127.0.0.1:${clientPort}`
}

/** What all members of an ensemble have in common. */
export interface CommonConfig {
  /** Absolute. */
  readonly secretFile: string
  readonly superDigest: string
  readonly settings: Settings
}

/** The configuration of `plans[i].sid === sid` among all `plans`, in Apache's file format. `dynamicFile`: where the server lines are instead. */
export function formatZooCfg(
  plan: MemberPlan,
  plans: readonly MemberPlan[],
  common: CommonConfig,
  dynamicFile: string | null,
): string {
  const { secretFile, settings } = common
  const lines = [
    '# Written by zabscope at each start; edit a copy, and run it with `zabscope server <file>`.',
    // Members come and go while it runs, and one alone is an ensemble that can grow.
    'reconfigEnabled=true',
    'standaloneEnabled=false',
    `DigestAuthenticationProvider.superDigest=${common.superDigest}`,
    'tickTime=2000',
    'initLimit=10',
    'syncLimit=5',
    `dataDir=${escaped(plan.dir)}`,
    `clientPort=${plan.clientPort}`,
    'clientPortAddress=127.0.0.1',
    `maxClientCnxns=${CLIENTS_PER_ADDRESS_MAX}`,
    `preAllocSize=${PRE_ALLOC_KIB}`,
    'autopurge.snapRetainCount=3',
    'autopurge.purgeInterval=1',
    '4lw.commands.whitelist=srvr,ruok,mntr,stat,isro,conf',
    'admin.enableServer=true',
    'admin.serverAddress=127.0.0.1',
    `admin.serverPort=${plan.adminPort}`,
    `zabscope.eventPort=${plan.eventPort}`,
    `zabscope.secretFile=${escaped(secretFile)}`,
    ...(dynamicFile === null ? plans.map(serverLine) : [`dynamicConfigFile=${escaped(dynamicFile)}`]),
  ]
  const kept = lines.filter((line) => !Object.hasOwn(settings, line.slice(0, line.indexOf('='))))
  return `${[...kept, ...settingLines(settings)].join('\n')}\n`
}

/** As formatZooCfg writes them. */
export function settingLines(settings: Settings): readonly string[] {
  return Object.entries(settings)
    .filter(([, value]) => value !== '')
    .map(([key, value]) => `${key}=${escaped(value)}`)
}

function numberOf(text: string, key: string): number | null {
  const found = new RegExp(`^${key}=(\\d{1,5})$`, 'm').exec(text)?.[1]
  return found === undefined ? null : Number(found)
}

/** The ports in a zoo.cfg of formatZooCfg; null where the text is not of that form. */
export function portsOfZooCfg(text: string, sid: number): MemberPorts | null {
  const clientPort = numberOf(text, 'clientPort')
  const eventPort = numberOf(text, 'zabscope\\.eventPort')
  const adminPort = numberOf(text, 'admin\\.serverPort')
  const server = new RegExp(`^server\\.${sid}=127\\.0\\.0\\.1:(\\d{1,5}):(\\d{1,5}):participant(?:;.*)?$`, 'm').exec(
    text,
  )
  if (clientPort === null || eventPort === null || !server?.[1] || !server[2]) return null
  return {
    clientPort,
    eventPort,
    quorumPort: Number(server[1]),
    electionPort: Number(server[2]),
    // Files of earlier versions have none.
    adminPort: adminPort ?? ADMIN_PORT_FIRST + sid - 1,
  }
}
