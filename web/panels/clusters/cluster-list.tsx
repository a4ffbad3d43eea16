// The clusters of the gateway, each a link that keeps the view: its name, how many of its members serve, whether it may be
// changed from here. In the rail, and in the dialog where the rail has no room.

import type { ClusterSummary } from '#shared/events/cluster-list.ts'
import { formatCount } from '../../i18n/format.ts'
import { openCluster, useClusters } from '../../stores/cluster-store.ts'
import { formatRoute } from '../../stores/route.ts'
import { useRoute } from '../../stores/route-store.ts'
import { useViewStore } from '../../stores/view-store.ts'
import { Visible } from '../../ui/visible.tsx'
import { useLanguage, useMessages } from '../../ui/words.ts'

export function ClusterList({ onChosen }: { readonly onChosen?: () => void }) {
  const { clusters: words } = useMessages()
  const clusters = useClusters((state) => state.clusters)
  const shown = useViewStore((state) => state.about?.cluster.id)
  return (
    <ul className="clusters" aria-label={words.list}>
      {clusters.map((cluster) => (
        <li key={cluster.id}>
          <ClusterLink cluster={cluster} shown={cluster.id === shown} {...(onChosen && { onChosen })} />
        </li>
      ))}
    </ul>
  )
}

interface ClusterLinkProps {
  readonly cluster: ClusterSummary
  readonly shown: boolean
  readonly onChosen?: () => void
}

function ClusterLink({ cluster, shown, onChosen }: ClusterLinkProps) {
  const { clusters: words } = useMessages()
  const language = useLanguage()
  const route = useRoute()
  const count = (n: number) => formatCount(n, language)
  const { id, name, first, members, serving, kind, readOnly } = cluster
  const state = members === 0 ? words.noMembers : words.serving(count(serving), count(members))
  const target = { ...route, cluster: first ? null : id, selection: null, lock: null }
  return (
    <a
      href={location.pathname + formatRoute(target)}
      aria-current={shown ? 'true' : undefined}
      title={`${cluster.connectString}\n${words.kinds[kind]}`}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey) return
        event.preventDefault()
        if (!shown) openCluster(id)
        onChosen?.()
      }}
    >
      <strong>
        <Visible text={name} />
      </strong>
      <small data-judgement={members > 0 && serving * 2 <= members ? 'bad' : undefined}>
        {[state, ...(kind === 'attached' ? [readOnly ? words.readOnly : words.kinds.attached] : [])].join(' · ')}
      </small>
    </a>
  )
}
