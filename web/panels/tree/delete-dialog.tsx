// Deletes a znode and everything below it, after counting what that is. One without children goes only at the version
// that was counted; a subtree wants its name typed.

import { useEffect, useState } from 'react'
import type { SubtreeSize } from '#shared/events/tree-requests.ts'
import { baseName, parentPath } from '#shared/zk/path.ts'
import { formatBytes, formatCount } from '../../i18n/format.ts'
import { visibleText } from '../../i18n/visible-text.ts'
import { ask } from '../../stores/ask.ts'
import { cancelJob, runJob } from '../../stores/job-store.ts'
import { tell } from '../../stores/notice-store.ts'
import { select } from '../../stores/route-store.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { Visible } from '../../ui/visible.tsx'
import { useLanguage, useMessages } from '../../ui/words.ts'
import { JobBar } from './job-bar.tsx'
import type { NodeDialogProps } from './node-actions.tsx'

type State =
  | { readonly type: 'counting' | 'deleting'; readonly job: number }
  | { readonly type: 'counted'; readonly size: SubtreeSize; readonly version: number }
  | { readonly type: 'failed'; readonly message: string }

export function DeleteDialog({ path, onClose }: NodeDialogProps) {
  const { edit: words, frame } = useMessages()
  const [state, setState] = useState<State>({ type: 'counting', job: 0 })
  useEffect(() => {
    let current = true
    let job = 0
    const begin = (number: number) => {
      job = number
      if (current) setState({ type: 'counting', job: number })
    }
    void runJob(begin, async (number) => {
      const [size, stat] = await Promise.all([
        ask('tree:delete', { path, dryRun: true, job: number }),
        ask('node:stat', { path }),
      ])
      if (!current) return
      if (!size.ok) setState({ type: 'failed', message: size.message })
      else if (!stat.ok) setState({ type: 'failed', message: stat.message })
      else setState({ type: 'counted', size: size.value, version: stat.value.stat.version })
    })
    return () => {
      current = false
      if (job > 0) cancelJob(job)
    }
  }, [path])

  async function remove(size: SubtreeSize, version: number): Promise<void> {
    const alone = size.nodes === 1 && size.complete && size.denied === 0
    const answer = await runJob(
      (job) => setState({ type: 'deleting', job }),
      async (job) =>
        alone ? await ask('node:delete', { path, version }) : await ask('tree:delete', { path, dryRun: false, job }),
    )
    if (!answer.ok) {
      setState({ type: 'failed', message: answer.message })
      return
    }
    onClose()
    select({ type: 'znode', path: parentPath(path) })
  }

  return (
    <Dialog title={words.deleteTitle(path)} onClose={onClose}>
      {state.type === 'counting' && <p role="status">{words.measuring}</p>}
      {state.type === 'failed' && (
        <p role="alert" className="behind">
          <Visible text={state.message} />
        </p>
      )}
      {(state.type === 'counting' || state.type === 'deleting') && <JobBar job={state.job} />}
      {state.type === 'counted' ? (
        <Confirm
          path={path}
          size={state.size}
          onCancel={onClose}
          onConfirm={() => void remove(state.size, state.version).catch((error: unknown) => tell(String(error)))}
        />
      ) : (
        <div className="buttons">
          <button type="button" className="button" onClick={onClose}>
            {state.type === 'failed' ? frame.close : frame.cancel}
          </button>
        </div>
      )}
    </Dialog>
  )
}

interface ConfirmProps {
  readonly path: string
  readonly size: SubtreeSize
  readonly onCancel: () => void
  readonly onConfirm: () => void
}

function Confirm({ path, size, onCancel, onConfirm }: ConfirmProps) {
  const { edit: words, frame } = useMessages()
  const language = useLanguage()
  const [typed, setTyped] = useState('')
  const count = (n: number) => formatCount(n, language)
  const alone = size.nodes === 1 && size.complete && size.denied === 0
  const name = visibleText(baseName(path))
  return (
    <>
      {/* The first focusable element gets the focus; of one without children that is Cancel. */}
      <p>{alone ? words.deleteOne : words.deleteMany(size.nodes, count(size.nodes), formatBytes(size.bytes))}</p>
      {size.ephemerals > 0 && !alone && (
        <p className="behind">{words.deleteEphemerals(size.ephemerals, count(size.ephemerals))}</p>
      )}
      {size.denied > 0 && <p className="behind">{words.deleteDenied(size.denied, count(size.denied))}</p>}
      {!size.complete && <p className="behind">{words.deleteIncomplete}</p>}
      {!alone && (
        <label className="stack typed">
          <span>{words.typeName(name)}</span>
          <input
            className="field mono"
            autoComplete="off"
            spellCheck={false}
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
        </label>
      )}
      <div className="buttons">
        <button type="button" className="button" onClick={onCancel}>
          {frame.cancel}
        </button>
        <button type="button" className="button danger primary" disabled={!alone && typed !== name} onClick={onConfirm}>
          {words.deleteDo(size.nodes, count(size.nodes))}
        </button>
      </div>
    </>
  )
}
