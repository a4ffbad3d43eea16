// How far a long request is, in counts, with a button to stop it.

import { formatCount } from '../../i18n/format.ts'
import { cancelJob, useJobs } from '../../stores/job-store.ts'
import { useLanguage, useMessages } from '../../ui/words.ts'

interface JobBarProps {
  readonly job: number
  /** Nodes done in portions before this one, and all there are; null: the gateway's own count is all. */
  readonly whole?: { readonly done: number; readonly total: number } | null
  readonly onStop?: () => void
}

export function JobBar({ job, whole = null, onStop }: JobBarProps) {
  const { edit: words } = useMessages()
  const language = useLanguage()
  const running = useJobs((state) => state.running.get(job))
  if (!running) return null
  const done = (whole?.done ?? 0) + running.done
  const total = whole?.total ?? running.total
  return (
    <div className="job-bar" role="status">
      <progress value={total === null ? undefined : done} max={total ?? undefined} aria-label={words.searchIn} />
      <span className="secondary">
        {words.progress(formatCount(done, language), total === null ? null : formatCount(total, language))}
      </span>
      <button
        type="button"
        className="button small"
        onClick={() => {
          onStop?.()
          cancelJob(job)
        }}
      >
        {words.cancelRun}
      </button>
    </div>
  )
}
