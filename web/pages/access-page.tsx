// What somebody sees who came without a token, or with one that the gateway does not take: why, and what to
// do next, right here.

import { type FormEvent, useState } from 'react'
import type { Refusal } from '../stores/view-store.ts'
import { Visible } from '../ui/visible.tsx'
import { useMessages } from '../ui/words.ts'

interface AccessPageProps {
  /** `null`: there was no token at all. */
  readonly refused: Refusal | null
  readonly readToken: ReadToken
  readonly onToken: (token: string) => void
}

/** The token in what somebody pasted, or null. */
export type ReadToken = (text: string) => string | null

export function AccessPage({ refused, readToken, onToken }: AccessPageProps) {
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
        <TokenForm readToken={readToken} onToken={onToken} />
      )}
      {refused !== null && refused.detail !== '' && (
        <p className="tertiary">
          <Visible text={words.gatewaySays(refused.detail)} />
        </p>
      )}
    </main>
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
