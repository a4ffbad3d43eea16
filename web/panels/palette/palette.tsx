// The command palette: type a few letters of a view, a member, a path, a zxid, a session or something to do,
// then Enter. A combobox over a listbox: the field keeps the focus.

import { useEffect, useId, useRef, useState } from 'react'
import { loadedRows } from '../../stores/listing.ts'
import { useLocks } from '../../stores/lock-store.ts'
import { closeOverlay } from '../../stores/overlay-store.ts'
import { useTree } from '../../stores/tree/tree-state.ts'
import { useViewStore } from '../../stores/view-store.ts'
import { Visible } from '../../ui/visible.tsx'
import { useMessages } from '../../ui/words.ts'
import { runEntry } from './palette-actions.ts'
import { paletteEntries } from './palette-entries.ts'
import { namedOutright, type PaletteEntry, rankEntries } from './rank.ts'

function knownPaths(): string[] {
  return [...useTree.getState().listings.values()].flatMap((listing) => loadedRows(listing).map((row) => row.path))
}

export function Palette() {
  const words = useMessages()
  const { palette } = words
  const dialog = useRef<HTMLDialogElement>(null)
  const listId = useId()
  const [typed, setTyped] = useState('')
  const [cursor, setCursor] = useState(0)
  // As they were when it opened: a list that moves under the arrow keys cannot be picked from.
  const [entries] = useState(() =>
    paletteEntries(useViewStore.getState().view, useLocks.getState().directories ?? [], knownPaths(), words),
  )
  const shown = [...namedOutright(typed, palette), ...rankEntries(entries, typed)]
  const at = Math.min(cursor, shown.length - 1)
  useEffect(() => {
    dialog.current?.showModal()
    return () => dialog.current?.close()
  }, [])
  const optionId = (i: number) => `${listId}-${i}`
  const run = (entry: PaletteEntry | undefined) => {
    if (!entry) return
    closeOverlay()
    runEntry(entry)
  }
  const onKeyDown = (event: React.KeyboardEvent) => {
    const moves: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + 8, PageUp: at - 8 }
    const to = moves[event.key]
    if (to !== undefined) {
      event.preventDefault()
      const next = Math.max(0, Math.min(shown.length - 1, to))
      setCursor(next)
      document.getElementById(optionId(next))?.scrollIntoView({ block: 'nearest' })
    } else if (event.key === 'Enter' && !event.nativeEvent.isComposing) {
      event.preventDefault()
      run(shown[at])
    }
  }
  return (
    <dialog
      ref={dialog}
      className="palette"
      aria-label={palette.title}
      onCancel={(event) => {
        event.preventDefault()
        closeOverlay()
      }}
      onPointerDown={(event) => event.target === dialog.current && closeOverlay()}
    >
      <input
        type="text"
        className="palette-field"
        role="combobox"
        aria-expanded="true"
        aria-controls={listId}
        aria-activedescendant={shown.length > 0 ? optionId(at) : undefined}
        aria-label={palette.title}
        placeholder={palette.placeholder}
        autoComplete="off"
        spellCheck={false}
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value)
          setCursor(0)
        }}
        onKeyDown={onKeyDown}
      />
      <div className="palette-list" id={listId} role="listbox" aria-label={palette.results} tabIndex={-1}>
        {shown.map((entry, i) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the keys
          <div
            key={entry.key}
            id={optionId(i)}
            role="option"
            tabIndex={-1}
            aria-selected={i === at}
            className="palette-option"
            onClick={() => run(entry)}
          >
            <span className={HAS_IDS.has(entry.kind) ? 'mono palette-text' : 'palette-text'}>
              <Visible text={entry.text} />
            </span>
            {entry.detail !== '' && <span className="palette-detail">{entry.detail}</span>}
            <span className="palette-kind">{palette.kinds[entry.kind]}</span>
          </div>
        ))}
      </div>
      {shown.length === 0 && (
        <p className="palette-none" role="status">
          {palette.nothing}
        </p>
      )}
    </dialog>
  )
}

const HAS_IDS: ReadonlySet<PaletteEntry['kind']> = new Set(['lock', 'session', 'round', 'znode'])
