// How a lock was recognised, with the signs used, and the way to say that it is something else.

import { useEffect, useState } from 'react'
import type { LockDetail } from '#shared/events/lock-requests.ts'
import { overrideFor } from '#shared/recipes/recognise/overrides.ts'
import { loadRules, useLockRules } from '../../stores/lock-rules.ts'
import { Visible } from '../../ui/visible.tsx'
import { useMessages } from '../../ui/words.ts'
import { GuardedButton } from '../tree/guarded-button.tsx'
import { RuleDialog } from './rule-dialog.tsx'

interface RecognitionProps {
  readonly path: string
  readonly detail: LockDetail
}

export function Recognition({ path, detail }: RecognitionProps) {
  const { lockView, lockDetail: words } = useMessages()
  const [asking, setAsking] = useState(false)
  const rules = useLockRules((state) => state.rules)
  useEffect(() => void loadRules(), [])
  const said = overrideFor(path, rules ?? [])
  const { application, family, confidence, facts } = detail
  const told = facts.filter(({ type }) => type !== 'path')
  return (
    <details className="recognition">
      <summary>
        {family === null ? words.howRecognised : lockView.recognised(family, lockView.confidence[confidence])}
      </summary>
      <div className="recognition-facts">
        {said?.recipe === 'none' ? <p>{words.dismissed}</p> : <p>{words.confidenceWhy[confidence]}</p>}
        <dl className="facts">
          {application !== null && (
            <>
              <dt>{words.application(application.system)}</dt>
              <dd>
                <span className="mono">
                  <Visible text={`${application.chroot}${application.pattern}`} />
                </span>{' '}
                <span className="tertiary">{words.roles[application.role]}</span>
              </dd>
            </>
          )}
          {told.map(({ type, detail: fact }) => (
            <div key={`${type} ${fact}`} className="fact-pair">
              <dt>{lockView.factTypes[type]}</dt>
              <dd className={words.factDetails[fact] === undefined ? 'mono' : undefined}>
                <Visible text={words.factDetails[fact] ?? fact} />
              </dd>
            </div>
          ))}
        </dl>
        <GuardedButton needs="locks:override" className="small" onClick={() => setAsking(true)}>
          {words.sayWhat}
        </GuardedButton>
      </div>
      {asking && (
        <RuleDialog rule={said ?? { glob: path, recipe: 'lock', permits: null }} onClose={() => setAsking(false)} />
      )}
    </details>
  )
}
