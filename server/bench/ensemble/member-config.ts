// The zoo.cfg that every contestant gets, word for word the same but for folders and ports.

export interface MemberPlace {
  readonly sid: number
  /** Absolute: zoo.cfg, the log of the process, and data/ with myid. */
  readonly dir: string
  readonly clientPort: number
  readonly quorumPort: number
  readonly electionPort: number
}

/** Defaults where there are some; durable (forceSync is left on). */
export function memberConfig(member: MemberPlace, all: readonly MemberPlace[]): string {
  const lines = [
    'tickTime=2000',
    'initLimit=10',
    'syncLimit=5',
    'snapCount=100000',
    `dataDir=${member.dir}/data`,
    `clientPort=${member.clientPort}`,
    'clientPortAddress=127.0.0.1',
    // All load comes from one address.
    'maxClientCnxns=0',
    'admin.enableServer=false',
    '4lw.commands.whitelist=srvr,mntr,ruok',
    ...(all.length === 1 ? [] : all.map((one) => `server.${one.sid}=127.0.0.1:${one.quorumPort}:${one.electionPort}`)),
  ]
  return `${lines.join('\n')}\n`
}
