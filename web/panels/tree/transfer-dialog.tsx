// Puts a tree below a path: from a file that Export made, or a copy of what is elsewhere. First it says what would
// happen; only then can one do it, with progress and a way to stop.

import { useEffect, useId, useRef, useState } from 'react'
import type { ImportResult, TreeExport } from '#shared/events/tree-requests.ts'
import { isUnder, pathProblem } from '#shared/zk/path.ts'
import { exportTree } from '../../feeds/export-tree.ts'
import { cancelJob, runJob } from '../../stores/job-store.ts'
import { select } from '../../stores/route-store.ts'
import { type ImportPlan, importPortions, portionsOf, readTree } from '../../stores/tree/transfer.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { Segments } from '../../ui/segments.tsx'
import { Visible } from '../../ui/visible.tsx'
import { useMessages } from '../../ui/words.ts'
import { ImportReport } from './import-report.tsx'
import { JobBar } from './job-bar.tsx'
import type { NodeDialogProps } from './node-actions.tsx'

/** Gets the tree once the person asks to see what would happen. */
type Fetch = (signal: AbortSignal) => Promise<TreeExport | string>

export function CopyDialog({ path, onClose }: NodeDialogProps) {
  const { edit: words } = useMessages()
  const [to, setTo] = useState(path === '/' ? '/copy' : `${path}-copy`)
  const id = useId()
  const problem = pathProblem(to)
  const wrong = problem !== null ? words.badPath(problem) : isUnder(to, path) ? words.copyInto : null
  const fetch: Fetch = async (signal) => {
    const answer = await exportTree(path, signal)
    return answer.ok ? (readTree(answer.value) ?? words.notATree) : answer.message
  }
  return (
    <TransferDialog
      title={words.copyTitle(path)}
      target={to}
      ready={wrong === null}
      fetch={fetch}
      version={to}
      doIt={words.doCopy}
      onClose={onClose}
    >
      <label htmlFor={id}>{words.copyTo}</label>
      <span className="stack">
        <input
          id={id}
          className="field mono"
          autoComplete="off"
          spellCheck={false}
          aria-invalid={wrong !== null || undefined}
          value={to}
          onChange={(event) => setTo(event.target.value)}
        />
        {wrong !== null && (
          <span role="alert" className="behind">
            {wrong}
          </span>
        )}
      </span>
    </TransferDialog>
  )
}

export function ImportDialog({ path, onClose }: NodeDialogProps) {
  const { edit: words } = useMessages()
  const [file, setFile] = useState<File | null>(null)
  const id = useId()
  const fetch: Fetch = async () => (file === null ? words.notATree : (readTree(await file.text()) ?? words.notATree))
  return (
    <TransferDialog
      title={words.importTitle(path)}
      target={path}
      ready={file !== null}
      fetch={fetch}
      version={`${file?.name} ${file?.lastModified}`}
      doIt={words.doImport}
      onClose={onClose}
    >
      <label htmlFor={id}>{words.file}</label>
      <input
        id={id}
        type="file"
        accept=".json,application/json"
        onChange={(event) => setFile(event.target.files?.[0] ?? null)}
      />
    </TransferDialog>
  )
}

interface TransferDialogProps {
  readonly title: string
  readonly target: string
  readonly ready: boolean
  readonly fetch: Fetch
  /** What was compared is out of date when this changes. */
  readonly version: string
  readonly doIt: string
  readonly onClose: () => void
  readonly children: React.ReactNode
}

interface Compared {
  readonly of: string
  readonly plan: ImportPlan
  readonly nodes: number
  readonly result: ImportResult
}

function TransferDialog({ title, target, ready, fetch, version, doIt, onClose, children }: TransferDialogProps) {
  const { edit: words, frame } = useMessages()
  const [existing, setExisting] = useState<'skip' | 'overwrite'>('skip')
  const [acl, setAcl] = useState<'keep' | 'open'>('keep')
  const [run, setRun] = useState<{ job: number; done: number; total: number } | null>(null)
  const [compared, setCompared] = useState<Compared | null>(null)
  const [finished, setFinished] = useState<ImportResult | null>(null)
  const [message, setMessage] = useState<string | null>(null)
  const stop = useRef(false)
  const abort = useRef(new AbortController())
  const job = useRef<number | null>(null)
  useEffect(
    () => () => {
      stop.current = true
      abort.current.abort()
      if (job.current !== null) cancelJob(job.current)
    },
    [],
  )
  const of = JSON.stringify([version, existing, acl])
  const current = compared?.of === of ? compared : null

  function begin(number: number): void {
    job.current = number
    stop.current = false
    abort.current = new AbortController()
    setMessage(null)
    setRun({ job: number, done: 0, total: 0 })
  }
  const end = () => {
    job.current = null
    setRun(null)
  }

  async function carryOut(plan: ImportPlan, nodes: number, number: number): Promise<ImportResult | null> {
    const outcome = await importPortions(plan, number, (done) => {
      if (!stop.current) setRun({ job: number, done, total: nodes })
      return !stop.current
    })
    if (!outcome.ok) setMessage(outcome.message)
    else if (outcome.stopped) setMessage(words.stopped(String(outcome.value.created + outcome.value.updated)))
    return outcome.ok && !outcome.stopped ? outcome.value : null
  }

  async function compare(): Promise<void> {
    await runJob(begin, async (number) => {
      const tree = await fetch(abort.current.signal)
      if (typeof tree === 'string') {
        setMessage(tree)
        return
      }
      const split = portionsOf(tree)
      if (!split.ok) {
        setMessage(words.nodeTooLarge(split.tooLarge))
        return
      }
      const plan: ImportPlan = { path: target, portions: split.portions, existing, acl, dryRun: true }
      const result = await carryOut(plan, tree.nodes.length, number)
      if (result) setCompared({ of, plan, nodes: tree.nodes.length, result })
    })
    end()
  }

  async function perform({ plan, nodes }: Compared): Promise<void> {
    await runJob(begin, async (number) => {
      const result = await carryOut({ ...plan, dryRun: false }, nodes, number)
      setFinished(result)
      if (result) select({ type: 'znode', path: target })
    })
    end()
  }

  return (
    <Dialog title={title} onClose={onClose} wide>
      <div className="form">
        {children}
        <span>{words.existing}</span>
        <Segments
          label={words.existing}
          value={existing}
          onChange={setExisting}
          choices={(['skip', 'overwrite'] as const).map((value) => ({ value, label: words.existings[value] }))}
        />
        <span>{words.access}</span>
        <Segments
          label={words.access}
          value={acl}
          onChange={setAcl}
          choices={(['keep', 'open'] as const).map((value) => ({ value, label: words.acls[value] }))}
        />
      </div>
      {run !== null && (
        <JobBar
          job={run.job}
          whole={run.total === 0 ? null : run}
          onStop={() => {
            stop.current = true
            abort.current.abort()
          }}
        />
      )}
      {message !== null && (
        <p role="alert" className="behind">
          <Visible text={message} />
        </p>
      )}
      {finished !== null ? (
        <ImportReport result={finished} />
      ) : (
        current !== null && <ImportReport result={current.result} />
      )}
      <div className="buttons">
        <button type="button" className="button" onClick={onClose}>
          {finished === null ? frame.cancel : frame.close}
        </button>
        {finished === null && current === null && (
          <button
            type="button"
            className="button primary"
            disabled={!ready || run !== null}
            onClick={() => void compare()}
          >
            {run === null ? words.tryFirst : words.trying}
          </button>
        )}
        {finished === null && current !== null && (
          <button
            type="button"
            className="button primary"
            disabled={!ready || run !== null || current.result.created + current.result.updated === 0}
            onClick={() => void perform(current)}
          >
            {doIt}
          </button>
        )}
      </div>
    </Dialog>
  )
}
