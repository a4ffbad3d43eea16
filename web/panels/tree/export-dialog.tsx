// Makes a file of a znode and everything below it, and offers it to the browser to save.

import { useEffect, useRef, useState } from 'react'
import { formatBytes } from '../../i18n/format.ts'
import { ask } from '../../stores/ask.ts'
import { cancelJob, runJob } from '../../stores/job-store.ts'
import { saveFile, wholeText } from '../../stores/tree/transfer.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { Visible } from '../../ui/visible.tsx'
import { useMessages } from '../../ui/words.ts'
import { JobBar } from './job-bar.tsx'
import type { NodeDialogProps } from './node-actions.tsx'

export function ExportDialog({ path, onClose }: NodeDialogProps) {
  const { edit: words, frame } = useMessages()
  const [job, setJob] = useState<number | null>(null)
  const [said, setSaid] = useState<{ readonly bad: boolean; readonly text: string } | null>(null)
  const running = useRef<number | null>(null)
  // Closing the dialog ends what it began.
  useEffect(
    () => () => {
      if (running.current !== null) cancelJob(running.current)
    },
    [],
  )
  async function make(): Promise<void> {
    setSaid(null)
    const begin = (number: number) => {
      running.current = number
      setJob(number)
    }
    const answer = await runJob(begin, (number) => ask('tree:export', { path, job: number }))
    running.current = null
    setJob(null)
    if (!answer.ok) {
      setSaid({ bad: true, text: answer.message })
      return
    }
    const { fileName, contentType } = answer.value
    const content = wholeText(answer.value)
    saveFile(fileName, contentType, content)
    setSaid({ bad: false, text: words.exported(fileName, formatBytes(content.length)) })
  }
  return (
    <Dialog title={words.exportTitle(path)} onClose={onClose}>
      <p>{words.exportText}</p>
      {job !== null && <JobBar job={job} />}
      {said !== null && (
        <p role={said.bad ? 'alert' : 'status'} className={said.bad ? 'behind' : undefined}>
          <Visible text={said.text} />
        </p>
      )}
      <div className="buttons">
        <button type="button" className="button" onClick={onClose}>
          {said?.bad === false ? frame.close : frame.cancel}
        </button>
        <button type="button" className="button primary" disabled={job !== null} onClick={() => void make()}>
          {words.doExport}
        </button>
      </div>
    </Dialog>
  )
}
