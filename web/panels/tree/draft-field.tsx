// A field for bytes: as text where that keeps them exactly, else as hex; or no data at all.

import { formatBytes } from '../../i18n/format.ts'
import { DATA_BYTES_MAX } from '../../stores/tree/transfer.ts'
import { Segments } from '../../ui/segments.tsx'
import { useMessages } from '../../ui/words.ts'
import { bytesOfDraft, convertDraft, type Draft, type Form } from '../../viz/tree/draft.ts'

interface DraftFieldProps {
  readonly draft: Draft
  readonly onChange: (draft: Draft) => void
  readonly rows: number
}

export function DraftField({ draft, onChange, rows }: DraftFieldProps) {
  const { edit: words } = useMessages()
  const asText = convertDraft(draft, 'text')
  const problem = useDraftProblem(draft)
  return (
    <div className="draft">
      <div className="draft-head">
        <span>{words.dataField}</span>
        <Segments
          label={words.form}
          value={draft.form}
          onChange={(form: Form) => {
            const next = convertDraft(draft, form)
            if (next) onChange(next)
          }}
          choices={(['text', 'hex', 'null'] as const)
            .filter((form) => form !== 'text' || asText !== null)
            .map((value) => ({ value, label: words.forms[value] }))}
        />
      </div>
      {draft.form !== 'null' && (
        <textarea
          className="field mono"
          aria-label={words.dataField}
          aria-invalid={problem !== null || undefined}
          spellCheck={false}
          rows={rows}
          value={draft.text}
          onChange={(event) => onChange({ form: draft.form, text: event.target.value })}
        />
      )}
      {draft.form === 'hex' && asText === null && problem === null && <p className="tertiary">{words.noText}</p>}
      {problem !== null && (
        <p role="alert" className="behind">
          {problem}
        </p>
      )}
    </div>
  )
}

/** What is wrong with it, in words; null when it can be written. */
export function useDraftProblem(draft: Draft): string | null {
  const { edit: words } = useMessages()
  const value = bytesOfDraft(draft)
  if (!value.ok) return value.why === 'not-hex' ? words.notHex : words.notUnicode
  return (value.bytes?.length ?? 0) > DATA_BYTES_MAX ? words.tooLarge(formatBytes(DATA_BYTES_MAX)) : null
}
