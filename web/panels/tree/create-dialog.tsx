// Makes a znode of any type below another: name, data, access, and a TTL where its type has one.

import { type FormEvent, useId, useState } from 'react'
import type { CreateModeName } from '#shared/events/tree-requests.ts'
import { joinPath, pathProblem } from '#shared/zk/path.ts'
import { ask } from '../../stores/ask.ts'
import { select } from '../../stores/route-store.ts'
import { expand } from '../../stores/tree-store.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { Visible } from '../../ui/visible.tsx'
import { useMessages } from '../../ui/words.ts'
import { base64FromBytes } from '../../viz/tree/base64.ts'
import { bytesOfDraft, type Draft } from '../../viz/tree/draft.ts'
import { type AclRow, AclRows, aclRow, entriesOf, OPEN, READ_ONLY, useAclProblem } from './acl-rows.tsx'
import { DraftField, useDraftProblem } from './draft-field.tsx'
import type { NodeDialogProps } from './node-actions.tsx'

const MODES: readonly CreateModeName[] = [
  'persistent',
  'persistentSequential',
  'ephemeral',
  'ephemeralSequential',
  'container',
  'persistentWithTtl',
  'persistentSequentialWithTtl',
]
type Access = 'open' | 'read' | 'own'

export function CreateDialog({ path, onClose }: NodeDialogProps) {
  const { edit: words, frame } = useMessages()
  const [name, setName] = useState('')
  const [mode, setMode] = useState<CreateModeName>('persistent')
  const [ttl, setTtl] = useState('60000')
  const [draft, setDraft] = useState<Draft>({ form: 'text', text: '' })
  const [access, setAccess] = useState<Access>('open')
  const [rows, setRows] = useState<readonly AclRow[]>(() => [aclRow(OPEN)])
  const [message, setMessage] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const id = useId()
  const sequential = mode.toLowerCase().includes('sequential')
  const withTtl = mode.endsWith('Ttl')
  const target = joinPath(path, name)
  const nameWrong = nameProblem(path, name, sequential)
  const draftWrong = useDraftProblem(draft)
  const aclProblem = useAclProblem(rows)
  const aclWrong = access === 'own' ? aclProblem : null
  const ttlWrong = withTtl && !/^[1-9]\d{0,12}$/.test(ttl) ? words.badTtl : null
  const wrong = nameWrong ?? draftWrong ?? aclWrong ?? ttlWrong
  async function create(event: FormEvent): Promise<void> {
    event.preventDefault()
    const data = bytesOfDraft(draft)
    if (wrong !== null || !data.ok || busy) return
    setBusy(true)
    const acl = access === 'open' ? [OPEN] : access === 'read' ? [READ_ONLY] : entriesOf(rows)
    const answer = await ask('node:create', {
      path: target,
      dataBase64: data.bytes === null ? null : base64FromBytes(data.bytes),
      mode,
      acl,
      ...(withTtl ? { ttlMs: Number(ttl) } : {}),
    })
    setBusy(false)
    if (!answer.ok) {
      setMessage(answer.message)
      return
    }
    onClose()
    expand(path)
    select({ type: 'znode', path: answer.value.path })
  }
  return (
    <Dialog title={words.createTitle(path)} onClose={onClose} wide>
      <form className="form" onSubmit={(event) => void create(event)}>
        <label htmlFor={`${id}-name`}>{sequential ? words.namePrefix : words.name}</label>
        <input
          id={`${id}-name`}
          className="field mono"
          autoComplete="off"
          spellCheck={false}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <label htmlFor={`${id}-mode`}>{words.mode}</label>
        <span className="stack">
          <select
            id={`${id}-mode`}
            className="field"
            value={mode}
            onChange={(event) => setMode(MODES.find((each) => each === event.target.value) ?? 'persistent')}
          >
            {MODES.map((each) => (
              <option key={each} value={each}>
                {words.modes[each]}
              </option>
            ))}
          </select>
          <span className="tertiary">{words.modeHints[mode]}</span>
        </span>
        {withTtl && (
          <>
            <label htmlFor={`${id}-ttl`}>{words.ttl}</label>
            <input
              id={`${id}-ttl`}
              className="field mono"
              inputMode="numeric"
              value={ttl}
              onChange={(event) => setTtl(event.target.value.trim())}
            />
          </>
        )}
        <label htmlFor={`${id}-access`}>{words.access}</label>
        <select
          id={`${id}-access`}
          className="field"
          value={access}
          onChange={(event) =>
            setAccess((['open', 'read', 'own'] as const).find((each) => each === event.target.value) ?? 'open')
          }
        >
          <option value="open">{words.accessOpen}</option>
          <option value="read">{words.accessRead}</option>
          <option value="own">{words.accessOwn}</option>
        </select>
        <div className="whole">
          {access === 'own' && <AclRows rows={rows} onChange={setRows} />}
          <DraftField draft={draft} onChange={setDraft} rows={6} />
          {(nameWrong ?? aclWrong ?? ttlWrong) !== null && name !== '' && (
            <p role="alert" className="behind">
              {nameWrong === null ? (aclWrong ?? ttlWrong) : words.badName(nameWrong)}
            </p>
          )}
          {message !== null && (
            <p role="alert" className="behind">
              <Visible text={message} />
            </p>
          )}
        </div>
        <div className="buttons whole">
          <button type="button" className="button" onClick={onClose}>
            {frame.cancel}
          </button>
          <button type="submit" className="button primary" disabled={wrong !== null || busy}>
            {busy ? words.creating : words.create}
          </button>
        </div>
      </form>
    </Dialog>
  )
}

/** Sequential ones may have no name but their number. */
function nameProblem(parent: string, name: string, sequential: boolean): string | null {
  return pathProblem(joinPath(parent, sequential ? `${name}0` : name))
}
