// ZooKeeper's own command lines against an ensemble: Debian's zkCli.sh (Java) and cli_mt (the C client).

import { join } from 'node:path'
import { Child, run } from '../harness/child.ts'
import { delay, waitFor } from '../harness/wait-for.ts'
import { needsFiles, type Peer, type PeerRun } from './peer.ts'
import type { Result } from './program.ts'

const ZKCLI = '/usr/share/zookeeper/bin/zkCli.sh'
const CLI_MT = '/usr/lib/zookeeper/bin/cli_mt'
const TIMEOUT_MS = 60_000

/** What is typed, and what must be printed for it, in this order. */
interface Step {
  readonly command: string
  readonly printed: RegExp
}

export const zkCli: Peer = {
  name: 'zkCli.sh',
  missing: () => needsFiles([ZKCLI], 'zookeeper'),
  async run({ ensemble, scratch }: PeerRun): Promise<readonly Result[]> {
    const path = `/zkcli-${process.pid}`
    const steps: Step[] = [
      { command: `create ${path} one`, printed: new RegExp(`Created ${path}$`, 'm') },
      { command: `get -s ${path}`, printed: /^one$[\s\S]*dataVersion = 0/m },
      { command: `set -v 0 ${path} two`, printed: /./ },
      { command: `get ${path}`, printed: /^two$/m },
      { command: `set -v 0 ${path} three`, printed: /version No is not valid/ },
      { command: `create -e -s ${path}/e-`, printed: new RegExp(`Created ${path}/e-0000000000`) },
      { command: `create -c ${path}/container`, printed: new RegExp(`Created ${path}/container`) },
      { command: `ls -R ${path}`, printed: new RegExp(`${path}/container`) },
      { command: `stat ${path}`, printed: /numChildren = 2/ },
      { command: `addauth digest bob:secret`, printed: /./ },
      { command: `setAcl ${path} auth::cdrwa`, printed: /./ },
      { command: `getAcl ${path}`, printed: /'digest,'bob:fyVmFCwVbTJYrznoSu1koqYEYF0=\n: cdrwa/ },
      { command: 'whoami', printed: /digest: bob/ },
      { command: `setquota -n 10 ${path}`, printed: /./ },
      { command: `listquota ${path}`, printed: /Output quota for .* count=10/ },
      { command: `getEphemerals ${path}`, printed: /e-0000000000/ },
      { command: `getAllChildrenNumber ${path}`, printed: /2/ },
      { command: `sync ${path}`, printed: /Sync is OK/ },
      { command: 'version', printed: /ZooKeeper CLI version/ },
      { command: `deleteall ${path}`, printed: /./ },
      { command: `get ${path}`, printed: /Node does not exist/ },
      { command: 'config', printed: /server\.1=/ },
    ]
    const typed = `${steps.map(({ command }) => command).join('\n')}\nquit\n`
    const options = { timeoutMs: TIMEOUT_MS, input: typed, cwd: scratch, env: { ZOO_LOG_DIR: scratch } }
    const { code, output } = await run(ZKCLI, ['-server', ensemble.connectString], options)
    const wrong = steps.filter(({ printed }) => !printed.test(output)).map(({ command }) => command)
    if (code !== 0 || wrong.length > 0)
      return [
        failed('zkCli.sh', `exit code ${code}; not answered as expected: ${wrong.join('; ')}\n${output.slice(-3000)}`),
      ]
    return [{ name: 'zkCli.sh', outcome: 'passed', note: `${steps.length} commands` }]
  },
}

export const cClient: Peer = {
  name: 'cli_mt (C client)',
  missing: () => needsFiles([CLI_MT], 'zookeeper-bin'),
  async run({ ensemble, scratch }: PeerRun): Promise<readonly Result[]> {
    const path = `/c-${process.pid}`
    const child = new Child(CLI_MT, ['-h', ensemble.connectString], { cwd: scratch })
    const type = async (command: string, printed: RegExp) => {
      const from = child.output.length
      child.write(`${command}\n`)
      await waitFor(`"${command}" to print ${printed}`, 30_000, () => {
        if (!child.running) throw new Error(`cli_mt ended: ${child.output.slice(-1500)}`)
        return printed.test(child.output.slice(from))
      })
    }
    try {
      await waitFor('cli_mt to connect', 30_000, () =>
        /CONNECTED|session establish|Watcher SESSION_EVENT/i.test(child.output),
      )
      await type(`create ${path}`, /rc = 0|name = /)
      await type(`set ${path} hello`, /rc = 0|version = 1/)
      await type(`get ${path}`, /hello/)
      await type(`create +es ${path}/e-`, /e-0000000000/)
      await type(`ls ${path}`, /e-0000000000/)
      const leader = await ensemble.leader()
      await leader.kill()
      await delay(500)
      await setUntilAnswered(child, path)
      leader.start()
      await ensemble.whenServing()
      await type(`get ${path}`, /after/)
      await type(`delete ${path}/e-0000000000`, /rc = 0/)
      await type(`delete ${path}`, /rc = 0/)
      child.write('quit\n')
      await waitFor('cli_mt to quit', 10_000, () => !child.running)
      return [{ name: 'cli_mt (C client)', outcome: 'passed', note: 'leader killed under it' }]
    } catch (error) {
      return [
        failed('cli_mt (C client)', `${error instanceof Error ? error.message : error}\n${child.output.slice(-2000)}`),
      ]
    } finally {
      await child.killNow()
      for (const member of ensemble.members) member.start()
    }
  },
}

/** A lost connection fails what is under way: the person at this prompt types it again. */
async function setUntilAnswered(child: Child, path: string): Promise<void> {
  await waitFor('a set after the leader died', 40_000, async () => {
    const from = child.output.length
    child.write(`set ${path} after\n`)
    await delay(500)
    return /rc = 0/.test(child.output.slice(from))
  })
}

function failed(name: string, note: string): Result {
  return { name, outcome: 'failed', note }
}

/** A file among the programs. */
export function programFile(run: PeerRun, name: string): string {
  return join(run.programs, name)
}
