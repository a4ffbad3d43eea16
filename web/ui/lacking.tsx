// What a panel lacks on an attached ensemble: the sentence, and the line that would bring it. Draws nothing on an
// ensemble that the gateway started, and nothing where all is there.

import type { CapabilityId } from '#shared/events/attach.ts'
import { useViewStore } from '../stores/view-store.ts'
import { Command } from './copy-button.tsx'
import { Visible } from './visible.tsx'
import { useMessages } from './words.ts'

export function Lacking({ of }: { readonly of: readonly CapabilityId[] }) {
  const { attached: words } = useMessages()
  const capabilities = useViewStore((state) => state.about?.attached?.capabilities)
  const lacking = capabilities?.filter(({ id, available }) => !available && of.includes(id)) ?? []
  if (lacking.length === 0) return null
  return (
    <section className="lacking" aria-label={words.lacking}>
      {lacking.map(({ id, because, fixes }) => (
        <div key={id}>
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
      ))}
    </section>
  )
}
