// The watches of the log, grouped by path: each life from set to delivered, each trigger with its fan-out.

import { memo } from 'react'
import { formatClock, formatCount, formatExact } from '../i18n/format.ts'
import { select, useRoute } from '../stores/route-store.ts'
import { MemberMark, PathTag, SessionTag, ZxidTag } from '../ui/tags.tsx'
import { useDuration } from '../ui/times.tsx'
import { VirtualList } from '../ui/virtual-list.tsx'
import { useLanguage, useMessages } from '../ui/words.ts'
import type { Trigger, WatchLife, WatchRow } from '../viz/watch-groups.ts'
import { HERD_LEAST } from '../viz/watch-sessions.ts'

const ROW_PX = 28

function keyOf(row: WatchRow): string {
  if (row.type === 'group') return `group ${row.group.path}`
  return row.type === 'life' ? row.life.key : `rest ${row.path}`
}

function pathOf(row: WatchRow): string {
  if (row.type === 'group') return row.group.path
  return row.type === 'life' ? row.life.path : row.path
}

/** Half of the gaps of these lives are shorter; null when none of them was set again. */
function middleGap(lives: readonly WatchLife[], gaps: WatchListProps['gaps']): number | null {
  const known = lives.flatMap(({ key }) => gaps.get(key) ?? []).sort((a, b) => a - b)
  return known[known.length >> 1] ?? null
}

/** The heads of the columns; the second is what a row is not grouped by. */
export function WatchColumns({ second }: { readonly second: string }) {
  const { watches: words } = useMessages()
  return (
    <div className="list-head watch-columns">
      <span>{words.columns.watch}</span>
      <span>{second}</span>
      <span className="wide-only">{words.columns.member}</span>
      <span>{words.columns.set}</span>
      <span>{words.columns.triggered}</span>
      <span className="number">{words.columns.delivered}</span>
      <span className="number wide-only" title={words.gapHint}>
        {words.columns.again}
      </span>
    </div>
  )
}

interface WatchListProps {
  readonly rows: readonly WatchRow[]
  /** By the key of a life; see viz/watch-sessions.ts. */
  readonly gaps: ReadonlyMap<string, number | null>
}

export function WatchList({ rows, gaps }: WatchListProps) {
  const { watches: words } = useMessages()
  const selection = useRoute((route) => route.selection)
  const path = selection?.type === 'watch' ? selection.path : null
  return (
    <>
      <WatchColumns second={words.columns.session} />
      <VirtualList
        label={words.label}
        rows={rows}
        rowHeight={ROW_PX}
        keyOf={keyOf}
        chosen={path === null ? -1 : rows.findIndex((row) => row.type === 'group' && row.group.path === path)}
        recycle
        onPick={(row) => select({ type: 'watch', path: pathOf(row) })}
        attributes={(row) => ({
          role: 'option',
          className: row.type === 'group' ? 'watch-group pickable' : 'watch-columns pickable',
          'aria-selected': row.type === 'group' && row.group.path === path,
        })}
        render={(row) => <RowContent row={row} gaps={gaps} />}
      />
    </>
  )
}

function RowContent({ row, gaps }: { readonly row: WatchRow } & Pick<WatchListProps, 'gaps'>) {
  const { watches: words } = useMessages()
  const language = useLanguage()
  if (row.type === 'group') {
    const { path, waiting, triggers } = row.group
    const gap = middleGap(row.group.lives, gaps)
    const trigger = triggers[0]
    return <GroupContent path={path} waiting={waiting} trigger={trigger} gap={gap} stamp={JSON.stringify(trigger)} />
  }
  if (row.type === 'rest') return <span className="tertiary rest">{words.more(formatCount(row.count, language))}</span>
  return <LifeContent life={row.life} gap={gaps.get(row.life.key)} named="session" />
}

export function Bell({ fired }: { readonly fired: boolean }) {
  return (
    <svg
      className="bell"
      width="14"
      height="14"
      viewBox="0 0 16 16"
      aria-hidden="true"
      data-fired={fired ? '' : undefined}
    >
      <path d="M3 11.5H13C11.8 10.4 11.8 9 11.8 7A3.8 3.8 0 0 0 4.2 7C4.2 9 4.2 10.4 3 11.5ZM6.8 13.6H9.2" />
    </svg>
  )
}

interface GroupContentProps {
  readonly path: string
  readonly waiting: number
  /** The newest. */
  readonly trigger: Trigger | undefined
  readonly gap: number | null
  /** Of the trigger: groups are made anew whenever anything was heard. */
  readonly stamp: string | undefined
}

const GroupContent = memo(
  GroupCells,
  (a, b) => a.path === b.path && a.waiting === b.waiting && a.gap === b.gap && a.stamp === b.stamp,
)

function GroupCells({ path, waiting, trigger, gap }: GroupContentProps) {
  const { watches: words } = useMessages()
  const language = useLanguage()
  const duration = useDuration()
  return (
    <>
      <span className="group-path">
        <PathTag path={path} />
      </span>
      <span className="secondary">
        {trigger && (
          <>
            {trigger.fanOut >= HERD_LEAST && (
              <span className="herd" title={words.herdHint}>
                {words.herd}
              </span>
            )}
            {words.fired(trigger.event, trigger.fanOut)}
            {' · '}
            {trigger.slowestMs === null
              ? words.delivering(trigger.delivered, trigger.fanOut)
              : words.slowest(duration(trigger.slowestMs))}
            {gap !== null && ` · ${words.gapTypical(duration(gap))}`}
          </>
        )}
      </span>
      <span className="tertiary end">{waiting > 0 && words.waitingCount(formatCount(waiting, language))}</span>
    </>
  )
}

interface LifeContentProps {
  readonly life: WatchLife
  /** Undefined: it has none. Null: it was not set again. */
  readonly gap: number | null | undefined
  readonly named: 'session' | 'path'
}

/** Lives are made anew whenever anything was heard: drawn again is one that differs. */
export const LifeContent = memo(
  LifeCells,
  (a, b) => a.named === b.named && a.gap === b.gap && JSON.stringify(a.life) === JSON.stringify(b.life),
)

function LifeCells({ life, gap, named }: LifeContentProps) {
  const { watches: words } = useMessages()
  const duration = useDuration()
  const fired = life.event !== null
  const latency =
    life.deliveredAt === null || life.triggeredAt === null ? null : Math.max(0, life.deliveredAt - life.triggeredAt)
  return (
    <>
      <span className="watch-what">
        <Bell fired={fired} />
        {life.kind === null ? (
          <span className="tertiary" title={words.kindUnknown}>
            ?
          </span>
        ) : (
          (words.kinds[life.kind] ?? life.kind)
        )}
        <span className="hidden">{fired ? words.states.triggered : words.states.set}</span>
      </span>
      <span>{named === 'session' ? <SessionTag session={life.session} /> : <PathTag path={life.path} />}</span>
      <span className="wide-only">
        <MemberMark sid={life.sid} />
      </span>
      <span className="mono secondary" title={life.setAt === null ? undefined : formatExact(life.setAt)}>
        {life.setAt === null ? (
          <span className="tertiary sans" title={words.setBeforeHint}>
            {words.setBefore}
          </span>
        ) : (
          formatClock(life.setAt)
        )}
      </span>
      <span>
        {fired ? (
          <>
            {life.zxid !== null && <ZxidTag zxid={life.zxid} />} {life.event}
          </>
        ) : (
          <span className="tertiary" title={life.ended ? words.endedHint : undefined}>
            {life.ended ? words.ended : words.waiting}
          </span>
        )}
      </span>
      <span className="number" title={life.deliveredAt === null ? undefined : formatExact(life.deliveredAt)}>
        {latency !== null ? duration(latency) : life.deliveredAt !== null ? words.states.delivered : fired ? '…' : ''}
      </span>
      <span className="number wide-only" title={words.gapHint}>
        {gap === undefined ? (
          ''
        ) : gap === null ? (
          <span className="tertiary sans">{words.notAgain}</span>
        ) : (
          `+${duration(gap)}`
        )}
      </span>
    </>
  )
}
