// For tests of faults: an ensemble of real processes with short ticks, a client, and questions to members.

import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { vi } from 'vitest'
import type { FaultId } from '#shared/events/fault-catalogue.ts'
import { ZooKeeper } from '../../client/zookeeper.ts'
import { askStatus } from '../ask-member.ts'
import { Ensemble } from '../ensemble.ts'
import type { Settings } from '../zoo-cfg.ts'
import { askRole } from './ask-role.ts'
import { type FaultChange, FaultService } from './fault-service.ts'

/** Those about one moment, one message or one bit; they have a test file of their own. */
export type MomentFault = Extract<FaultId, `crash-${string}` | `flipped-bit${string}` | 'hold'>

export const WAIT = { timeout: 30_000, interval: 25 }
const SHORT_TICKS: Settings = {
  tickTime: '200',
  initLimit: '20',
  syncLimit: '5',
  'zabscope.faults': 'true',
  '4lw.commands.whitelist': '*',
}

export class Rig {
  readonly ensemble: Ensemble
  readonly faults: FaultService
  readonly changes: FaultChange[] = []
  readonly #clients: ZooKeeper[] = []

  private constructor(ensemble: Ensemble) {
    this.ensemble = ensemble
    this.faults = new FaultService({
      ensemble,
      roleOf: (sid) => askRole(ensemble, sid),
      onChange: (change) => this.changes.push(change),
      nowMs: () => performance.timeOrigin + performance.now(),
    })
  }

  static async start(members: number, settings: Settings = {}): Promise<Rig> {
    const memberEntry = fileURLToPath(new URL('../../../dist/server/member.js', import.meta.url))
    if (!existsSync(memberEntry)) throw new Error('Build the members first: npm run build')
    const dataDir = mkdtempSync(join(tmpdir(), 'zabscope-faults-'))
    const more = { settings: { ...SHORT_TICKS, ...settings } }
    const ensemble = await Ensemble.open({ dataDir, members, clientPort: null, memberEntry, ...more })
    ensemble.startAll()
    await ensemble.whenRunning()
    const rig = new Rig(ensemble)
    await rig.allServe()
    return rig
  }

  get sids(): readonly number[] {
    return this.ensemble.plans.map(({ sid }) => sid)
  }

  portOf(sid: number): number {
    return this.ensemble.plans.find((plan) => plan.sid === sid)?.clientPort ?? 0
  }

  async client(sid: number | null = null, sessionTimeoutMs = 4000): Promise<ZooKeeper> {
    const servers = sid === null ? this.ensemble.connectString : `127.0.0.1:${this.portOf(sid)}`
    const client = await ZooKeeper.connect({ servers, sessionTimeoutMs })
    this.#clients.push(client)
    return client
  }

  async modeOf(sid: number): Promise<string> {
    return (await askStatus(this.portOf(sid)))?.mode ?? 'none'
  }

  leader(): Promise<number> {
    return vi.waitFor(async () => {
      for (const sid of this.sids) if ((await this.modeOf(sid)) === 'leader') return sid
      throw new Error('nobody leads')
    }, WAIT)
  }

  async follower(): Promise<number> {
    const leader = await this.leader()
    return this.sids.find((sid) => sid !== leader) ?? 0
  }

  /** One leads, and all others are in its service. */
  allServe(): Promise<void> {
    return vi.waitFor(async () => {
      const modes = await Promise.all(this.sids.map((sid) => this.modeOf(sid)))
      if (modes.filter((mode) => mode === 'leader').length !== 1 || modes.includes('none'))
        throw new Error(`modes ${modes.join(', ')}`)
    }, WAIT)
  }

  /** Milliseconds until a new connection of a client has its four-letter word answered whole. */
  async answerMs(sid: number, word = 'srvr'): Promise<number> {
    const startedAt = performance.now()
    await answerOf(this.portOf(sid), word)
    return performance.now() - startedAt
  }

  async numberOf(sid: number, key: string): Promise<number> {
    const text = await answerOf(this.portOf(sid), 'mntr')
    return Number(new RegExp(`^${key}\\t(.*)$`, 'm').exec(text)?.[1])
  }

  async end(): Promise<void> {
    this.faults.close()
    await Promise.all(this.#clients.map((client) => client.close()))
    await this.ensemble.close()
    rmSync(this.ensemble.dataDir, { recursive: true, force: true })
  }
}

function answerOf(port: number, word: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port })
    let said = ''
    socket.setEncoding('utf8')
    socket.on('data', (chunk: string) => {
      said += chunk
    })
    socket.on('error', reject)
    socket.on('close', () => resolve(said))
    socket.write(word)
  })
}
