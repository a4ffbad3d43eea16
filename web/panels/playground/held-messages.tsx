// Messages that wait between members until somebody lets them go: which, from whom to whom, since when; one step at a time, or
// all of them. Shown wherever somebody may want to take a step, and only while something is held.

import type { HeldMessage } from '#shared/events/held-messages.ts'
import { formatAge } from '../../i18n/format.ts'
import { releaseAll, releaseOne, useHeldMessages, useHolding } from '../../stores/held-store.ts'
import { MemberMark } from '../../ui/tags.tsx'
import { useMessages } from '../../ui/words.ts'

/** Rows; the rest comes up as these go. */
const ROWS_MAX = 12

export function HeldMessages() {
  const holding = useHolding()
  return holding ? <Held /> : null
}

function Held() {
  const { held: words } = useMessages().playground
  const { messages, more } = useHeldMessages((state) => state.list)
  const busy = useHeldMessages((state) => state.busy)
  const [next] = messages
  const hidden = messages.length - ROWS_MAX + more
  return (
    <section className="held" aria-label={words.title}>
      <div className="play-head">
        <h2>{words.title}</h2>
        <span className="held-buttons">
          <button
            type="button"
            className="button small primary"
            disabled={busy || !next}
            onClick={() => next && void releaseOne(next, 'deliver')}
          >
            {words.next}
          </button>
          <button type="button" className="button small" disabled={busy || !next} onClick={() => void releaseAll()}>
            {words.all}
          </button>
        </span>
      </div>
      <p className="tertiary">{words.intro}</p>
      <p role="status" className={next ? 'hidden' : 'secondary'}>
        {next ? words.count(messages.length + more) : words.none}
      </p>
      <ol className="held-list">
        {messages.slice(0, ROWS_MAX).map((message) => (
          <Row key={`${message.from} ${message.id}`} message={message} busy={busy} />
        ))}
      </ol>
      {hidden > 0 && <p className="tertiary">{words.more(hidden)}</p>}
    </section>
  )
}

function Row({ message, busy }: { readonly message: HeldMessage; readonly busy: boolean }) {
  const { playground, units } = useMessages()
  const words = playground.held
  const { from, to, type, zxid, leader, heldMs, bytes, alone } = message
  const named: Readonly<Record<string, string>> = {
    vote: words.vote(String(leader)),
    handshake: words.handshake,
    bytes: words.bytes,
    end: words.end,
  }
  const name = named[type] ?? type
  const what = zxid === null ? name : `${name} ${zxid}`
  const ends = [what, String(from), String(to)] as const
  return (
    <li>
      <span className="held-way">
        <MemberMark sid={from} />
        <span aria-hidden="true">→</span>
        <MemberMark sid={to} />
      </span>
      <span>
        <b>{name}</b> {zxid !== null && <span className="mono">{zxid}</span>}{' '}
        <span className="tertiary">
          {words.size(bytes)} · {formatAge(heldMs, units)}
        </span>
      </span>
      <span className="held-buttons">
        <button
          type="button"
          className="button small"
          disabled={busy}
          aria-label={words.deliverOne(...ends)}
          onClick={() => void releaseOne(message, 'deliver')}
        >
          {words.deliver}
        </button>
        {alone && (
          <>
            <button
              type="button"
              className="button small"
              disabled={busy}
              aria-label={words.duplicateOne(...ends)}
              onClick={() => void releaseOne(message, 'duplicate')}
            >
              {words.duplicate}
            </button>
            <button
              type="button"
              className="button small"
              disabled={busy}
              aria-label={words.dropOne(...ends)}
              onClick={() => void releaseOne(message, 'drop')}
            >
              {words.drop}
            </button>
          </>
        )}
      </span>
    </li>
  )
}
