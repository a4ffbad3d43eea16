// Says what the directories of a path pattern are: a lock of some kind, or none.

import { type FormEvent, useId, useState } from 'react'
import type { LockOverride } from '#shared/events/lock-requests.ts'
import { globProblem, matchesGlob, OVERRIDE_RECIPES } from '#shared/recipes/recognise/overrides.ts'
import { formatCount } from '../../i18n/format.ts'
import { sayRule } from '../../stores/lock-rules.ts'
import { useLocks } from '../../stores/lock-store.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { Visible } from '../../ui/visible.tsx'
import { useLanguage, useMessages } from '../../ui/words.ts'

const PERMITS_MAX = 1_000_000

interface RuleDialogProps {
  /** What the form begins with. */
  readonly rule: LockOverride
  readonly onClose: () => void
}

export function RuleDialog({ rule, onClose }: RuleDialogProps) {
  const { lockDetail: words, frame, locks } = useMessages()
  const language = useLanguage()
  const [glob, setGlob] = useState(rule.glob)
  const [recipe, setRecipe] = useState<LockOverride['recipe']>(rule.recipe)
  const [permitsText, setPermitsText] = useState(rule.permits === null ? '' : String(rule.permits))
  const [message, setMessage] = useState<string | null>(null)
  const [saving, setSaving] = useState(false)
  const directories = useLocks((state) => state.directories)
  const id = useId()
  const problem = globProblem(glob)
  const permits = permitsText.trim() === '' || recipe !== 'semaphore' ? null : Number(permitsText)
  const permitsWrong = permits !== null && (!Number.isInteger(permits) || permits < 1 || permits > PERMITS_MAX)
  const matching = (directories ?? []).filter(({ path }) => problem === null && matchesGlob(glob, path)).length
  const save = async (event: FormEvent) => {
    event.preventDefault()
    if (problem !== null || permitsWrong) return
    setSaving(true)
    const failed = await sayRule(glob, recipe, permits)
    setSaving(false)
    if (failed === null) onClose()
    else setMessage(failed)
  }
  return (
    <Dialog title={words.sayWhat} onClose={onClose}>
      <form className="rule-form" onSubmit={(event) => void save(event)}>
        <label htmlFor={`${id}-glob`}>{words.globLabel}</label>
        <input
          id={`${id}-glob`}
          className="field mono"
          value={glob}
          aria-invalid={problem !== null}
          aria-describedby={`${id}-hint`}
          onChange={(event) => setGlob(event.target.value)}
        />
        <p id={`${id}-hint`} className={problem === null ? 'tertiary' : 'behind'}>
          {problem ?? `${words.globHint}. ${words.matches(matching, formatCount(matching, language))}.`}
        </p>
        <label htmlFor={`${id}-recipe`}>{words.recipeLabel}</label>
        <select
          id={`${id}-recipe`}
          className="field"
          value={recipe}
          onChange={(event) => setRecipe(OVERRIDE_RECIPES.find((each) => each === event.target.value) ?? recipe)}
        >
          {OVERRIDE_RECIPES.map((each) => (
            <option key={each} value={each}>
              {each === 'none' ? words.notALock : locks.recipes[each]}
            </option>
          ))}
        </select>
        {recipe === 'semaphore' && (
          <>
            <label htmlFor={`${id}-permits`}>{words.permitsLabel}</label>
            <input
              id={`${id}-permits`}
              className="field"
              inputMode="numeric"
              value={permitsText}
              aria-invalid={permitsWrong}
              onChange={(event) => setPermitsText(event.target.value)}
            />
            <p className={permitsWrong ? 'behind' : 'tertiary'}>
              {permitsWrong ? words.permitsWrong : words.permitsHint}
            </p>
          </>
        )}
        {message !== null && (
          <p role="alert" className="behind">
            <Visible text={message} />
          </p>
        )}
        <div className="buttons">
          <button type="button" className="button" onClick={onClose}>
            {frame.cancel}
          </button>
          <button type="submit" className="button primary" disabled={problem !== null || permitsWrong || saving}>
            {saving ? words.saving : words.save}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
