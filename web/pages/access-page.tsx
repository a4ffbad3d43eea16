// What somebody sees whom the gateway does not let in, or whose page is too old to go on: why, and what to do
// next, right here.

import { type FormEvent, type ReactNode, useState } from 'react'
import type { RefusedWhy } from '../feeds/feed.ts'
import { retryNow } from '../stores/ask.ts'
import type { Refusal } from '../stores/view-store.ts'
import { Visible } from '../ui/visible.tsx'
import { useMessages } from '../ui/words.ts'
import { LoginForm } from './login-form.tsx'

interface AccessPageProps {
  /** `null`: there was no token at all. */
  readonly refused: Refusal | null
  readonly readToken: ReadToken
  readonly onToken: (token: string) => void
}

/** The token in what somebody pasted, or null. */
export type ReadToken = (text: string) => string | null

export function AccessPage({ refused, readToken, onToken }: AccessPageProps) {
  const { access: words, frame } = useMessages()
  const form = (
    <>
      <TokenForm readToken={readToken} onToken={onToken} />
      <LoginForm onToken={onToken} />
    </>
  )
  const reload = <Step text={words.reload} onClick={() => location.reload()} />
  const screens: Record<RefusedWhy | 'none', readonly [title: string, lines: readonly string[], step: ReactNode]> = {
    none: [words.title, [words.why], form],
    token: [words.title, [words.wrong], form],
    full: [words.full, [words.whyFull, words.nextFull], <Step key="full" text={frame.retry} onClick={retryNow} />],
    version: [words.version, [words.nextVersion], reload],
    outdated: [words.outdated, [words.whyOutdated, words.nextOutdated], reload],
  }
  const [title, lines, step] = screens[refused?.why ?? 'none']
  return (
    <main className="access">
      <h1>{title}</h1>
      {lines.map((line) => (
        <p key={line}>{line}</p>
      ))}
      {step}
      {refused !== null && refused.detail !== '' && (
        <p className="tertiary">
          <Visible text={words.gatewaySays(refused.detail)} />
        </p>
      )}
    </main>
  )
}

function Step({ text, onClick }: { readonly text: string; readonly onClick: () => void }) {
  return (
    <button type="button" className="button primary" onClick={onClick}>
      {text}
    </button>
  )
}

function TokenForm({ readToken, onToken }: Omit<AccessPageProps, 'refused'>) {
  const { access: words } = useMessages()
  const [text, setText] = useState('')
  const [wrong, setWrong] = useState(false)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const token = readToken(text)
    setWrong(token === null)
    if (token !== null) onToken(token)
  }
  return (
    <form onSubmit={submit}>
      <p>{words.next}</p>
      <div className="access-field">
        <input
          className="field mono"
          aria-label={words.field}
          placeholder="http://127.0.0.1:8080/#token=…"
          autoComplete="off"
          spellCheck={false}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <button type="submit" className="button primary">
          {words.open}
        </button>
      </div>
      {wrong && (
        <p role="alert" className="behind">
          {words.notAToken}
        </p>
      )}
    </form>
  )
}
