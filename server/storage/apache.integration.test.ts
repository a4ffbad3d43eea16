// Our files in Apache's hands and the other way round: both servers take over each other's data directory.

import fs from 'node:fs'
import { afterAll, describe, expect, test } from 'vitest'
import type { CreateRequest } from '#shared/zk/request.ts'
import { type Apache, apacheMissing, runTool, startApache } from './testing/apache.ts'
import { History } from './testing/history.ts'
import { filesOf, openRig, temporaryDir } from './testing/rig.ts'

const missing = apacheMissing()
if (missing) console.log(`skipped: ${missing}`)

const made: string[] = []
const running: Apache[] = []
afterAll(async () => {
  for (const apache of running) await apache.kill()
  for (const dir of made) fs.rmSync(dir, { recursive: true })
})

function newDir(): string {
  const dir = temporaryDir()
  made.push(dir)
  return dir
}

async function start(dir: string): Promise<Apache> {
  const apache = await startApache(dir)
  running.push(apache)
  return apache
}

function create(path: string, flags: number): CreateRequest {
  const acl = [{ perms: 31, scheme: 'world', id: 'anyone' }]
  return { type: 'create', path, data: Buffer.from(path), acl, flags }
}

/** The value of one metric of `mntr`. */
async function metric(apache: Apache, name: string): Promise<string | undefined> {
  const line = (await apache.ask('mntr')).split('\n').find((text) => text.startsWith(`zk_${name}\t`))
  return line?.split('\t')[1]
}

/** Apache counts the root twice, as "" and as "/". */
async function znodes(apache: Apache): Promise<number> {
  return Number(await metric(apache, 'znode_count')) - 1
}

describe.skipIf(missing !== null)('with Apache ZooKeeper', () => {
  test('its tools read our snapshot and our log', async () => {
    const dir = newDir()
    const history = new History()
    const rig = await openRig(dir)
    rig.append(history.many(60))
    await rig.settled()
    await rig.storage.takeSnapshot(history.tree)
    await rig.storage.close()
    expect(filesOf(dir)).toEqual(['log.100000001', 'snapshot.0', 'snapshot.10000003c'])

    const snapshot = await runTool(
      'org.apache.zookeeper.server.SnapshotFormatter',
      `${dir}/version-2/snapshot.10000003c`,
    )
    for (const path of history.tree.nodes.keys()) expect(snapshot).toContain(`${path}\n`)
    expect(snapshot).toContain('Last zxid: 0x10000003c')
    const log = await runTool('org.apache.zookeeper.server.persistence.TxnLogToolkit', `${dir}/version-2/log.100000001`)
    for (const entry of history.entries) expect(log).toContain(`zxid 0x${entry.zxid.toString(16)} `)
    expect(log).toContain('EOF reached after 60 txns.')
    expect(log).not.toContain('CRC')
  })

  test('it starts on our directory, snapshot and log and torn end, and finds every digest right', async () => {
    const dir = newDir()
    const history = new History()
    const rig = await openRig(dir)
    rig.append(history.many(500))
    const snapshot = rig.storage.takeSnapshot(history.tree)
    rig.append(history.many(300))
    await rig.settled()
    expect(await snapshot).toBe(true)
    await rig.storage.close()
    const newest = filesOf(dir)
      .filter((name) => name.startsWith('log.'))
      .at(-1)
    fs.appendFileSync(`${dir}/version-2/${newest}`, Buffer.from('0000000012345678000000', 'hex'))

    const apache = await start(dir)
    expect(await apache.ask('srvr')).toContain(`Zxid: 0x${history.tree.lastProcessedZxid.toString(16)}\n`)
    // Its own session tracker has the session of the ephemerals, so none of them is gone.
    expect(await znodes(apache)).toBe(history.tree.nodes.size)
    expect(await metric(apache, 'digest_mismatches_count')).toBe('0')
    await apache.kill()
  })

  test('it would have noticed a wrong digest', async () => {
    const dir = newDir()
    const rig = await openRig(dir)
    const history = new History()
    rig.append(history.many(3))
    rig.append([{ ...history.next(), digest: 1n }])
    await rig.settled()
    await rig.storage.close()
    const apache = await start(dir)
    expect(await metric(apache, 'digest_mismatches_count')).toBe('1')
    await apache.kill()
  })

  test('we start on its directory, killed while it served, and then it on ours again', async () => {
    const dir = newDir()
    const apache = await start(dir)
    await apache.send([
      create('/plain', 0),
      create('/plain/ephemeral', 1),
      create('/plain/sequential-', 2),
      { type: 'setData', path: '/plain', data: Buffer.from('changed'), version: 0 },
      { type: 'setACL', path: '/plain', acl: [{ perms: 1, scheme: 'ip', id: '127.0.0.1' }], version: -1 },
      { type: 'multi', ops: [create('/multi', 0), { type: 'setData', path: '/multi', data: null, version: 0 }] },
      { type: 'delete', path: '/multi', version: 1 },
    ])
    await apache.kill()

    const complaints: string[] = []
    const rig = await openRig(dir, { log: (level, message) => level === 'error' && complaints.push(message) })
    expect(complaints).toEqual([])
    const { tree, recent } = rig.recovered
    expect(recent.map((entry) => entry.txn.type)).toEqual([
      'createSession',
      'create',
      'create',
      'create',
      'setData',
      'setACL',
      'multi',
      'delete',
    ])
    expect(tree.digest).toBe(recent.at(-1)?.digest)
    expect([...tree.nodes.keys()]).toEqual(expect.arrayContaining(['/plain/ephemeral', '/plain/sequential-0000000001']))
    expect(tree.ephemerals.size).toBe(1)
    // On with its history, in the next epoch.
    const history = new History(tree, 1)
    rig.append(history.many(20))
    await rig.settled()
    expect(await rig.storage.takeSnapshot(tree)).toBe(true)
    rig.append(history.many(20))
    await rig.settled()
    await rig.storage.close()

    const again = await start(dir)
    expect(await again.ask('srvr')).toContain('Zxid: 0x100000028\n')
    expect(await znodes(again)).toBe(tree.nodes.size)
    expect(await metric(again, 'digest_mismatches_count')).toBe('0')
    await again.kill()
  })
})
