// What `zabscope up` prints once everything runs. Text only.

import type { Ensemble } from '../ensemble/ensemble.ts'

export interface UpSummary {
  readonly ensemble: Pick<Ensemble, 'plans' | 'movedPorts' | 'connectString' | 'dataDir' | 'status'>
  readonly url: string
  readonly pagePort: { readonly wanted: number; readonly used: number }
  /** The members go on without us. */
  readonly keep: boolean
}

/** Lines without a trailing line break. */
export function describeUp({ ensemble, url, pagePort, keep }: UpSummary): string {
  const { connectString } = ensemble
  const members = ensemble.plans.map(({ sid, clientPort, quorumPort, electionPort, eventPort, adminPort }) => {
    const { pid } = ensemble.status(sid)
    const ports = `clients 127.0.0.1:${clientPort}   quorum ${quorumPort}   election ${electionPort}   events ${eventPort}   admin http://127.0.0.1:${adminPort}/commands`
    return `  member ${sid}   pid ${String(pid ?? 'gone').padEnd(7)}  ${ports}`
  })
  const moved = ensemble.movedPorts.map(({ use, wanted, used }) => `  ${wanted} is taken: the ${use} is ${used}`)
  if (pagePort.used !== pagePort.wanted) moved.push(`  ${pagePort.wanted} is taken: the page is on ${pagePort.used}`)
  const python = [
    'from kazoo.client import KazooClient',
    `zk = KazooClient('${connectString}')`,
    'zk.start()',
    "print(zk.create('/hello-', b'world', sequence=True))",
    'zk.stop()',
  ].join('; ')
  return [
    ...members,
    ...(moved.length > 0 ? ['', ...moved] : []),
    '',
    'Open the page (the address holds your access token; keep it to yourself):',
    `  ${url}`,
    '',
    'Talk to the ensemble with any ZooKeeper client:',
    `  zkCli.sh -server ${connectString}`,
    `  python3 -c "${python}"`,
    '',
    keep
      ? `Ctrl-C ends the page alone; zabscope down --data ${ensemble.dataDir} ends the members, too.`
      : `Ctrl-C ends all of it; the data stays in ${ensemble.dataDir}.`,
  ].join('\n')
}
