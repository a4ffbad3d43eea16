// A contender of the open lock: since when it is in line, from where, and whom it waits for, down to the holder.

import { formatDuration } from '../i18n/format.ts'
import { useNow } from '../stores/clock.ts'
import { useLocks } from '../stores/lock-store.ts'
import { select } from '../stores/route-store.ts'
import { NameText } from '../ui/name-text.tsx'
import { MemberMark, PathTag, SessionTag } from '../ui/tags.tsx'
import { Ago } from '../ui/times.tsx'
import { Visible } from '../ui/visible.tsx'
import { useMessages } from '../ui/words.ts'
import { waitsForChain } from '../viz/lock-queue.ts'
import { ContenderWhy } from './locks/contender-why.tsx'

const CHAIN_MAX = 50

export function InspectContender({ path }: { readonly path: string }) {
  const { locks: words, ensemble, frame, units } = useMessages()
  const now = useNow()
  const open = useLocks((state) => state.open)
  const lock = open.type === 'ready' ? open.lock : null
  const contender = lock?.contenders.find((each) => each.path === path)
  if (!lock || !contender) return <p className="secondary">{words.gone}</p>
  const chain = waitsForChain(lock, path, CHAIN_MAX)
  const standing = lock.detail?.standings.find((each) => each.path === path)
  return (
    <>
      {standing && <ContenderWhy standing={standing} toldAt={open.type === 'ready' ? open.toldAt : now} />}
      <section>
        <dl className="facts">
          <dt>{ensemble.columns.state}</dt>
          <dd>{contender.role === 'holder' ? words.holder : words.waiting}</dd>
          <dt>{words.since}</dt>
          <dd>
            <Ago t={contender.sinceMs} />
          </dd>
          {contender.role === 'holder' && (
            <>
              <dt>{words.heldSince}</dt>
              <dd>
                {contender.heldSinceMs === null ? (
                  <span className="tertiary">{words.holdsUnseen}</span>
                ) : (
                  <Ago t={contender.heldSinceMs} />
                )}
              </dd>
            </>
          )}
          <dt>{words.kind}</dt>
          <dd>
            <Visible text={contender.kind} />
          </dd>
          <dt>{words.columns.session}</dt>
          <dd>
            <SessionTag session={contender.session} />
          </dd>
          <dt>{words.columns.address}</dt>
          <dd className="mono">
            {contender.address === null ? words.addressUnknown : <Visible text={contender.address} />}
          </dd>
          {contender.sid !== null && (
            <>
              <dt>{ensemble.memberShort}</dt>
              <dd>
                <MemberMark sid={contender.sid}>{ensemble.member(String(contender.sid))}</MemberMark>
              </dd>
            </>
          )}
          <dt>{words.sequence}</dt>
          <dd className="mono">{contender.sequence}</dd>
          <dt>{words.data}</dt>
          <dd className="mono">{contender.data === '' ? frame.none : <Visible text={contender.data} />}</dd>
          <dt>Znode</dt>
          <dd>
            <PathTag path={contender.path} />
          </dd>
        </dl>
      </section>
      <section>
        <h3>{words.chain}</h3>
        <ol className="chain">
          {chain.map((link) => (
            <li key={link.path} data-role={link.role}>
              <button
                type="button"
                className="tag"
                aria-current={link.path === path || undefined}
                onClick={() => select({ type: 'contender', path: link.path })}
              >
                <NameText text={link.name} />
              </button>
              <span className="tertiary">
                {link.role === 'holder' ? words.holder : words.waiting} · {formatDuration(now - link.sinceMs, units)}
              </span>
            </li>
          ))}
        </ol>
      </section>
    </>
  )
}
