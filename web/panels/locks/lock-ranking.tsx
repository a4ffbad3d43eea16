// All locks that were seen, by the time that was spent waiting for them. A click opens one.

import { formatCount } from '../../i18n/format.ts'
import { navigate } from '../../stores/route-store.ts'
import { Icon } from '../../ui/icon.tsx'
import { NameText } from '../../ui/name-text.tsx'
import { SessionTag } from '../../ui/tags.tsx'
import { Ago, useDuration } from '../../ui/times.tsx'
import { VirtualList } from '../../ui/virtual-list.tsx'
import { Visible } from '../../ui/visible.tsx'
import { useLanguage, useMessages } from '../../ui/words.ts'
import type { RankedLock } from '../../viz/locks/ranking.ts'

const ROW_PX = 44

export function LockRanking({ rows }: { readonly rows: readonly RankedLock[] }) {
  const { lockView: words } = useMessages()
  return (
    <>
      <div className="list-head ranking-columns">
        <span>{words.columns.lock}</span>
        <span className="wide-only">{words.columns.holder}</span>
        <span className="number">{words.columns.waiting}</span>
        <span className="number wide-only">{words.columns.oldest}</span>
        <span title={words.waitedHint}>{words.columns.waited}</span>
        <span className="number wide-only">{words.columns.grants}</span>
        <span className="wide-only">{words.columns.hints}</span>
      </div>
      <VirtualList
        label={words.ranking}
        rows={rows}
        rowHeight={ROW_PX}
        keyOf={(row) => row.path}
        chosen={-1}
        onPick={(row) => navigate({ lock: row.path, lockForm: null })}
        attributes={() => ({ role: 'option', className: 'ranking-columns pickable', 'aria-selected': false })}
        render={(row) => <Row row={row} />}
      />
    </>
  )
}

function Row({ row }: { readonly row: RankedLock }) {
  const { lockView: words, lints, locks } = useMessages()
  const language = useLanguage()
  const duration = useDuration()
  const count = (n: number) => formatCount(n, language)
  return (
    <>
      <span className="ranking-lock">
        <span className="mono">
          <NameText text={row.path} />
        </span>
        <span className="tertiary">
          {row.recipe === null
            ? words.notTracked
            : (words.recipes[row.recipe] ?? locks.recipes[row.recipe] ?? row.recipe)}
          {row.application !== null && (
            <>
              {' · '}
              <Visible text={row.application} />
            </>
          )}
          {' · '}
          <Ago t={row.lastSeenMs} />
        </span>
      </span>
      <span className="wide-only">
        {row.holder === null ? (
          <span className="tertiary">{row.recipe === null ? '' : words.free}</span>
        ) : (
          <>
            <SessionTag session={row.holder} />
            {row.holders > 1 && <span className="tertiary"> {words.others(row.holders - 1)}</span>}
          </>
        )}
      </span>
      <span className="number">{row.recipe === null ? '' : count(row.waiters)}</span>
      <span className="number wide-only">{row.oldestWaitMs === null ? '' : duration(row.oldestWaitMs)}</span>
      <span className="waited">
        <span className="waited-track">
          <span className="waited-bar" style={{ width: `${row.part * 100}%` }} />
        </span>
        <span className="number">{row.recipe === null ? '' : words.seconds(seconds(row.waiterSeconds, count))}</span>
      </span>
      <span className="number wide-only">{row.recipe === null ? '' : count(row.grants)}</span>
      <span className="wide-only">
        {row.lints.length > 0 && (
          <span className="lint-mark" title={row.lints.map(({ name, params }) => lints[name](params)).join('\n')}>
            <Icon name="warning" size={14} /> {row.lints.length}
          </span>
        )}
      </span>
    </>
  )
}

function seconds(value: number, count: (n: number) => string): string {
  return value < 100 ? value.toFixed(1) : count(Math.round(value))
}
