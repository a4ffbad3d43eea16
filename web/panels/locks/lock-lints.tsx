// What a person should know about a lock before trusting its line: hints with the children that they are about.

import type { LockDetail } from '#shared/events/lock-requests.ts'
import { Icon } from '../../ui/icon.tsx'
import { Visible } from '../../ui/visible.tsx'
import { useMessages } from '../../ui/words.ts'

const CHILDREN_SHOWN = 4

export function LockLints({ detail }: { readonly detail: LockDetail }) {
  const { lockView: words, lints } = useMessages()
  if (detail.lints.length === 0) return null
  return (
    <ul className="lints" aria-label={words.lints}>
      {detail.lints.map(({ name, children, params }) => (
        <li key={name}>
          <Icon name="warning" size={14} />
          <span>
            {lints[name](params)}{' '}
            <span className="mono tertiary">
              {children.slice(0, CHILDREN_SHOWN).map((child, i) => (
                <span key={child}>
                  {i > 0 && ', '}
                  <Visible text={child} />
                </span>
              ))}
              {children.length > CHILDREN_SHOWN && ` +${children.length - CHILDREN_SHOWN}`}
            </span>
          </span>
        </li>
      ))}
    </ul>
  )
}
