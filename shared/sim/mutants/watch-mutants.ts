// Defects in watches: what §2.7 of invariants.md guards against.

import type { Mutant } from './mutant.ts'

export const WATCH_MUTANTS: readonly Mutant[] = [
  {
    id: 'reply-before-watch',
    what: 'A write is answered before the events of its change are sent.',
    file: 'shared/peer/apply.ts',
    find:
      '  for (const change of applied.changes)\n' +
      '    for (const { conn, event, mode } of trigger(watches, change, canRead(peer)))\n' +
      "      out.push({ type: 'watchEvent', conn, zxid: entry.zxid, event, mode })\n" +
      '\n' +
      '  const conn = peer.bySession.get(entry.sessionId)\n',
    replace:
      '  const conn = peer.bySession.get(entry.sessionId)\n' +
      "  if (conn && entry.txn.type !== 'createSession' && entry.txn.type !== 'closeSession')\n" +
      '    answerWrite(peer, conn, entry, applied, out)\n' +
      '  for (const change of applied.changes)\n' +
      '    for (const { conn, event, mode } of trigger(watches, change, canRead(peer)))\n' +
      "      out.push({ type: 'watchEvent', conn, zxid: entry.zxid, event, mode })\n",
    guards: ['W-1'],
    scenarios: ['R-3145'],
  },
  {
    id: 'watch-without-acl',
    what: 'Events are sent to whoever watches, also to those who may not read the node.',
    file: 'shared/peer/reads.ts',
    find: 'peer.options.skipAcl || isAllowed(acl, PERMS.READ, peer.conns.get(id)?.auth ?? [], peer.options.schemes)',
    replace:
      'peer.options.skipAcl || isAllowed(acl, PERMS.READ, peer.conns.get(id)?.auth ?? [], peer.options.schemes) || acl !== null',
    guards: ['W-9'],
    scenarios: [],
  },
  {
    id: 'watch-fires-again',
    what: 'A standard watch is not used up by its event.',
    file: 'shared/tree/watch-table.ts',
    find: '      leave(w, table, conn, path, MODE_BITS.standard)\n',
    replace: '',
    guards: ['W-2'],
    scenarios: [],
  },
  {
    id: 'persistent-fires-once',
    what: 'A persistent watch is used up by its first event.',
    file: 'shared/tree/watch-table.ts',
    find: '      leave(w, table, conn, path, MODE_BITS.standard)\n',
    replace: '      leave(w, table, conn, path, ALL_MODES)\n',
    guards: ['W-8'],
    scenarios: [],
  },
  {
    id: 'recursive-hears-its-path-alone',
    what: 'A recursive watch does not hear of what lies below its path.',
    file: 'shared/tree/watch-table.ts',
    find: "if (table === 'data' && w.recursiveCount > 0) reachAbove",
    replace: "if (table === 'data' && w.recursiveCount < 0) reachAbove",
    guards: ['W-6', 'W-8'],
    scenarios: [],
  },
  {
    id: 'children-unheard',
    what: 'A new child fires no child watch of its parent.',
    file: 'shared/tree/watch-table.ts',
    find: "      fireData(firing, 'nodeCreated', path, acl)\n      fireHere(firing, 'child', 'nodeChildrenChanged', parentPath(path), parentAcl)\n",
    replace: "      fireData(firing, 'nodeCreated', path, acl)\n",
    guards: ['W-4'],
    scenarios: [],
  },
  {
    id: 'absence-unwatched',
    what: 'exists leaves no watch when the node is not there.',
    file: 'shared/peer/reads.ts',
    find: "const absent = request.type === 'exists' && answer.err === ERROR_CODES.NONODE",
    replace: "const absent = request.type === 'exists' && answer.err === ERROR_CODES.NONODE && request.path === ''",
    guards: ['W-4'],
    scenarios: [],
  },
  {
    id: 'multi-events-reversed',
    what: 'The events of a multi come in the opposite order of its members.',
    file: 'shared/peer/apply.ts',
    find: 'for (const change of applied.changes)',
    replace: 'for (const change of applied.changes.toReversed())',
    guards: ['W-5'],
    scenarios: [],
  },
  {
    id: 'missed-children-untold',
    what: 'setWatches says nothing about children that changed while the client was away.',
    file: 'shared/tree/watch-requests.ts',
    find: 'else if (node.pzxid > request.relativeZxid)',
    replace: 'else if (node.pzxid > request.relativeZxid + 2 ** 50)',
    guards: ['W-7'],
    scenarios: ['R-3145'],
  },
  {
    id: 'missed-data-untold',
    what: 'setWatches says nothing about data that changed while the client was away.',
    file: 'shared/tree/watch-requests.ts',
    find: 'else if (node.mzxid > request.relativeZxid)',
    replace: 'else if (node.mzxid > request.relativeZxid + 2 ** 50)',
    guards: ['W-7'],
    scenarios: [],
  },
  {
    id: 'watches-not-set-again',
    what: 'setWatches tells what was missed, but arms no data watch for what comes.',
    file: 'shared/tree/watch-requests.ts',
    find: "    else if (node.mzxid > request.relativeZxid) tell('nodeDataChanged', path, node)\n    else addWatch(watches, conn, path, 'data', 'standard')\n",
    replace: "    else if (node.mzxid > request.relativeZxid) tell('nodeDataChanged', path, node)\n",
    guards: ['W-7'],
    scenarios: [],
  },
]
