// What a member does and how far it is behind, in words with a glyph where they judge.

import { formatCount } from '../i18n/format.ts'
import { useLanguage, useMessages } from '../i18n/messages.ts'
import type { Lag, MemberRole } from '../viz/ensemble-answer.ts'

export function RoleText({ role }: { readonly role: MemberRole }) {
  return <span data-role={role}>{useMessages().ensemble.roles[role]}</span>
}

export function LagText({ lag }: { readonly lag: Lag }) {
  const { ensemble, frame } = useMessages()
  const language = useLanguage()
  switch (lag.type) {
    case 'none':
      return <span className="tertiary">{ensemble.lagNone}</span>
    case 'txns':
      return <span className="behind">{ensemble.lagTxns(lag.count, formatCount(lag.count, language))}</span>
    case 'older-epoch':
      return <span className="behind">{ensemble.lagEpoch}</span>
    default:
      return <span className="tertiary">{frame.unknown}</span>
  }
}
