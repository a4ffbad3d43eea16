// Three versions of a znode's data: before, theirs, yours. What only one side changed is merged; for the rest one
// chooses. Nothing is written here: the merged text goes back to the editor, over their version.

import { useMemo, useState } from 'react'
import { tryUtf8Decode } from '#shared/base/text.ts'
import { Visible } from '../../ui/visible.tsx'
import { useMessages } from '../../ui/words.ts'
import { bytesOfDraft, type Draft, draftOf, fitsTextField } from '../../viz/tree/draft.ts'
import { mergeRegions, type Region, threeWay } from '../../viz/tree/three-way.ts'
import type { Read } from './edit-dialog.tsx'

interface ConflictViewProps {
  readonly base: Read
  readonly theirs: Read
  readonly mine: Draft
  readonly onContinue: (draft: Draft) => void
  readonly onClose: () => void
}

const textOrNull = (bytes: Uint8Array | null): string | null =>
  bytes !== null && fitsTextField(bytes) ? tryUtf8Decode(bytes) : null

export function ConflictView({ base, theirs, mine, onContinue, onClose }: ConflictViewProps) {
  const { edit: words, frame } = useMessages()
  const [choices, setChoices] = useState<ReadonlyMap<number, 'mine' | 'theirs'>>(new Map())
  const regions = useMemo(() => {
    const own = bytesOfDraft(mine)
    const texts = [textOrNull(base.bytes), textOrNull(theirs.bytes), own.ok ? textOrNull(own.bytes) : null] as const
    const [before, there, here] = texts
    return before === null || there === null || here === null ? null : threeWay(before, there, here)
  }, [base, theirs, mine])
  const left = regions?.filter((region, i) => region.type === 'conflict' && !choices.has(i)).length ?? 0
  return (
    <>
      <p>
        <b className="behind">{words.conflict}.</b> {words.conflictText(String(theirs.version))}
      </p>
      {regions === null ? (
        <p>{words.conflictWhole}</p>
      ) : (
        <>
          <ol className="regions" aria-label={words.conflict}>
            {regions.map((region, i) => (
              <RegionView
                // biome-ignore lint/suspicious/noArrayIndexKey: regions have no identity but their place
                key={i}
                region={region}
                choice={choices.get(i) ?? null}
                onChoose={(side) => setChoices(new Map(choices).set(i, side))}
              />
            ))}
          </ol>
          <p role="status">{words.conflictsLeft(left)}</p>
        </>
      )}
      <div className="buttons">
        <button type="button" className="button" onClick={onClose}>
          {frame.cancel}
        </button>
        <button type="button" className="button" onClick={() => onContinue(draftOf(theirs.bytes))}>
          {words.keepTheirs}
        </button>
        <button type="button" className="button danger" onClick={() => onContinue(mine)}>
          {words.overwrite(String(theirs.version))}
        </button>
        {regions !== null && (
          <button
            type="button"
            className="button primary"
            disabled={left > 0}
            onClick={() => onContinue({ form: 'text', text: mergeRegions(regions, choices) })}
          >
            {words.continueMerged}
          </button>
        )}
      </div>
    </>
  )
}

interface RegionViewProps {
  readonly region: Region
  readonly choice: 'mine' | 'theirs' | null
  readonly onChoose: (side: 'mine' | 'theirs') => void
}

/** Unchanged lines shown on either side of a change. */
const CONTEXT = 3

function RegionView({ region, choice, onChoose }: RegionViewProps) {
  const { edit: words } = useMessages()
  if (region.type === 'same') {
    const { lines } = region
    const short = lines.length > 2 * CONTEXT + 1
    const shown = short ? [...lines.slice(0, CONTEXT), '⋯', ...lines.slice(-CONTEXT)] : lines
    return (
      <li className="region">
        <Lines lines={shown} />
      </li>
    )
  }
  if (region.type !== 'conflict') {
    return (
      <li className="region" data-type={region.type}>
        <span className="tertiary">{words.sides[region.type]}</span>
        <Lines lines={region.base} sign="−" />
        <Lines lines={region.lines} sign="+" />
      </li>
    )
  }
  return (
    <li className="region" data-type="conflict">
      <span className="tertiary">{words.base}</span>
      <Lines lines={region.base} sign="−" />
      {(['theirs', 'mine'] as const).map((side) => (
        <div key={side} className="region-side" data-chosen={choice === side ? '' : undefined}>
          <button type="button" className="button small" aria-pressed={choice === side} onClick={() => onChoose(side)}>
            {side === 'mine' ? words.takeMine : words.takeTheirs}
          </button>
          <Lines lines={region[side]} sign="+" />
        </div>
      ))}
    </li>
  )
}

function Lines({ lines, sign = ' ' }: { readonly lines: readonly string[]; readonly sign?: string }) {
  return (
    <pre className="region-lines" data-sign={sign}>
      {lines.map((line, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines have no identity but their place
        <span key={i}>
          {sign} <Visible text={line} lines />
          {'\n'}
        </span>
      ))}
    </pre>
  )
}
