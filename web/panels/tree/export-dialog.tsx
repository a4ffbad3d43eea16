// Makes a file of a znode and everything below it, and offers it to the browser to save.

import { useEffect, useRef, useState } from 'react'
import { baseName } from '#shared/zk/path.ts'
import { exportTree } from '../../feeds/export-tree.ts'
import { formatBytes } from '../../i18n/format.ts'
import { saveFile } from '../../stores/tree/transfer.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { Visible } from '../../ui/visible.tsx'
import { useMessages } from '../../ui/words.ts'
import type { NodeDialogProps } from './node-actions.tsx'

export function ExportDialog({ path, onClose }: NodeDialogProps) {
  const { edit: words, frame } = useMessages()
  const [running, setRunning] = useState(false)
  const [said, setSaid] = useState<{ readonly bad: boolean; readonly text: string } | null>(null)
  const abort = useRef(new AbortController())
  // Closing the dialog ends what it began.
  useEffect(() => () => abort.current.abort(), [])
  async function make(): Promise<void> {
    setSaid(null)
    setRunning(true)
    abort.current = new AbortController()
    const answer = await exportTree(path, abort.current.signal)
    setRunning(false)
    if (!answer.ok) {
      setSaid({ bad: true, text: answer.message })
      return
    }
    const name = `${(baseName(path) || 'root').replaceAll(/[^\w.-]/g, '_').slice(0, 64)}.tree.json`
    saveFile(name, 'application/json', answer.value)
    setSaid({ bad: false, text: words.exported(name, formatBytes(answer.value.length)) })
  }
  return (
    <Dialog title={words.exportTitle(path)} onClose={onClose}>
      <p>{words.exportText}</p>
      {running && <progress aria-label={words.doExport} />}
      {said !== null && (
        <p role={said.bad ? 'alert' : 'status'} className={said.bad ? 'behind' : undefined}>
          <Visible text={said.text} />
        </p>
      )}
      <div className="buttons">
        <button type="button" className="button" onClick={onClose}>
          {said?.bad === false ? frame.close : frame.cancel}
        </button>
        <button type="button" className="button primary" disabled={running} onClick={() => void make()}>
          {words.doExport}
        </button>
      </div>
    </Dialog>
  )
}
