// Defects in the tree, in snapshots and replay, and in how a host keeps its disk: what §2.5 and the first half of
// §5.3 of invariants.md guard against.

import type { Mutant } from './mutant.ts'

export const TREE_MUTANTS: readonly Mutant[] = [
  {
    id: 'replay-not-idempotent',
    what: 'A create adds one to its parent counter instead of taking the value of the txn: a replay counts twice.',
    file: 'shared/tree/apply-node.ts',
    find: 'const next = parentCVersion === -1 ? (parent.cversion + 1) | 0 : parentCVersion',
    replace: 'const next = (parent.cversion + 1) | 0',
    guards: ['T-2', 'T-6', 'D-9'],
    scenarios: ['R-1046'],
  },
  {
    id: 'replayed-create-uncounted',
    what: 'A create that finds its node in the snapshot does not move the counter of the parent.',
    file: 'shared/tree/apply-node.ts',
    find: '  countCreation(parent, txn.parentCVersion, zxid, existing !== undefined)\n',
    replace: '  if (existing === undefined) countCreation(parent, txn.parentCVersion, zxid, false)\n',
    guards: ['T-2', 'T-6'],
    scenarios: ['R-1046'],
  },
  {
    id: 'replayed-delete-unnoticed',
    what: 'A delete that finds its node gone in the snapshot leaves the pzxid of the parent as it was.',
    file: 'shared/tree/apply-node.ts',
    find:
      '  if (zxid > parent.pzxid) parent.pzxid = zxid\n' +
      '  redigest(a, above, parent)\n' +
      '  const node = tree.nodes.get(path)\n' +
      '  if (!node || node.czxid > zxid) return ERROR_CODES.NONODE\n',
    replace:
      '  const node = tree.nodes.get(path)\n' +
      '  if (!node || node.czxid > zxid) return ERROR_CODES.NONODE\n' +
      '  if (zxid > parent.pzxid) parent.pzxid = zxid\n' +
      '  redigest(a, above, parent)\n',
    guards: ['T-2', 'D-9', 'W-7'],
    scenarios: ['R-3145'],
  },
  {
    id: 'replayed-acl-not-healed',
    what: 'A node that a snapshot holds without its ACL keeps being open to everybody.',
    file: 'shared/tree/apply-node.ts',
    find: 'if (existing.czxid === zxid && existing.aversion === 0) existing.acl',
    replace: 'if (existing.czxid === zxid && existing.aversion < 0) existing.acl',
    guards: ['T-9'],
    scenarios: ['R-4846'],
  },
  {
    id: 'acl-of-the-parent',
    what: 'A node that differs from its parent only in ids gets the list of its parent.',
    file: 'shared/tree/apply-node.ts',
    find: 'one.perms === b[i]?.perms && one.scheme === b[i]?.scheme && one.id === b[i]?.id',
    replace: 'one.perms === b[i]?.perms && one.scheme === b[i]?.scheme',
    guards: ['T-9'],
    scenarios: ['R-3306'],
  },
  {
    id: 'sequence-from-children',
    what: 'Sequence numbers count the children that are there, not those that were ever created.',
    file: 'shared/tree/prepare-create.ts',
    find: 'request.path + sequenceSuffix(parent.cversion)',
    replace:
      "request.path + sequenceSuffix(typeof parent.children === 'number' ? parent.children : (parent.children?.size ?? 0))",
    guards: ['T-6'],
    scenarios: ['R-1046'],
  },
  {
    id: 'multi-half-applied',
    what: 'A multi that fails keeps what its members did before the failure.',
    file: 'shared/tree/apply.ts',
    find: "    return { type: 'error', err: i < failedAt ? ERROR_CODES.OK : ERROR_CODES.RUNTIMEINCONSISTENCY }\n",
    replace:
      '    if (i < failedAt) return applyMember(a, txn)\n' +
      "    return { type: 'error', err: ERROR_CODES.RUNTIMEINCONSISTENCY }\n",
    guards: ['T-7', 'T-1'],
    scenarios: ['R-3127'],
  },
  {
    id: 'snapshot-label-high',
    what: 'A snapshot is named after the last txn at its end, not at its beginning.',
    file: 'shared/sim/world/snapshots.ts',
    find: "  server.disk.queue.push({ type: 'place', snapshot: { zxid: walk.copy.lastProcessedZxid, tree: walk.copy } })\n",
    replace:
      '  walk.copy.lastProcessedZxid = server.peer?.tree.lastProcessedZxid ?? walk.copy.lastProcessedZxid\n' +
      "  server.disk.queue.push({ type: 'place', snapshot: { zxid: walk.copy.lastProcessedZxid, tree: walk.copy } })\n",
    guards: ['D-9'],
    scenarios: ['R-3127', 'R-3144'],
  },
  {
    id: 'snapshot-without-sessions',
    what: 'A snapshot leaves out the sessions: ephemerals without an owner.',
    file: 'shared/sim/world/disk.ts',
    find: '  for (const [id, timeoutMs] of tree.sessions) copy.sessions.set(id, timeoutMs)\n',
    replace: '',
    guards: ['D-9', 'S-7'],
    scenarios: ['R-3144'],
  },
  {
    id: 'purge-behind-the-newest',
    what: 'The log is purged up to the newest snapshot: the older ones are worth nothing without it.',
    file: 'shared/sim/world/disk.ts',
    find: '  const oldest = disk.snapshots[0]\n',
    replace: '  const oldest = disk.snapshots.at(-1)\n',
    guards: ['D-10'],
    scenarios: ['R-3231'],
  },
  {
    id: 'truncate-keeps-snapshots',
    what: 'TRUNC cuts the log and leaves a snapshot that holds what was cut.',
    file: 'shared/sim/world/disk.ts',
    find: 'disk.snapshots = disk.snapshots.filter((snapshot) => snapshot.zxid <= effect.zxid)',
    replace: 'disk.snapshots = disk.snapshots.filter((snapshot) => snapshot.zxid >= 0)',
    guards: ['D-9', 'D-11'],
    scenarios: ['R-4837'],
  },
  {
    id: 'failed-flush-goes-on',
    what: 'After a flush that failed the process goes on as if it had not.',
    file: 'shared/sim/world/process.ts',
    find: '    return crash(world, server, nextInt(world.prng, 101) / 100)\n',
    replace:
      "    const last = disk.queue.filter((work) => work.type === 'op').at(-1)\n" +
      '    disk.queue = []\n' +
      '    server.flushing = false\n' +
      "    disk.mode = 'ok'\n" +
      "    if (last?.type === 'op') feed(world, server, { type: 'persisted', upTo: last.effect.op })\n" +
      '    return\n',
    guards: ['D-4', 'B-10'],
    scenarios: ['R-FSYNC', 'R-2247'],
  },
  {
    id: 'counter-without-hand-over',
    what: 'At the last counter of its epoch a leader stays, and drops what it is asked from then on.',
    file: 'shared/zab/leader-broadcast.ts',
    find: 'if (counterOf(entry.zxid) >= COUNTER_MAX) lookAgain',
    replace: 'if (counterOf(entry.zxid) > COUNTER_MAX) lookAgain',
    guards: ['B-12', 'V-3'],
    scenarios: ['R-1277'],
  },
  {
    id: 'empty-server-votes',
    what: 'A server that has lost its data helps another one to lead.',
    file: 'shared/zab/election.ts',
    find: '  if (n.zxid === NO_ZXID || lastZxid(zab.log) === NO_ZXID) return\n',
    replace: '',
    guards: ['L-8', 'D-7'],
    scenarios: ['R-2325'],
  },
]
