// Edits who may do what with a znode; written only if nobody changed its ACL meanwhile.

import { useEffect, useState } from 'react'
import { ask } from '../../stores/ask.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { Skeleton } from '../../ui/states.tsx'
import { Visible } from '../../ui/visible.tsx'
import { useMessages } from '../../ui/words.ts'
import { type AclRow, AclRows, aclRow, entriesOf, useAclProblem } from './acl-rows.tsx'
import type { NodeDialogProps } from './node-actions.tsx'

export function AclDialog({ path, onClose }: NodeDialogProps) {
  const { edit: words, frame } = useMessages()
  const [rows, setRows] = useState<readonly AclRow[] | null>(null)
  const [aversion, setAversion] = useState(0)
  const [message, setMessage] = useState<string | null>(null)
  const [saving, setSaving] = useState(false)
  useEffect(() => {
    let current = true
    void ask('node:acl', { path }).then((answer) => {
      if (!current) return
      if (!answer.ok) setMessage(answer.message)
      else {
        setRows(answer.value.acl.map(aclRow))
        setAversion(answer.value.stat.aversion)
      }
    })
    return () => {
      current = false
    }
  }, [path])
  const problem = useAclProblem(rows ?? [])
  const save = async () => {
    if (rows === null) return
    setSaving(true)
    const answer = await ask('node:set-acl', { path, acl: entriesOf(rows), aversion })
    setSaving(false)
    if (answer.ok) onClose()
    else setMessage(answer.message)
  }
  return (
    <Dialog title={words.aclTitle(path)} onClose={onClose} wide>
      {rows === null && message === null && <Skeleton rows={3} />}
      {rows !== null && (
        <>
          <AclRows rows={rows} onChange={setRows} />
          {problem !== null && (
            <p role="alert" className="behind">
              {problem}
            </p>
          )}
          {problem === null && !rows.some(({ perms }) => perms.includes('a')) && (
            <p className="behind">{words.aclNoAdmin}</p>
          )}
          <p className="tertiary">{words.checks(String(aversion))}</p>
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
        <button
          type="button"
          className="button primary"
          disabled={rows === null || problem !== null || saving}
          onClick={() => void save()}
        >
          {saving ? words.saving : words.save}
        </button>
      </div>
    </Dialog>
  )
}
