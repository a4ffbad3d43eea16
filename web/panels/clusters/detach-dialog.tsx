// The question before a cluster is let go: what happens, and what does not.

import { useState } from 'react'
import type { ClusterSummary } from '#shared/events/cluster-list.ts'
import { detachCluster } from '../../stores/cluster-store.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { useMessages } from '../../ui/words.ts'

interface DetachDialogProps {
  readonly cluster: ClusterSummary
  readonly onClose: () => void
}

export function DetachDialog({ cluster, onClose }: DetachDialogProps) {
  const { clusters: words, frame } = useMessages()
  const [busy, setBusy] = useState(false)
  return (
    <Dialog title={words.detachTitle(cluster.name)} onClose={onClose}>
      <p>{words.detachWhat}</p>
      {cluster.kept && <p>{words.detachKept}</p>}
      <div className="buttons">
        <button type="button" className="button" onClick={onClose}>
          {frame.cancel}
        </button>
        <button
          type="button"
          className="button danger primary"
          disabled={busy}
          onClick={() => {
            setBusy(true)
            void detachCluster(cluster.id).then(onClose)
          }}
        >
          {words.doDetach}
        </button>
      </div>
    </Dialog>
  )
}
