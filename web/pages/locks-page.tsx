// Locks: who holds, who waits, since when and for whom.

import { type FormEvent, useEffect, useState } from 'react'
import type { LockView } from '#shared/events/socket-protocol.ts'
import { pathProblem } from '#shared/zk/path.ts'
import { formatDuration } from '../i18n/format.ts'
import { LockQueue } from '../panels/lock-queue.tsx'
import { useNow } from '../stores/clock.ts'
import { loadDirectories, openLock, useLocks } from '../stores/lock-store.ts'
import { navigate, useRoute } from '../stores/route-store.ts'
import { useViewStore } from '../stores/view-store.ts'
import { Command } from '../ui/copy-button.tsx'
import { Empty, Skeleton } from '../ui/states.tsx'
import { Ago } from '../ui/times.tsx'
import { Visible } from '../ui/visible.tsx'
import { useMessages } from '../ui/words.ts'

export function LocksPage() {
  const { locks: words } = useMessages()
  const path = useRoute((route) => route.lock)
  const live = useViewStore((state) => state.status.type === 'live')
  useEffect(() => {
    if (live) void loadDirectories()
  }, [live])
  useEffect(() => {
    if (live && path !== null) void openLock(path)
  }, [live, path])
  return (
    <div className="locks">
      <section className="lock-directories" aria-label={words.directories}>
        <PathForm key={path} path={path} />
        <Directories path={path} />
      </section>
      <section className="lock-main">{path === null ? <Nothing /> : <OpenedLock path={path} />}</section>
    </div>
  )
}

function PathForm({ path }: { readonly path: string | null }) {
  const { locks: words } = useMessages()
  const [text, setText] = useState(path ?? '')
  const [problem, setProblem] = useState<string | null>(null)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const wrong = pathProblem(text)
    setProblem(wrong)
    if (wrong === null) navigate({ lock: text })
  }
  return (
    <form className="path-form" onSubmit={submit}>
      <input
        className="field mono"
        data-find=""
        aria-label={words.field}
        placeholder={words.field}
        aria-invalid={problem !== null}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <button type="submit" className="button">
        {words.open}
      </button>
      {problem !== null && (
        <p role="alert" className="behind">
          {words.badPath(problem)}
        </p>
      )}
    </form>
  )
}

function Directories({ path }: { readonly path: string | null }) {
  const { locks: words } = useMessages()
  const directories = useLocks((state) => state.directories)
  return (
    <>
      <h2>{words.directories}</h2>
      {directories === null && <Skeleton rows={3} />}
      {directories?.length === 0 && <p className="secondary">{words.noDirectories}</p>}
      <ul>
        {directories?.map((directory) => (
          <li key={directory.path}>
            <button
              type="button"
              className="directory"
              aria-current={directory.path === path || undefined}
              onClick={() => navigate({ lock: directory.path })}
            >
              <span className="mono">
                <Visible text={directory.path} />
              </span>
              <span className="tertiary">
                <Ago t={directory.lastSeenMs} />
              </span>
            </button>
          </li>
        ))}
      </ul>
    </>
  )
}

const KAZOO_LINES =
  "python3 -c \"from kazoo.client import KazooClient as K; k=K('HOST'); k.start(); k.Lock('/locks/demo').acquire(); input()\""

function Nothing() {
  const { locks: words } = useMessages()
  const none = useLocks((state) => state.directories?.length === 0)
  const connect = useViewStore((state) => state.about?.connectString.split(',')[0] ?? '127.0.0.1:2181')
  return (
    <Empty title={none ? words.noDirectories : words.pick}>
      {none && (
        <>
          <p>{words.emptyText}</p>
          <Command text={KAZOO_LINES.replace('HOST', connect)} />
        </>
      )}
    </Empty>
  )
}

function OpenedLock({ path }: { readonly path: string }) {
  const { frame } = useMessages()
  const open = useLocks((state) => state.open)
  if (open.type === 'failed' && open.path === path) {
    return (
      <Empty title={frame.nothingFound}>
        <p>
          <Visible text={open.message} />
        </p>
        <button type="button" className="button" onClick={() => void openLock(path)}>
          {frame.retry}
        </button>
      </Empty>
    )
  }
  if (open.type !== 'ready' || open.path !== path) {
    return (
      <div className="page-skeleton">
        <Skeleton rows={6} rowHeight={36} />
      </div>
    )
  }
  return <Queue lock={open.lock} />
}

function Queue({ lock }: { readonly lock: LockView }) {
  const { locks: words, units } = useMessages()
  const now = useNow()
  const holders = lock.contenders.filter((contender) => contender.role === 'holder').length
  const oldest = Math.min(...lock.contenders.map((contender) => contender.sinceMs))
  return (
    <>
      <div className="lock-head">
        <h2>
          <span className="mono">
            <Visible text={lock.path} />
          </span>
          <span className="secondary"> {words.recipes[lock.recipe] ?? lock.recipe}</span>
        </h2>
        <p className="secondary" role="status">
          {words.held(holders)} · {words.waitCount(lock.contenders.length - holders)}
          {lock.contenders.length > 0 && ` · ${words.longest(formatDuration(now - oldest, units))}`}
        </p>
      </div>
      {lock.contenders.length === 0 ? <Empty title={words.nobody} /> : <LockQueue lock={lock} />}
    </>
  )
}
