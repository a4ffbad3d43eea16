// Ends somebody's session, after saying what goes with it. Cancel is the default.

import { useState } from 'react'
import { ask } from '../stores/ask.ts'
import { tell } from '../stores/notice-store.ts'
import { Dialog } from '../ui/dialog.tsx'
import { useMessages } from '../ui/words.ts'
import type { SessionRow } from '../viz/session-rows.ts'
import { GuardedButton } from './tree/guarded-button.tsx'

export function CloseSession({ row }: { readonly row: SessionRow }) {
  const { sessions: words, frame } = useMessages()
  const [step, setStep] = useState<'no' | 'asked' | 'ordered'>('no')
  if (row.state === 'over') return null
  const close = async () => {
    setStep('ordered')
    const answer = await ask('session:close', { session: row.session })
    if (!answer.ok) tell(answer.message)
    setStep('no')
  }
  return (
    <p className="close-session">
      <GuardedButton
        needs="session:close"
        className="small danger"
        disabled={step !== 'no'}
        onClick={() => setStep('asked')}
      >
        {words.close}
      </GuardedButton>
      {step === 'asked' && (
        <Dialog title={words.closeTitle(row.session)} onClose={() => setStep('no')}>
          <p>{words.closeMeans(row.ephemerals.length, row.watches, row.locks.length)}</p>
          <div className="buttons">
            <button type="button" className="button" onClick={() => setStep('no')}>
              {frame.cancel}
            </button>
            <button type="button" className="button danger primary" onClick={() => void close()}>
              {words.closeDo}
            </button>
          </div>
        </Dialog>
      )}
    </p>
  )
}
