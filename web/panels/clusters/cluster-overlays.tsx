// The dialogs about clusters, and the sentence when the one that the address names is gone.

import { dismissGone, useClusters } from '../../stores/cluster-store.ts'
import { closeOverlay, openOverlay, useOverlay } from '../../stores/overlay-store.ts'
import { useViewStore } from '../../stores/view-store.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { Icon } from '../../ui/icon.tsx'
import { useMessages } from '../../ui/words.ts'
import { GuardedButton } from '../tree/guarded-button.tsx'
import { AttachDialog } from './attach-dialog.tsx'
import { ClusterDialog } from './cluster-dialog.tsx'
import { ClusterList } from './cluster-list.tsx'

export function ClusterOverlays() {
  const open = useOverlay((state) => state.open)
  const shown = useViewStore((state) => state.about?.cluster.id)
  if (open === 'attach') return <AttachDialog onClose={closeOverlay} />
  // Keyed: a question about one cluster is not put about another one.
  if (open === 'cluster') return <ClusterDialog key={shown} onClose={closeOverlay} />
  return open === 'clusters' ? <ClustersDialog /> : null
}

function ClustersDialog() {
  const { clusters: words, frame } = useMessages()
  return (
    <Dialog title={words.list} onClose={closeOverlay}>
      <ClusterList onChosen={closeOverlay} />
      <div className="buttons">
        <AttachButton />
        <button type="button" className="button" onClick={closeOverlay}>
          {frame.close}
        </button>
      </div>
    </Dialog>
  )
}

export function AttachButton() {
  const { clusters: words } = useMessages()
  return (
    <GuardedButton needs="cluster:attach" className="quiet small" onClick={() => openOverlay('attach')}>
      {words.attach}
    </GuardedButton>
  )
}

/** Where the rail has no room for the list. */
export function ClustersButton() {
  const { clusters: words } = useMessages()
  return (
    <button
      type="button"
      className="button quiet icon clusters-button"
      aria-label={words.open}
      title={words.open}
      onClick={() => openOverlay('clusters')}
    >
      <Icon name="clusters" />
    </button>
  )
}

export function GoneBanner() {
  const { clusters: words, frame } = useMessages()
  const gone = useClusters((state) => state.gone)
  if (gone === null) return null
  return (
    <div className="banner" role="alert">
      <p>{words.gone(gone)}</p>
      <button type="button" className="button small" onClick={dismissGone}>
        {frame.dismiss}
      </button>
    </div>
  )
}
