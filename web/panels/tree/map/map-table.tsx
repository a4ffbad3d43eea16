// What the map shows, as a table: the largest parts first, by the measure that is chosen.

import type { SizeEntry } from '#shared/events/tree-requests.ts'
import { formatCount } from '../../../i18n/format.ts'
import { select } from '../../../stores/route-store.ts'
import { NameText } from '../../../ui/name-text.tsx'
import { useLanguage, useMessages } from '../../../ui/words.ts'
import type { MapMeasure } from '../../../viz/tree/icicle.ts'

const ROWS_MAX = 50

interface MapTableProps {
  readonly entries: readonly SizeEntry[]
  readonly changes: ReadonlyMap<string, number>
  readonly measure: MapMeasure
}

export function MapTable({ entries, changes, measure }: MapTableProps) {
  const { treeMap: words } = useMessages()
  const language = useLanguage()
  const count = (n: number) => formatCount(Math.round(n), language)
  const changed = ({ path }: SizeEntry) => changes.get(path) ?? 0
  const weight = (entry: SizeEntry) => (measure === 'changes' ? changed(entry) : entry[measure])
  const rows = [...entries].sort((a, b) => weight(b) - weight(a)).slice(0, ROWS_MAX)
  return (
    <details>
      <summary>{words.asTable}</summary>
      <table className="map-table" aria-label={words.label}>
        <thead>
          <tr>
            <th scope="col">{words.columns.path}</th>
            <th scope="col">{words.measures.nodes}</th>
            <th scope="col">{words.measures.bytes}</th>
            <th scope="col">{words.measures.changes}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((entry) => (
            <tr key={entry.path}>
              <th scope="row">
                <button
                  type="button"
                  className="button small quiet mono"
                  onClick={() => select({ type: 'znode', path: entry.path })}
                >
                  <NameText text={entry.path} />
                </button>
              </th>
              <td>{count(entry.nodes)}</td>
              <td>{count(entry.bytes)}</td>
              <td>{count(changed(entry))}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  )
}
