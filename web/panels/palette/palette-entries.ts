// Everything the palette can offer now: views, what the page can do, members, locks, sessions, paths and
// rounds that somebody has seen. Built when the palette opens and while it stays open.

import type { ClusterView } from '#shared/events/cluster-view.ts'
import type { LockDirectory } from '#shared/events/socket-protocol.ts'
import type { Messages } from '../../i18n/languages.ts'
import { visibleText } from '../../i18n/visible-text.ts'
import { VIEWS } from '../../stores/route.ts'
import { membersInOrder, roleOf } from '../../viz/ensemble-answer.ts'
import { ACTIONS } from './palette-actions.ts'
import type { PaletteEntry } from './rank.ts'

/** Of each kind that grows; what is beyond can be named outright. */
const NEWEST_MAX = 200

export function paletteEntries(
  view: ClusterView,
  locks: readonly LockDirectory[],
  paths: readonly string[],
  words: Messages,
): PaletteEntry[] {
  return [
    ...VIEWS.map(
      (name): PaletteEntry => ({
        key: `view ${name}`,
        kind: 'view',
        text: words.frame.views[name],
        detail: words.frame.viewHints[name],
        run: { type: 'view', view: name },
      }),
    ),
    ...ACTIONS.map(
      ({ name }): PaletteEntry => ({
        key: `action ${name}`,
        kind: 'action',
        text: words.palette.actions[name],
        detail: '',
        run: { type: 'action', name },
      }),
    ),
    ...memberEntries(view, words),
    ...locks.slice(0, NEWEST_MAX).map(
      ({ path }): PaletteEntry => ({
        key: `lock ${path}`,
        kind: 'lock',
        text: visibleText(path),
        detail: words.palette.kinds.lock,
        run: { type: 'lock', path },
      }),
    ),
    ...sessionEntries(view, words),
    ...roundEntries(view, words),
    ...paths.slice(0, NEWEST_MAX).map(
      (path): PaletteEntry => ({
        key: `znode ${path}`,
        kind: 'znode',
        text: visibleText(path),
        detail: words.palette.kinds.znode,
        run: { type: 'select', selection: { type: 'znode', path }, view: null },
      }),
    ),
  ]
}

function memberEntries(view: ClusterView, { ensemble }: Messages): PaletteEntry[] {
  return membersInOrder(view).flatMap((member) => {
    const sid = String(member.sid)
    const stopped = member.process === 'killed' || member.process === 'stopped'
    const doing = member.process === 'paused' ? ('resume' as const) : stopped ? ('start' as const) : ('pause' as const)
    const orders = stopped ? [doing] : [doing, 'kill' as const]
    return [
      {
        key: `member ${sid}`,
        kind: 'member' as const,
        text: ensemble.member(sid),
        detail: `${ensemble.roles[roleOf(member)]} ${member.clientAddress}`,
        run: { type: 'select' as const, selection: { type: 'member' as const, sid: member.sid }, view: null },
      },
      ...orders.map((order) => ({
        key: `order ${order} ${sid}`,
        kind: 'action' as const,
        text: ensemble.actionOn[order](sid),
        detail: '',
        run: { type: 'action' as const, name: `${order} ${sid}` },
      })),
    ]
  })
}

function sessionEntries(view: ClusterView, { palette }: Messages): PaletteEntry[] {
  return Object.values(view.connections)
    .filter(({ session }) => session !== '0x0')
    .slice(0, NEWEST_MAX)
    .map(({ session, address }) => ({
      key: `session ${session}`,
      kind: 'session',
      text: session,
      detail: `${palette.kinds.session} ${visibleText(address)}`,
      run: { type: 'select', selection: { type: 'session', session }, view: null },
    }))
}

function roundEntries(view: ClusterView, { palette }: Messages): PaletteEntry[] {
  return view.rounds
    .slice(-NEWEST_MAX)
    .reverse()
    .map(({ txn }) => ({
      key: `round ${txn.zxid}`,
      kind: 'round',
      text: txn.zxid,
      detail: `${palette.kinds.round} ${txn.op} ${txn.path === null ? '' : visibleText(txn.path)}`,
      run: { type: 'select', selection: { type: 'round', zxid: txn.zxid }, view: 'rounds' },
    }))
}
