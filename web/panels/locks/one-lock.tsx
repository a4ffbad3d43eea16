// One lock: what it is and how that is known, who holds and for how long, its hints, and then its queue, its lanes or
// its figures.

import type { LockView } from '#shared/events/socket-protocol.ts'
import { formatCount } from '../../i18n/format.ts'
import { useNow } from '../../stores/clock.ts'
import { openLock, useLocks } from '../../stores/lock-store.ts'
import type { LockForm } from '../../stores/route.ts'
import { navigate, useRoute } from '../../stores/route-store.ts'
import { Segments } from '../../ui/segments.tsx'
import { Empty, Skeleton } from '../../ui/states.tsx'
import { SessionTag } from '../../ui/tags.tsx'
import { useDuration } from '../../ui/times.tsx'
import { Visible } from '../../ui/visible.tsx'
import { useLanguage, useMessages } from '../../ui/words.ts'
import { LockQueue } from '../lock-queue.tsx'
import { HolderSession } from './holder-session.tsx'
import { LockBeliefs } from './lock-beliefs.tsx'
import { LockFigures } from './lock-figures.tsx'
import { LockLanesView } from './lock-lanes-view.tsx'
import { LockLints } from './lock-lints.tsx'
import { Recognition } from './recognition.tsx'
import { WatchTablesNote } from './watch-tables-note.tsx'

const FORMS = ['queue', 'lanes', 'figures'] as const satisfies readonly LockForm[]
const HOLDERS_SHOWN = 3
const CROWD_SHOWN = 60

export function OneLock({ path }: { readonly path: string }) {
  const { frame, lockView: words } = useMessages()
  const open = useLocks((state) => state.open)
  const form = useRoute((route) => FORMS.find((each) => each === route.lockForm)) ?? 'queue'
  const ready = open.type === 'ready' && open.path === path
  return (
    <>
      <div className="toolbar">
        <button type="button" className="button" onClick={() => navigate({ lock: null, lockForm: null })}>
          ← {words.all}
        </button>
        <span className="end">
          <Segments
            label={words.show}
            value={form}
            onChange={(lockForm) => navigate({ lockForm })}
            choices={FORMS.map((value) => ({ value, label: words.forms[value] }))}
          />
        </span>
      </div>
      {open.type === 'failed' && open.path === path ? (
        <Empty title={frame.nothingFound}>
          <p>
            <Visible text={open.message} />
          </p>
          <button type="button" className="button" onClick={() => void openLock(path)}>
            {frame.retry}
          </button>
        </Empty>
      ) : ready ? (
        <Opened lock={open.lock} toldAt={open.toldAt} form={form} />
      ) : (
        <div className="page-skeleton">
          <Skeleton rows={6} rowHeight={48} />
        </div>
      )}
    </>
  )
}

interface OpenedProps {
  readonly lock: LockView
  readonly toldAt: number
  readonly form: (typeof FORMS)[number]
}

function Opened({ lock, toldAt, form }: OpenedProps) {
  const { locks: words, lockView, lockDetail } = useMessages()
  const isOpen = lock.detail?.incarnation == null
  const emptyTitle =
    lock.recipe !== 'barrier' ? words.nobody : isOpen ? lockDetail.barrierOpen : lockDetail.barrierClosed
  return (
    <>
      <Head lock={lock} />
      {lock.detail && <LockLints detail={lock.detail} />}
      <LockBeliefs lock={lock} />
      {form === 'queue' &&
        (lock.contenders.length === 0 ? (
          (lock.detail?.crowd.length ?? 0) === 0 && <Empty title={emptyTitle} />
        ) : (
          <div className="queue-board" data-single={lock.recipe === 'single node' ? '' : undefined}>
            <LockQueue lock={lock} toldAt={toldAt} />
          </div>
        ))}
      {form === 'queue' && <Crowd lock={lock} />}
      {form === 'queue' && <WatchTablesNote lock={lock} />}
      {form === 'lanes' && <LockLanesView lock={lock} />}
      {form === 'figures' && (lock.detail ? <LockFigures detail={lock.detail} /> : <Empty title={lockView.noDetail} />)}
    </>
  )
}

/** Who waits for a single node is in watch tables only, and in no order. */
function Crowd({ lock }: { readonly lock: LockView }) {
  const { lockView: words, lockDetail } = useMessages()
  const language = useLanguage()
  const crowd = lock.detail?.crowd ?? []
  if (crowd.length === 0) return null
  return (
    <section className="crowd">
      <p className="secondary">
        {words.crowd(crowd.length, formatCount(crowd.length, language))}
        {lock.recipe === 'single node' && <span className="tertiary"> · {lockDetail.waitersUnordered}</span>}
      </p>
      <ul className="crowd-sessions">
        {crowd.slice(0, CROWD_SHOWN).map((session) => (
          <li key={session}>
            <SessionTag session={session} />
          </li>
        ))}
        {crowd.length > CROWD_SHOWN && <li className="tertiary">{words.others(crowd.length - CROWD_SHOWN)}</li>}
      </ul>
    </section>
  )
}

function Head({ lock }: { readonly lock: LockView }) {
  const { locks: words, lockView, lockDetail } = useMessages()
  const duration = useDuration()
  const now = useNow()
  const holders = lock.contenders.filter((contender) => contender.role === 'holder')
  const oldest = Math.min(...lock.contenders.map((contender) => contender.sinceMs))
  const { detail } = lock
  const single = lock.recipe === 'single node' || lock.recipe === 'barrier'
  const crowd = detail?.crowd.length ?? 0
  const language = useLanguage()
  return (
    <div className="lock-head">
      <h2>
        <span className="mono">
          <Visible text={lock.path} />
        </span>
        <span className="secondary">{lockView.recipes[lock.recipe] ?? words.recipes[lock.recipe] ?? lock.recipe}</span>
      </h2>
      <p className="secondary" role="status">
        {lock.recipe === 'barrier'
          ? detail?.incarnation == null
            ? lockDetail.barrierOpen
            : lockDetail.barrierClosed
          : words.held(holders.length)}{' '}
        ·{' '}
        {single
          ? lockView.crowd(crowd, formatCount(crowd, language))
          : words.waitCount(lock.contenders.length - holders.length)}
        {!single && lock.contenders.length > 0 && ` · ${words.longest(duration(now - oldest))}`}
      </p>
      {detail && <Recognition path={lock.path} detail={detail} />}
      <div className="lock-sessions">
        {holders
          .filter(({ session }) => session !== '0x0')
          .slice(0, HOLDERS_SHOWN)
          .map(({ session, path }) => (
            <HolderSession key={path} session={session} />
          ))}
      </div>
    </div>
  )
}
