// Every operation and every error that a caller can bring about, as scenarios. Sources: client-protocol.md §5–8.

import { PERMS, READ_ACL } from '#shared/zk/acl.ts'
import * as errors from '../../client/errors.ts'
import { TransactionFailedError } from '../../client/transaction.ts'
import { ZooKeeper } from '../../client/zookeeper.ts'
import { expectEqual, expectError, type Scenario, Wrong } from './scenario.ts'

const LARGE_BYTES = 900_000
const MANY = 1500

/** Far more than a leader lags behind its followers. */
const LAG_TRIES = 200

/**
 * A change that the leader of Apache has proposed and not yet applied is checked against the ACL before it, though with the
 * aversion after it: its ChangeRecord is copied without the new ACL (PrepRequestProcessor, 3.8.0). A follower may have
 * answered by then.
 */
async function untilApplied(attempt: () => Promise<unknown>): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await attempt()
      return
    } catch (error) {
      const lags = error instanceof Wrong && error.message.includes('BADVERSION')
      if (!lags || tries === LAG_TRIES) throw error
    }
  }
}

export const OPERATIONS: Readonly<Record<string, Scenario>> = {
  async 'create in every mode'({ zk, dir }) {
    const { path, stat } = await zk.create(`${dir}/a`, 'hi')
    expectEqual([path, stat.version, stat.dataLength, stat.ephemeralOwner], [`${dir}/a`, 0, 2, 0n], 'create')
    const ephemeral = await zk.create(`${dir}/e`, null, { mode: 'ephemeral' })
    expectEqual(ephemeral.stat.ephemeralOwner, zk.sessionId, 'the owner of an ephemeral')
    const sequential = await zk.create(`${dir}/s-`, null, { mode: 'persistentSequential' })
    expectEqual(sequential.path, `${dir}/s-0000000002`, 'a sequence number')
    const nameless = await zk.create(`${dir}/`, null, { mode: 'ephemeralSequential' })
    expectEqual(nameless.path, `${dir}/0000000003`, 'a name that is all number')
    await zk.create(`${dir}/c`, null, { mode: 'container' })
    await zk.create(`${dir}/t`, 'x', { mode: 'persistentWithTtl', ttlMs: 3_600_000 })
    const ttl = await zk.create(`${dir}/t`, 'x', { mode: 'persistentSequentialWithTtl', ttlMs: 3_600_000 })
    expectEqual(ttl.path, `${dir}/t0000000006`, 'a sequence number with TTL')
    const { children, stat: parent } = await zk.getChildren(dir)
    const names = ['0000000003', 'a', 'c', 'e', 's-0000000002', 't', 't0000000006']
    expectEqual(children.toSorted(), names, 'the children')
    expectEqual([parent.numChildren, parent.cversion], [7, 7], 'the counters of the parent')
    expectEqual((await zk.getEphemerals(dir)).toSorted(), [`${dir}/0000000003`, `${dir}/e`], 'the ephemerals')
    await zk.delete(nameless.path)
    await zk.delete(ephemeral.path)
  },

  async 'create that is refused'({ zk, dir }) {
    await zk.create(`${dir}/e`, null, { mode: 'ephemeral' })
    const again = await expectError(zk.create(`${dir}/e`), errors.NodeExistsError, 'a second create')
    expectEqual(again.path, `${dir}/e`, 'the path of an error')
    await expectError(zk.create(`${dir}/none/x`), errors.NoNodeError, 'a create without parent')
    await expectError(zk.create(`${dir}/e/x`), errors.NoChildrenForEphemeralsError, 'a child of an ephemeral')
    await expectError(zk.create(`${dir}/x`, null, { acl: [] }), errors.InvalidAclError, 'an empty ACL')
    const unknown = [{ perms: PERMS.ALL, scheme: 'no-such-scheme', id: 'x' }]
    await expectError(zk.create(`${dir}/x`, null, { acl: unknown }), errors.InvalidAclError, 'an unknown scheme')
    await expectError(zk.create(`${dir}//x`), errors.BadArgumentsError, 'a path that cannot be')
    await expectError(zk.create(`${dir}/x`, null, { ttlMs: 5 }), errors.BadArgumentsError, 'a TTL without its mode')
    await zk.delete(`${dir}/e`)
  },

  async 'data and its versions'({ zk, dir }) {
    const path = `${dir}/a`
    await zk.create(path)
    expectEqual((await zk.getData(path)).data, null, 'data that was never given')
    expectEqual((await zk.setData(path, 'x', 0)).version, 1, 'the version after the first set')
    const { data, stat } = await zk.getData(path)
    expectEqual([data, stat.version, stat.dataLength], [Buffer.from('x'), 1, 1], 'the data')
    await zk.setData(path, Buffer.alloc(0))
    expectEqual((await zk.getData(path)).data, Buffer.alloc(0), 'empty data, which is not null')
    await expectError(zk.setData(path, 'y', 1), errors.BadVersionError, 'a set with an old version')
    await expectError(zk.setData(`${dir}/none`, 'y'), errors.NoNodeError, 'a set of nothing')
    const large = Buffer.alloc(LARGE_BYTES, 'z')
    await zk.setData(path, large)
    if (!large.equals((await zk.getData(path)).data ?? Buffer.alloc(0))) throw new Wrong('large data came back changed')
    await zk.setData(path, null)
    expectEqual((await zk.getData(path)).data, null, 'data that was set to null')
  },

  async 'delete and exists'({ zk, dir }) {
    await zk.create(`${dir}/a`)
    await zk.create(`${dir}/a/b`)
    await expectError(zk.delete(`${dir}/a`), errors.NotEmptyError, 'a delete of a parent')
    await expectError(zk.delete(`${dir}/a/b`, 3), errors.BadVersionError, 'a delete with a wrong version')
    await zk.delete(`${dir}/a/b`, 0)
    await expectError(zk.delete(`${dir}/a/b`), errors.NoNodeError, 'a second delete')
    expectEqual(await zk.exists(`${dir}/a/b`), null, 'exists of nothing')
    const stat = await zk.exists(`${dir}/a`)
    expectEqual([stat?.numChildren, stat?.cversion], [0, 2], 'exists')
    await expectError(zk.getChildren(`${dir}/none`), errors.NoNodeError, 'children of nothing')
    await expectError(zk.getAcl(`${dir}/none`), errors.NoNodeError, 'the ACL of nothing')
  },

  async ACLs({ zk, other, dir }) {
    const path = `${dir}/a`
    await zk.create(path, 'x')
    expectEqual((await zk.getAcl(path)).acl, [{ perms: 31, scheme: 'world', id: 'anyone' }], 'an open ACL')
    expectEqual((await zk.setAcl(path, READ_ACL, 0)).aversion, 1, 'aversion')
    await untilApplied(() => expectError(zk.setAcl(path, READ_ACL, 0), errors.NoAuthError, 'setAcl without ADMIN'))
    await other.sync(path)
    expectEqual((await other.getData(path)).data, Buffer.from('x'), 'what all may read')
    await expectError(other.setData(path, 'y'), errors.NoAuthError, 'a write that nobody may do')
  },

  async 'a transaction, whole or not at all'({ zk, dir }) {
    const results = await zk
      .transaction()
      .create(`${dir}/a`, 'x')
      .create(`${dir}/s-`, null, { mode: 'persistentSequential' })
      .setData(`${dir}/a`, 'y', 0)
      .check(`${dir}/a`, 1)
      .create(`${dir}/b`)
      .delete(`${dir}/b`)
      .commit()
    const types = ['create', 'create', 'setData', 'check', 'create', 'delete']
    expectEqual(
      results.map(({ type }) => type),
      types,
      'results of a transaction',
    )
    const failing = zk.transaction().setData(`${dir}/a`, 'z').check(`${dir}/a`, 7).create(`${dir}/c`)
    const failed = await expectError(failing.commit(), TransactionFailedError, 'a transaction that cannot be')
    expectEqual([failed.index, failed.path], [1, `${dir}/a`], 'which operation failed')
    const [content, none] = await Promise.all([zk.getData(`${dir}/a`), zk.exists(`${dir}/c`)])
    expectEqual([content.data, content.stat.version, none], [Buffer.from('y'), 1, null], 'what a failed one left')
  },

  async multiRead({ zk, dir }) {
    await zk.create(`${dir}/a`, 'x')
    const [data, none, children] = await zk.multiRead([
      { type: 'getData', path: `${dir}/a` },
      { type: 'getData', path: `${dir}/none` },
      { type: 'getChildren', path: dir },
    ])
    expectEqual(data?.type === 'data' && data.data, Buffer.from('x'), 'data in a multiRead')
    expectEqual(none?.type === 'error' && none.error.name, 'NoNodeError', 'an error in a multiRead')
    expectEqual(children?.type === 'children' && children.children, ['a'], 'children in a multiRead')
  },

  async 'many children, counted and deleted'({ zk, dir }) {
    const names = Array.from({ length: MANY }, (_, i) => `child-${String(i).padStart(6, '0')}`)
    for (let from = 0; from < MANY; from += 500) {
      const transaction = zk.transaction()
      for (const name of names.slice(from, from + 500)) transaction.create(`${dir}/${name}`)
      await transaction.commit()
    }
    await zk.create(`${dir}/${names[0]}/below`)
    expectEqual((await zk.getChildren(dir)).children.toSorted(), names, 'many children')
    expectEqual(await zk.getAllChildrenNumber(dir), MANY + 1, 'the number of all below')
    await zk.deleteRecursive(dir)
    expectEqual(await zk.exists(dir), null, 'a tree that was deleted')
    await expectError(zk.deleteRecursive('/'), errors.BadArgumentsError, 'deleting the root')
  },

  async 'sync, whoAmI, the configuration'({ zk, other, dir }) {
    await zk.create(`${dir}/a`, 'x')
    await other.sync(dir)
    expectEqual((await other.getData(`${dir}/a`)).data, Buffer.from('x'), 'a read after sync')
    expectEqual(
      (await zk.whoAmI()).some(({ scheme, id }) => scheme === 'ip' && id === '127.0.0.1'),
      true,
      'whoAmI',
    )
    const { config, version } = await zk.getConfig()
    expectEqual([config.match(/^server\.\d=/gm)?.length, version !== null], [3, true], `the configuration ${config}`)
    const reconfig = zk.reconfig({ leaving: [9] })
    await expectError(reconfig, errors.ReconfigDisabledError, 'a reconfig where that is switched off')
    await expectError(zk.reconfig({}), errors.BadArgumentsError, 'a reconfig of nothing')
  },

  async 'answers in the order of requests, each its own'({ zk, dir }) {
    const path = `${dir}/a`
    await zk.create(path)
    const order: number[] = []
    const sets = Array.from({ length: 100 }, (_, i) =>
      zk.setData(path, String(i), i).then(({ version }) => {
        order.push(i)
        return version
      }),
    )
    const results = await Promise.all([...sets, zk.getData(path), zk.exists(`${dir}/none`)])
    expectEqual(
      results.slice(0, 100),
      Array.from({ length: 100 }, (_, i) => i + 1),
      'pipelined versions',
    )
    expectEqual(
      order,
      Array.from({ length: 100 }, (_, i) => i),
      'the order of answers',
    )
    expectEqual(results[101], null, 'an exists behind them')
  },

  async 'a call that is given up'({ zk, dir }) {
    const given = new AbortController()
    const call = zk.getData(dir, { signal: given.signal })
    given.abort(new Wrong('this very reason'))
    const reason = await call.then(
      () => null,
      (error: unknown) => error,
    )
    expectEqual(reason instanceof Wrong && reason.message, 'this very reason', 'the reason of an abort')
    expectEqual((await zk.exists(dir)) !== null, true, 'the call after one that was given up')
  },

  async 'a chroot'({ servers, dir, zk }) {
    const inside = await ZooKeeper.connect({
      servers: `${servers}${dir}`,
      sessionTimeoutMs: 10_000,
      connectTimeoutMs: 60_000,
    })
    try {
      const { path } = await inside.create('/e-', 'x', { mode: 'ephemeralSequential' })
      expectEqual(path, '/e-0000000000', 'a path within a chroot')
      expectEqual(await inside.getEphemerals(), ['/e-0000000000'], 'the ephemerals within a chroot')
      expectEqual((await inside.getChildren('/')).children, ['e-0000000000'], 'the children of a chroot')
      const missing = await expectError(inside.getData('/none'), errors.NoNodeError, 'nothing within a chroot')
      expectEqual(missing.path, '/none', 'the path of an error within a chroot')
      expectEqual((await inside.getConfig()).config.includes('server.1='), true, 'the configuration beside a chroot')
      await zk.sync(dir)
      expectEqual((await zk.getChildren(dir)).children, ['e-0000000000'], 'a chroot from outside')
    } finally {
      await inside.close()
    }
  },
}
