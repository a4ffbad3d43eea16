// What people said about paths, as a list that can be added to and taken back.

import { useEffect, useState } from 'react'
import type { LockOverride } from '#shared/events/lock-requests.ts'
import { formatCount } from '../../i18n/format.ts'
import { loadRules, sayRule, useLockRules } from '../../stores/lock-rules.ts'
import { useViewStore } from '../../stores/view-store.ts'
import { Empty, Skeleton } from '../../ui/states.tsx'
import { Visible } from '../../ui/visible.tsx'
import { useLanguage, useMessages } from '../../ui/words.ts'
import { GuardedButton } from '../tree/guarded-button.tsx'
import { RuleDialog } from './rule-dialog.tsx'

const FRESH: LockOverride = { glob: '/', recipe: 'lock', permits: null }

export function LockRulesView() {
  const { lockDetail: words } = useMessages()
  const rules = useLockRules((state) => state.rules)
  const live = useViewStore((state) => state.status.type === 'live')
  const [edited, setEdited] = useState<LockOverride | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  useEffect(() => {
    if (live) void loadRules()
  }, [live])
  if (rules === null) return <Skeleton rows={4} rowHeight={36} />
  const takeBack = async (glob: string) => setProblem(await sayRule(glob, null, null))
  return (
    <div className="scrolls lock-rules">
      <p className="secondary blocked-text">{words.rulesAbout}</p>
      <GuardedButton needs="locks:override" onClick={() => setEdited(FRESH)}>
        {words.addRule}
      </GuardedButton>
      {problem !== null && (
        <p role="alert" className="behind">
          <Visible text={problem} />
        </p>
      )}
      {rules.length === 0 ? (
        <Empty title={words.rulesNone}>
          <p>{words.rulesNoneText}</p>
        </Empty>
      ) : (
        <RuleTable rules={rules} onEdit={setEdited} onTakeBack={(glob) => void takeBack(glob)} />
      )}
      {edited !== null && <RuleDialog rule={edited} onClose={() => setEdited(null)} />}
    </div>
  )
}

interface RuleTableProps {
  readonly rules: readonly LockOverride[]
  readonly onEdit: (rule: LockOverride) => void
  readonly onTakeBack: (glob: string) => void
}

function RuleTable({ rules, onEdit, onTakeBack }: RuleTableProps) {
  const { lockDetail: words, locks } = useMessages()
  const language = useLanguage()
  return (
    <table className="plain">
      <caption className="hidden">{words.rulesTitle}</caption>
      <thead>
        <tr>
          <th scope="col">{words.ruleColumns.glob}</th>
          <th scope="col">{words.ruleColumns.recipe}</th>
          <th scope="col" className="number wide-only">
            {words.ruleColumns.permits}
          </th>
          <th scope="col">
            <span className="hidden">{words.ruleColumns.change}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {rules.map((rule) => (
          <tr key={rule.glob}>
            <td className="mono">
              <Visible text={rule.glob} />
            </td>
            <td>{rule.recipe === 'none' ? words.notALock : locks.recipes[rule.recipe]}</td>
            <td className="number wide-only">
              {rule.permits === null ? (
                <span className="tertiary">{words.asTold}</span>
              ) : (
                formatCount(rule.permits, language)
              )}
            </td>
            <td className="rule-actions">
              <GuardedButton needs="locks:override" className="small" onClick={() => onEdit(rule)}>
                {words.ruleColumns.change}
              </GuardedButton>
              <GuardedButton needs="locks:override" className="small" onClick={() => onTakeBack(rule.glob)}>
                {words.takeBack} <span className="hidden">{rule.glob}</span>
              </GuardedButton>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
