// Name and password instead of a token. The gateway answers with a token that goes with its cookie; both are needed, and
// neither is kept in web storage (security rules S-3, B-7).

import { type FormEvent, useState } from 'react'
import { logIn } from '../feeds/log-in.ts'
import { Visible } from '../ui/visible.tsx'
import { useMessages } from '../ui/words.ts'

export function LoginForm({ onToken }: { readonly onToken: (token: string) => void }) {
  const { access: words } = useMessages()
  const [user, setUser] = useState('')
  const [password, setPassword] = useState('')
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState('')
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    const answer = await logIn(user, password)
    setBusy(false)
    setPassword('')
    if (answer.ok) onToken(answer.value)
    else setProblem(answer.message)
  }
  return (
    <details className="access-login">
      <summary>{words.logInInstead}</summary>
      <form onSubmit={(event) => void submit(event)}>
        <div className="access-field">
          <input
            className="field"
            aria-label={words.user}
            placeholder={words.user}
            autoComplete="username"
            spellCheck={false}
            required
            value={user}
            onChange={(event) => setUser(event.target.value)}
          />
          <input
            className="field"
            type="password"
            aria-label={words.password}
            placeholder={words.password}
            autoComplete="current-password"
            required
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
          <button type="submit" className="button primary" disabled={busy}>
            {words.logIn}
          </button>
        </div>
        {problem !== '' && (
          <p role="alert" className="behind">
            <Visible text={words.gatewaySays(problem)} />
          </p>
        )}
      </form>
    </details>
  )
}
