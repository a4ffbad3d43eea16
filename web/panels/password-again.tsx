// Asks for the password once more where the gateway wants it. It stays in this form and goes nowhere but to the gateway.

import { type FormEvent, useState } from 'react'
import { takeToken } from '../feeds/access-token.ts'
import { enterPasswordAgain } from '../feeds/log-in.ts'
import { answerPasswordAgain, usePasswordAgain } from '../stores/password-again-store.ts'
import { Dialog } from '../ui/dialog.tsx'
import { Visible } from '../ui/visible.tsx'
import { useMessages } from '../ui/words.ts'

export function PasswordAgain() {
  const asked = usePasswordAgain((state) => state.waiting !== null)
  return asked ? <Question /> : null
}

function Question() {
  const { access: words, frame } = useMessages()
  const [password, setPassword] = useState('')
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState('')
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    const answer = await enterPasswordAgain(password, takeToken() ?? '')
    setBusy(false)
    setPassword('')
    if (answer.ok) answerPasswordAgain(true)
    else setProblem(answer.message)
  }
  return (
    <Dialog title={words.again} onClose={() => answerPasswordAgain(false)}>
      <p>{words.whyAgain}</p>
      <form onSubmit={(event) => void submit(event)}>
        <input
          className="field"
          type="password"
          aria-label={words.password}
          autoComplete="current-password"
          required
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
        {problem !== '' && (
          <p role="alert" className="behind">
            <Visible text={words.gatewaySays(problem)} />
          </p>
        )}
        <div className="buttons">
          <button type="button" className="button" onClick={() => answerPasswordAgain(false)}>
            {frame.cancel}
          </button>
          <button type="submit" className="button primary" disabled={busy}>
            {words.goOn}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
