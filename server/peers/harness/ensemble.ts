// Servers of either kind in one ensemble, in a temporary folder: started, killed, asked who leads, and removed.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../../testing/free-port.ts'
import { type Launch, type MemberKind, type MemberPlan, MemberProcess } from './member-process.ts'
import { waitFor } from './wait-for.ts'

const SERVING_TIMEOUT_MS = 60_000

export interface EnsembleOptions {
  /** One member each, with the server ids 1, 2, 3 …; a single one is a standalone server. */
  readonly kinds: readonly MemberKind[]
  readonly memberEntry: string
  /** Lines of every zoo.cfg. */
  readonly config?: Readonly<Record<string, string | number>>
  /** Java system properties for Apache's. */
  readonly properties?: Readonly<Record<string, string>>
}

const CONFIG = { tickTime: 500, initLimit: 20, syncLimit: 10, maxClientCnxns: 0, 'admin.enableServer': 'false' }
const WORDS = { '4lw.commands.whitelist': 'srvr,ruok,mntr,stat' }
/** KiB of log at a time: short runs should not fill a disk with zeros. */
const PROPERTIES = { 'zookeeper.preAllocSize': '64' }

export class Ensemble {
  readonly directory: string
  readonly members: readonly MemberProcess[]

  private constructor(directory: string, members: readonly MemberProcess[]) {
    this.directory = directory
    this.members = members
  }

  /** Files written and processes started; `whenServing` tells when they serve. */
  static async start(options: EnsembleOptions): Promise<Ensemble> {
    const directory = await mkdtemp(join(tmpdir(), 'zabscope-peers-'))
    const launch: Launch = {
      memberEntry: options.memberEntry,
      properties: { ...PROPERTIES, ...options.properties },
    }
    const members: MemberProcess[] = []
    for (const [index, kind] of options.kinds.entries()) {
      const plan: MemberPlan = {
        sid: index + 1,
        kind,
        directory: join(directory, `server-${index + 1}`),
        clientPort: await freePort(),
        quorumPort: await freePort(),
        electionPort: await freePort(),
      }
      members.push(new MemberProcess(plan, launch))
    }
    const servers = members.map(
      ({ plan }) => `server.${plan.sid}=127.0.0.1:${plan.quorumPort}:${plan.electionPort}:participant`,
    )
    const config = Object.entries({ ...CONFIG, ...WORDS, ...options.config }).map(([key, value]) => `${key}=${value}`)
    const ensemble = new Ensemble(directory, members)
    for (const member of members) {
      await member.prepare(members.length > 1 ? [...config, ...servers] : config)
      member.start()
    }
    return ensemble
  }

  get connectString(): string {
    return this.members.map((member) => member.address).join(',')
  }

  /** Resolves when every running member serves. */
  async whenServing(timeoutMs = SERVING_TIMEOUT_MS): Promise<void> {
    for (const member of this.members) {
      if (!member.running) continue
      await waitFor(`${member.name} to serve`, timeoutMs, () => {
        if (!member.running) throw new Error(`it has ended:\n${member.output.slice(-4000)}`)
        return member.mode()
      })
    }
  }

  /** The member that leads, as soon as there is one. */
  async leader(timeoutMs = SERVING_TIMEOUT_MS): Promise<MemberProcess> {
    return await waitFor('a leader', timeoutMs, async () => {
      for (const member of this.members) {
        const mode = await member.mode()
        if (mode === 'leader' || mode === 'standalone') return member
      }
      return null
    })
  }

  /** Ends every process and removes the data. */
  async close(): Promise<void> {
    await Promise.all(this.members.map((member) => member.kill()))
    await rm(this.directory, { recursive: true, force: true })
  }
}
