// That this is somebody's own ensemble, whether it may be changed from here, and what looking at it costs it.

import { formatCount } from '../i18n/format.ts'
import { openOverlay } from '../stores/overlay-store.ts'
import { useViewStore } from '../stores/view-store.ts'
import { Icon } from '../ui/icon.tsx'
import { useLanguage, useMessages } from '../ui/words.ts'

export function AttachedBadge() {
  const { attached: words, clusters } = useMessages()
  const language = useLanguage()
  const attached = useViewStore((state) => state.about?.attached)
  const load = useViewStore((state) => state.about?.load)
  if (!attached || !load) return null
  const count = (n: number) => formatCount(n, language)
  const { wordsPerMinute, httpPerMinute } = attached.probes
  return (
    <button
      type="button"
      className="world"
      data-world="attached"
      onClick={() => openOverlay('cluster')}
      title={words.cost(count(load.requests), count(load.watches), count(wordsPerMinute), count(httpPerMinute))}
    >
      <Icon name="ensemble" size={12} />
      <span className="cluster-kind">{clusters.kinds.attached} · </span>
      {attached.readOnly ? clusters.readOnly : clusters.writable}
    </button>
  )
}
