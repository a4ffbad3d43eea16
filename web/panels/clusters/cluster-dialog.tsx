// All about an attached cluster: who its servers are and from where that is known, what can be seen and which line would
// bring the rest, what looking at it costs it, and whether it may be changed from here.

import { useState } from 'react'
import type { AttachedAbout, Capability } from '#shared/events/attach.ts'
import { formatCount } from '../../i18n/format.ts'
import { allowWrites, useClusters } from '../../stores/cluster-store.ts'
import { useViewStore } from '../../stores/view-store.ts'
import { Command } from '../../ui/copy-button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Visible } from '../../ui/visible.tsx'
import { useLanguage, useMessages } from '../../ui/words.ts'
import { GuardedButton } from '../tree/guarded-button.tsx'
import { DetachDialog } from './detach-dialog.tsx'

export function ClusterDialog({ onClose }: { readonly onClose: () => void }) {
  const { clusters: words, frame } = useMessages()
  const about = useViewStore((state) => state.about)
  const summary = useClusters((state) => state.clusters.find(({ id }) => id === about?.cluster.id))
  const [detaching, setDetaching] = useState(false)
  if (!about?.attached) return null
  if (detaching && summary) return <DetachDialog cluster={summary} onClose={onClose} />
  const { attached } = about
  return (
    <Dialog title={words.aboutTitle(about.clusterName)} onClose={onClose} wide>
      <div className="about-cluster">
        <Servers attached={attached} />
        <h3>{words.seen}</h3>
        <ul className="capabilities">
          {attached.capabilities.map((one) => (
            <CapabilityItem key={one.id} capability={one} />
          ))}
        </ul>
        <h3>{words.load}</h3>
        <Load attached={attached} />
        <h3>{words.changes}</h3>
        <p>{words.allowQuestion}</p>
      </div>
      <div className="buttons">
        <button type="button" className="button" onClick={onClose}>
          {frame.close}
        </button>
        <GuardedButton
          needs="cluster:allow-writes"
          className={attached.readOnly ? 'danger' : ''}
          onClick={() => void allowWrites(attached.readOnly)}
        >
          {attached.readOnly ? words.allow : words.forbid}
        </GuardedButton>
        {summary && !summary.first && (
          <GuardedButton needs="cluster:detach" onClick={() => setDetaching(true)}>
            {words.detach}
          </GuardedButton>
        )}
      </div>
    </Dialog>
  )
}

function Servers({ attached }: { readonly attached: AttachedAbout }) {
  const { clusters: words, frame } = useMessages()
  return (
    <div className="about-servers">
      <table className="plain">
        <thead>
          <tr>
            {[words.server, words.address, words.mode, words.version, words.told].map((text) => (
              <th key={text} scope="col">
                {text}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {attached.servers.map(({ sid, address, asked, mode, version, sources, problem }) => (
            <tr key={`${sid} ${address}`}>
              <td className="num">{sid}</td>
              <td className="mono">
                <Visible text={address} />
              </td>
              <td>
                <Visible text={mode ?? frame.unknown} />
              </td>
              <td>
                <Visible text={version ?? frame.unknown} />
              </td>
              <td>
                <Visible text={problem ?? (asked ? sources.join(', ') : words.notAsked)} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function CapabilityItem({ capability }: { readonly capability: Capability }) {
  const { attached: words } = useMessages()
  const { id, available, because, fixes } = capability
  return (
    <li data-available={available ? '' : undefined}>
      <Icon name={available ? 'done' : 'close'} size={14} />
      <div>
        <p>
          <strong>{words.capabilities[id]}</strong> <Visible text={because} />
        </p>
        {fixes.length > 0 && (
          <div className="fixes">
            <span className="tertiary">{fixes.length === 1 ? words.fix : words.fixes}</span>
            {fixes.map((line) => (
              <Command key={line} text={line} />
            ))}
          </div>
        )}
      </div>
    </li>
  )
}

function Load({ attached }: { readonly attached: AttachedAbout }) {
  const { clusters: words, attached: badge } = useMessages()
  const language = useLanguage()
  const load = useViewStore((state) => state.about?.load)
  const count = (n: number) => formatCount(n, language)
  const { wordsPerMinute, httpPerMinute, wordsPerServerAndMinuteMax, requestsPerSecondMax } = attached.probes
  if (!load) return null
  return (
    <p>
      {badge.cost(count(load.requests), count(load.watches), count(wordsPerMinute), count(httpPerMinute))}{' '}
      {words.limits(count(wordsPerServerAndMinuteMax), count(requestsPerSecondMax))}
    </p>
  )
}
