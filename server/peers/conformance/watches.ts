// The rules of watches, as scenarios. A standard watch keeps its promise over any number of lost connections; a
// persistent one may have a gap, and says so. Source: watches-sessions.md §1–4.

import type { WatchEvent } from '#shared/zk/watch.ts'
import { NoNodeError, NoWatcherError } from '../../client/errors.ts'
import type { PersistentEvent } from '../../client/watch-registry.ts'
import { eventually, expectEqual, expectError, Interrupted, type Scenario } from './scenario.ts'

/** Events told to a watcher, and a promise that no other one is on its way. */
function collect(): { readonly events: WatchEvent[]; readonly watch: (event: WatchEvent) => void } {
  const events: WatchEvent[] = []
  return { events, watch: (event) => events.push(event) }
}

function collectPersistent() {
  const events: PersistentEvent[] = []
  /** Throws when something may have been missed: then nothing can be said of the rest. */
  const told = () => {
    if (events.some(({ type }) => type === 'gap')) throw new Interrupted('a gap')
    return events
  }
  return { onEvent: (event: PersistentEvent) => events.push(event), told }
}

export const WATCHES: Readonly<Record<string, Scenario>> = {
  async 'a data watch fires once, at the next change'({ zk, other, dir }) {
    const path = `${dir}/a`
    await zk.create(path)
    const { events, watch } = collect()
    await zk.getData(path, { watch })
    await other.setData(path, 'x')
    await eventually(() => events.length > 0, 'the event of a set')
    await other.setData(path, 'y')
    await zk.sync(path)
    await zk.getData(path)
    expectEqual(events, [{ type: 'nodeDataChanged', path }], 'events of a data watch')
  },

  async 'one watcher on data and existence hears of a deletion once'({ zk, other, dir }) {
    const path = `${dir}/a`
    await zk.create(path)
    const { events, watch } = collect()
    await zk.getData(path, { watch })
    await zk.exists(path, { watch })
    await other.delete(path)
    await eventually(() => events.length > 0, 'the event of a delete')
    await zk.sync(path)
    await zk.exists(path)
    expectEqual(events, [{ type: 'nodeDeleted', path }], 'events of a deletion')
  },

  async 'a watch on what is not there waits for its creation; getData leaves none'({ zk, other, dir }) {
    const path = `${dir}/a`
    const [existing, reading] = [collect(), collect()]
    await zk.exists(path, { watch: existing.watch })
    await expectError(zk.getData(path, { watch: reading.watch }), NoNodeError, 'getData of nothing')
    await other.create(path)
    await eventually(() => existing.events.length > 0, 'the event of a create')
    await zk.sync(path)
    await zk.exists(path)
    expectEqual(existing.events, [{ type: 'nodeCreated', path }], 'events of a creation')
    expectEqual(reading.events, [], 'events of a read that failed')
  },

  async 'a child watch hears of children, and not of data'({ zk, other, dir }) {
    const { events, watch } = collect()
    await zk.getChildren(dir, { watch })
    await other.setData(dir, 'x')
    await other.sync(dir)
    await zk.sync(dir)
    await zk.exists(dir)
    expectEqual(events, [], 'events of a child watch before a child')
    await other.create(`${dir}/a`)
    await eventually(() => events.length > 0, 'the event of a child')
    expectEqual(events, [{ type: 'nodeChildrenChanged', path: dir }], 'events of a child watch')
  },

  async 'a persistent watch hears all of one node, in order'({ zk, other, dir }) {
    const { onEvent, told } = collectPersistent()
    const watch = await zk.addWatch(dir, { onEvent })
    await other.setData(dir, 'x')
    await other.create(`${dir}/a`)
    await other.setData(`${dir}/a`, 'not heard')
    await other.delete(`${dir}/a`)
    await other.setData(dir, 'y')
    await eventually(() => told().length >= 4, 'four events')
    const types = ['nodeDataChanged', 'nodeChildrenChanged', 'nodeChildrenChanged', 'nodeDataChanged']
    expectEqual(
      told(),
      types.map((type) => ({ type, path: dir })),
      'events of a persistent watch',
    )
    await watch.remove()
    await other.setData(dir, 'z')
    await zk.sync(dir)
    await zk.exists(dir)
    expectEqual(told().length, 4, 'events after remove')
  },

  async 'a recursive watch hears all of a subtree, by callback and in a loop'({ zk, other, dir }) {
    const { onEvent, told } = collectPersistent()
    const watch = await zk.addWatch(dir, { recursive: true, onEvent })
    const looped: PersistentEvent[] = []
    const loop = (async () => {
      for await (const event of watch) looped.push(event)
    })()
    await other.create(`${dir}/a`)
    await other.create(`${dir}/a/b`)
    await other.setData(`${dir}/a/b`, 'x')
    await other.delete(`${dir}/a/b`)
    await eventually(() => told().length >= 4, 'four events')
    const wanted = [
      { type: 'nodeCreated', path: `${dir}/a` },
      { type: 'nodeCreated', path: `${dir}/a/b` },
      { type: 'nodeDataChanged', path: `${dir}/a/b` },
      { type: 'nodeDeleted', path: `${dir}/a/b` },
    ]
    expectEqual(told(), wanted, 'events of a recursive watch')
    await watch.remove()
    await loop
    expectEqual(looped, wanted, 'events of its loop')
  },

  async 'standard watches beside a persistent one fire once, and it goes on'({ zk, other, dir }) {
    const { onEvent, told } = collectPersistent()
    const { events, watch } = collect()
    const persistent = await zk.addWatch(dir, { onEvent })
    await zk.getData(dir, { watch })
    await other.setData(dir, 'x')
    await other.setData(dir, 'y')
    await eventually(() => told().length >= 2, 'two events')
    expectEqual([events.length, told().length], [1, 2], 'events of both')
    await persistent.remove()
  },

  async 'watches are removed by type, and what stays still fires'({ zk, other, dir }) {
    const [data, children] = [collect(), collect()]
    await zk.getData(dir, { watch: data.watch })
    await zk.getChildren(dir, { watch: children.watch })
    await zk.removeWatches(dir, { type: 'data' })
    await expectError(zk.removeWatches(dir, { type: 'data' }), NoWatcherError, 'a second removal')
    await expectError(zk.removeWatches(dir, { type: 'persistent' }), NoWatcherError, 'a removal of nothing')
    await other.setData(dir, 'x')
    await other.create(`${dir}/a`)
    await eventually(() => children.events.length > 0, 'the event of the watch that stays')
    expectEqual([data.events, children.events.length], [[], 1], 'events after a removal')
  },
}
