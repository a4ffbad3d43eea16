// Patroni with PostgreSQL: two database servers whose leader key lives in the ensemble. The leader is killed with its
// database, the other must take over with every committed row, and the old one must come back as its replica.

import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { chmod, chown, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { freePort } from '../../testing/free-port.ts'
import { Child, run } from '../harness/child.ts'
import { waitFor } from '../harness/wait-for.ts'
import type { Peer, PeerRun } from './peer.ts'

const PATRONI = '/usr/bin/patroni'
const POSTGRES_DIR = '/usr/lib/postgresql'
const START_TIMEOUT_MS = 120_000
const FAILOVER_TIMEOUT_MS = 90_000
const SCOPE = 'peers'
const ROWS = 100

interface Account {
  readonly uid: number
  readonly gid: number
}

/** PostgreSQL refuses to run as root: the account of Debian's package, or ourselves when we are not root. */
function account(): Account | null {
  const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0]
  if (uid !== 0) return { uid, gid }
  const ids = ['-u', '-g'].map((flag) => spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
  if (ids.some(({ status }) => status !== 0)) return null
  return { uid: Number(ids[0]?.stdout), gid: Number(ids[1]?.stdout) }
}

/** The newest PostgreSQL's programs; null without one. */
function postgresBin(): string | null {
  if (!existsSync(POSTGRES_DIR)) return null
  const [newest] = readdirSync(POSTGRES_DIR)
    .map(Number)
    .filter((version) => existsSync(join(POSTGRES_DIR, String(version), 'bin/initdb')))
    .sort((a, b) => b - a)
  return newest === undefined ? null : join(POSTGRES_DIR, String(newest), 'bin')
}

class DatabaseNode {
  readonly name: string
  readonly restPort: number
  readonly port: number
  readonly #directory: string
  readonly #who: Account
  #child: Child | null = null

  constructor(name: string, restPort: number, port: number, directory: string, who: Account) {
    this.name = name
    this.restPort = restPort
    this.port = port
    this.#directory = directory
    this.#who = who
  }

  async prepare(hosts: readonly string[], bin: string): Promise<void> {
    await mkdir(this.#directory, { recursive: true })
    await writeFile(join(this.#directory, 'patroni.yml'), this.#config(hosts, bin))
    await chown(this.#directory, this.#who.uid, this.#who.gid)
  }

  start(): void {
    this.#child = new Child(PATRONI, [join(this.#directory, 'patroni.yml')], {
      ...this.#who,
      group: true,
      cwd: this.#directory,
    })
  }

  get output(): string {
    return this.#child?.output ?? ''
  }

  /** `{ role, state, … }` of Patroni's own API; null while it does not answer. */
  async status(): Promise<{ role: string; state: string; timeline: number } | null> {
    const answer = await fetch(`http://127.0.0.1:${this.restPort}/patroni`).catch(() => null)
    if (answer === null) return null
    const { role, state, timeline } = (await answer.json()) as { role: string; state: string; timeline: number }
    return { role, state, timeline }
  }

  async leads(): Promise<boolean> {
    const answer = await fetch(`http://127.0.0.1:${this.restPort}/leader`).catch(() => null)
    return answer?.status === 200
  }

  async query(bin: string, sql: string): Promise<string> {
    const where = ['-h', '127.0.0.1', '-p', String(this.port), '-U', 'postgres', '-d', 'postgres']
    const { code, output } = await run(join(bin, 'psql'), [...where, '-v', 'ON_ERROR_STOP=1', '-Atc', sql], {
      timeoutMs: 20_000,
      env: { PGPASSWORD: 'secret' },
    })
    if (code !== 0) throw new Error(`psql on ${this.name}: ${output.slice(-300)}`)
    return output.trim()
  }

  /** kill -9 of Patroni and of the database, which is a process group of its own. */
  async kill(): Promise<void> {
    const pidFile = join(this.#directory, 'data/postmaster.pid')
    const postmaster = existsSync(pidFile) ? Number(readFileSync(pidFile, 'utf8').split('\n')[0]) : 0
    await this.#child?.killNow()
    if (postmaster <= 0) return
    try {
      process.kill(postmaster, 'SIGKILL')
    } catch {
      // It ended meanwhile.
    }
    await waitFor('the database to be gone', 20_000, () => !existsSync(`/proc/${postmaster}`))
  }

  #config(hosts: readonly string[], bin: string): string {
    const access = ['host all all 127.0.0.1/32 trust', 'host replication all 127.0.0.1/32 trust', 'local all all trust']
    const users = ['superuser', 'replication', 'rewind'].map((role) => {
      const user = role === 'superuser' ? 'postgres' : role === 'replication' ? 'replicator' : 'rewinder'
      return `    ${role}: { username: ${user}, password: secret }`
    })
    return [
      `scope: ${SCOPE}`,
      `name: ${this.name}`,
      `restapi: { listen: '127.0.0.1:${this.restPort}', connect_address: '127.0.0.1:${this.restPort}' }`,
      `zookeeper: { hosts: [${hosts.map((host) => `'${host}'`).join(', ')}] }`,
      'bootstrap:',
      '  dcs:',
      '    ttl: 20',
      '    loop_wait: 2',
      '    retry_timeout: 5',
      '    postgresql: { use_pg_rewind: true, parameters: { wal_log_hints: on, hot_standby: on } }',
      '  initdb: [ encoding: UTF8, data-checksums ]',
      `  pg_hba: [ ${access.map((line) => `'${line}'`).join(', ')} ]`,
      'postgresql:',
      `  listen: '127.0.0.1:${this.port}'`,
      `  connect_address: '127.0.0.1:${this.port}'`,
      `  data_dir: '${join(this.#directory, 'data')}'`,
      `  bin_dir: '${bin}'`,
      `  pgpass: '${join(this.#directory, 'pgpass')}'`,
      '  authentication:',
      ...users,
      `  parameters: { unix_socket_directories: '${this.#directory}', shared_buffers: 16MB, synchronous_commit: on }`,
      `  pg_hba: [ ${access.map((line) => `'${line}'`).join(', ')} ]`,
      '',
    ].join('\n')
  }
}

export const patroni: Peer = {
  name: 'Patroni',
  missing() {
    if (!existsSync(PATRONI) || postgresBin() === null) return 'apt-get install patroni postgresql python3-kazoo'
    return account() === null ? 'no account postgres: apt-get install postgresql' : null
  },
  async run({ ensemble, scratch }: PeerRun) {
    const [bin, who] = [postgresBin(), account()]
    if (bin === null || who === null) throw new Error('Patroni or PostgreSQL has gone since we looked')
    await chmod(ensemble.directory, 0o755)
    await chmod(scratch, 0o755)
    const hosts = ensemble.members.map(({ address }) => address)
    const nodes: DatabaseNode[] = []
    for (const name of ['one', 'two'])
      nodes.push(new DatabaseNode(name, await freePort(), await freePort(), join(scratch, `patroni-${name}`), who))
    try {
      const note = await failOver(nodes, hosts, bin, async () => {
        const leader = await ensemble.leader()
        await leader.kill()
        return leader
      })
      return [{ name: 'Patroni: failover of PostgreSQL', outcome: 'passed' as const, note }]
    } catch (error) {
      const logs = nodes.map(({ name, output }) => `--- ${name}\n${output.slice(-2500)}`).join('\n')
      const why = `${error instanceof Error ? error.message : error}\n${logs}`
      return [{ name: 'Patroni: failover of PostgreSQL', outcome: 'failed' as const, note: why }]
    } finally {
      await Promise.all(nodes.map((node) => node.kill()))
      for (const member of ensemble.members) member.start()
    }
  },
}

async function failOver(
  nodes: readonly DatabaseNode[],
  hosts: readonly string[],
  bin: string,
  killServer: () => Promise<{ start(): void }>,
): Promise<string> {
  const [first, second] = nodes
  if (!first || !second) throw new Error('two database nodes are needed')
  for (const node of nodes) await node.prepare(hosts, bin)
  first.start()
  await waitFor('the first database to lead', START_TIMEOUT_MS, () => first.leads())
  second.start()
  await waitFor('the second to be a replica', START_TIMEOUT_MS, async () => {
    const status = await second.status()
    return status?.role === 'replica' && (status.state === 'running' || status.state === 'streaming')
  })
  await first.query(bin, `create table t (n int); insert into t select generate_series(1, ${ROWS})`)
  await waitFor(
    'the rows on the replica',
    30_000,
    async () => (await second.query(bin, 'select count(*) from t')) === `${ROWS}`,
  )

  // The ensemble loses its leader: the database must not change hands.
  const server = await killServer()
  await first.query(bin, 'insert into t values (0)')
  server.start()
  await waitFor(
    'the row on the replica',
    30_000,
    async () => (await second.query(bin, 'select count(*) from t')) === `${ROWS + 1}`,
  )
  if (!(await first.leads())) throw new Error('the database changed hands because one ZooKeeper server died')

  const at = performance.now()
  await first.kill()
  await waitFor('the second to be promoted', FAILOVER_TIMEOUT_MS, () => second.leads())
  const seconds = ((performance.now() - at) / 1000).toFixed(1)
  await waitFor('the promoted one to take a write', 30_000, async () => {
    await second.query(bin, 'insert into t values (-1)')
    return true
  })
  const rows = await second.query(bin, 'select count(*) from t where n >= 0')
  if (rows !== `${ROWS + 1}`) throw new Error(`the promoted database has ${rows} of ${ROWS + 1} committed rows`)

  first.start()
  await waitFor('the old leader to come back as a replica', START_TIMEOUT_MS, async () => {
    const status = await first.status()
    if (status?.role !== 'replica') return false
    return (await first.query(bin, 'select count(*) from t where n = -1')) !== '0'
  })
  return `promoted ${seconds} s after kill -9 (session timeout 10 s); the old leader is its replica`
}
