// What an import did, or would do: counts, and the first of the paths.

import type { ImportResult } from '#shared/events/tree-requests.ts'
import { formatCount } from '../../i18n/format.ts'
import { NameText } from '../../ui/name-text.tsx'
import { useLanguage, useMessages } from '../../ui/words.ts'

const SHOWN = 50

export function ImportReport({ result }: { readonly result: ImportResult }) {
  const { edit: words } = useMessages()
  const language = useLanguage()
  const count = (n: number) => formatCount(n, language)
  const say = result.dryRun ? words.would : words.did
  const shown = result.changes.slice(0, SHOWN)
  const hidden = result.created + result.updated + result.skipped - shown.length
  return (
    <div className="import-report" role="status">
      <p>{say(count(result.created), count(result.updated), count(result.unchanged), count(result.skipped))}</p>
      {result.dryRun && result.created + result.updated === 0 && <p className="secondary">{words.nothingToDo}</p>}
      {shown.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: scrolls
        <ul tabIndex={0}>
          {shown.map(({ path, change }) => (
            <li key={path}>
              <span className="tertiary">{words.changes[change]}</span>
              <span className="mono">
                <NameText text={path} />
              </span>
            </li>
          ))}
          {hidden > 0 && <li className="tertiary">{words.changesHidden(count(hidden))}</li>}
        </ul>
      )}
    </div>
  )
}
