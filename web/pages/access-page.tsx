// What somebody sees who came without a token, or with one that the gateway does not take: why, and what to
// do next, right here.

import { type FormEvent, useState } from 'react'
import { tokenFromText } from '../feeds/access-token.ts'
import type { FeedStatus } from '../feeds/feed.ts'
import { useMessages } from '../i18n/messages.ts'
import { Visible } from '../ui/visible.tsx'

interface AccessPageProps {
  /** `null`: there was no token at all. */
  readonly refused: Extract<FeedStatus, { type: 'refused' }> | null
  readonly onToken: (token: string) => void
}

export function AccessPage({ refused, onToken }: AccessPageProps) {
  const { access: words } = useMessages()
  const otherVersion = refused?.why === 'version'
  return (
    <main className="access">
      <h1>{otherVersion ? words.version : words.title}</h1>
      <p>{refused === null ? words.why : otherVersion ? words.nextVersion : words.wrong}</p>
      {otherVersion ? (
        <button type="button" className="button primary" onClick={() => location.reload()}>
          {words.reload}
        </button>
      ) : (
        <TokenForm onToken={onToken} />
      )}
      {refused !== null && refused.detail !== '' && (
        <p className="tertiary">
          <Visible text={words.gatewaySays(refused.detail)} />
        </p>
      )}
    </main>
  )
}

function TokenForm({ onToken }: { readonly onToken: (token: string) => void }) {
  const { access: words } = useMessages()
  const [text, setText] = useState('')
  const [wrong, setWrong] = useState(false)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const token = tokenFromText(text)
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
