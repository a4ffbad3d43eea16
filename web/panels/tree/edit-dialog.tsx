// Edits a znode's data byte for byte and writes it only over the version that was read. When somebody else was
// faster, nothing is written and the three versions stand side by side.

import { useEffect, useState } from 'react'
import { formatBytes } from '../../i18n/format.ts'
import { visibleText } from '../../i18n/visible-text.ts'
import { ask } from '../../stores/ask.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { Skeleton } from '../../ui/states.tsx'
import { Visible } from '../../ui/visible.tsx'
import { useMessages } from '../../ui/words.ts'
import { bytesFromBase64 } from '../../viz/data-preview.ts'
import { base64FromBytes, sameBytes } from '../../viz/tree/base64.ts'
import { bytesOfDraft, type Draft, draftOf } from '../../viz/tree/draft.ts'
import { ConflictView } from './conflict-view.tsx'
import { DraftField, useDraftProblem } from './draft-field.tsx'
import type { NodeDialogProps } from './node-actions.tsx'

/** Data as read, and at which version. */
export interface Read {
  readonly bytes: Uint8Array | null
  readonly version: number
}

type State =
  | { readonly type: 'reading' }
  | { readonly type: 'failed'; readonly message: string }
  | { readonly type: 'editing'; readonly base: Read; readonly problem: string | null; readonly saving: boolean }
  | { readonly type: 'conflict'; readonly base: Read; readonly theirs: Read }

async function read(path: string): Promise<{ ok: true; read: Read } | { ok: false; code: string; message: string }> {
  const answer = await ask('node:data', { path })
  if (!answer.ok) return answer
  const { dataBase64, stat } = answer.value
  const bytes = dataBase64 === null ? null : bytesFromBase64(dataBase64)
  return { ok: true, read: { bytes, version: stat.version } }
}

export function EditDialog({ path, onClose }: NodeDialogProps) {
  const { edit: words, frame } = useMessages()
  const [state, setState] = useState<State>({ type: 'reading' })
  const [draft, setDraft] = useState<Draft>({ form: 'text', text: '' })
  useEffect(() => {
    let current = true
    void read(path).then((answer) => {
      if (!current) return
      if (!answer.ok) setState({ type: 'failed', message: answer.message })
      else {
        setDraft(draftOf(answer.read.bytes))
        setState({ type: 'editing', base: answer.read, problem: null, saving: false })
      }
    })
    return () => {
      current = false
    }
  }, [path])

  async function save(base: Read): Promise<void> {
    const mine = bytesOfDraft(draft)
    if (!mine.ok) return
    setState({ type: 'editing', base, problem: null, saving: true })
    const dataBase64 = mine.bytes === null ? null : base64FromBytes(mine.bytes)
    const answer = await ask('node:set', { path, dataBase64, version: base.version })
    if (answer.ok) {
      onClose()
      return
    }
    if (answer.code === 'BADVERSION') {
      const now = await read(path)
      if (now.ok) {
        setState({ type: 'conflict', base, theirs: now.read })
        return
      }
    }
    const problem = answer.code === 'NONODE' ? words.goneMeanwhile : answer.message
    setState({ type: 'editing', base, problem, saving: false })
  }

  return (
    <Dialog title={words.editTitle(path)} onClose={onClose} wide>
      {state.type === 'reading' && <Skeleton rows={6} />}
      {state.type === 'failed' && (
        <>
          <p role="alert">
            <Visible text={state.message} />
          </p>
          <Buttons onClose={onClose} />
        </>
      )}
      {state.type === 'editing' && (
        <Editing
          state={state}
          draft={draft}
          onDraft={setDraft}
          onSave={() => void save(state.base)}
          onClose={onClose}
        />
      )}
      {state.type === 'conflict' && (
        <ConflictView
          base={state.base}
          theirs={state.theirs}
          mine={draft}
          onContinue={(next) => {
            setDraft(next)
            setState({ type: 'editing', base: state.theirs, problem: null, saving: false })
          }}
          onClose={onClose}
        />
      )}
      <span className="hidden" role="status">
        {state.type === 'conflict' ? words.conflict : state.type === 'reading' ? frame.loading : visibleText('')}
      </span>
    </Dialog>
  )
}

function Buttons({ onClose }: { readonly onClose: () => void }) {
  const { frame } = useMessages()
  return (
    <div className="buttons">
      <button type="button" className="button" onClick={onClose}>
        {frame.close}
      </button>
    </div>
  )
}

interface EditingProps {
  readonly state: Extract<State, { type: 'editing' }>
  readonly draft: Draft
  readonly onDraft: (draft: Draft) => void
  readonly onSave: () => void
  readonly onClose: () => void
}

function Editing({ state: { base, problem, saving }, draft, onDraft, onSave, onClose }: EditingProps) {
  const { edit: words, frame } = useMessages()
  const value = bytesOfDraft(draft)
  const wrong = useDraftProblem(draft)
  const same = value.ok && sameBytes(value.bytes, base.bytes)
  return (
    <>
      <DraftField draft={draft} onChange={onDraft} rows={16} />
      {problem !== null && (
        <p role="alert" className="behind">
          <Visible text={problem} />
        </p>
      )}
      <p className="tertiary">
        {same
          ? words.unchanged
          : value.ok &&
            words.sizeChange(formatBytes(base.bytes?.length ?? 0), formatBytes(value.bytes?.length ?? 0))}{' '}
        {words.checks(String(base.version))}
      </p>
      <div className="buttons">
        <button type="button" className="button" onClick={onClose}>
          {frame.cancel}
        </button>
        <button type="button" className="button primary" disabled={same || wrong !== null || saving} onClick={onSave}>
          {saving ? words.saving : words.save}
        </button>
      </div>
    </>
  )
}
