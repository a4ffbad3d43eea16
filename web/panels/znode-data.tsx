// The data of a znode: text, indented JSON or hex, whichever fits best first. Bounded; see viz/data-preview.ts.

import { type ReactNode, useMemo, useState } from 'react'
import type { NodeDetail } from '#shared/events/socket-protocol.ts'
import { formatBytes } from '../i18n/format.ts'
import { CopyButton } from '../ui/copy-button.tsx'
import { Segments } from '../ui/segments.tsx'
import { Visible } from '../ui/visible.tsx'
import { useMessages } from '../ui/words.ts'
import {
  bytesFromBase64,
  formatJson,
  hexLines,
  JSON_DEPTH_MAX,
  type JsonPreview,
  looksBinary,
  PREVIEW_CHARS_MAX,
  textOf,
} from '../viz/data-preview.ts'

type Mode = 'text' | 'json' | 'hex'

interface Reading {
  readonly bytes: Uint8Array
  readonly text: string | null
  readonly json: JsonPreview
  readonly best: Mode
}

function read(base64: string, truncated: boolean): Reading {
  const bytes = bytesFromBase64(base64)
  const text = textOf(bytes, truncated)
  const json: JsonPreview = text === null || truncated ? { type: 'not-json' } : formatJson(text)
  const best = text === null || looksBinary(text) ? 'hex' : json.type === 'json' ? 'json' : 'text'
  return { bytes, text, json, best }
}

export function ZnodeData({ detail }: { readonly detail: NodeDetail }) {
  const { tree: words } = useMessages()
  const [chosen, setChosen] = useState<Mode | null>(null)
  const base64 = detail.dataBase64
  const reading = useMemo(() => (base64 === null ? null : read(base64, detail.truncated)), [base64, detail.truncated])
  if (reading === null || reading.bytes.length === 0) {
    return (
      <section>
        <h3>{words.data}</h3>
        <p className="tertiary">{reading === null ? words.dataNull : words.dataEmpty}</p>
      </section>
    )
  }
  const mode = chosen ?? reading.best
  return (
    <section>
      <div className="data-head">
        <h3>{words.data}</h3>
        <span className="tertiary">{formatBytes(detail.stat.dataLength)}</span>
        <span className="end">
          {reading.text !== null && !detail.truncated && <CopyButton value={reading.text} />}
          <Segments
            label={words.data}
            value={mode}
            onChange={setChosen}
            choices={(['text', 'json', 'hex'] as const).map((value) => ({ value, label: words.dataViews[value] }))}
          />
        </span>
      </div>
      <Preview reading={reading} mode={mode} />
      {detail.truncated && (
        <p className="tertiary">
          {words.dataTruncated(formatBytes(reading.bytes.length), formatBytes(detail.stat.dataLength))}
        </p>
      )}
    </section>
  )
}

function Preview({ reading, mode }: { readonly reading: Reading; readonly mode: Mode }): ReactNode {
  const { tree: words } = useMessages()
  if (mode === 'hex') {
    return (
      // biome-ignore lint/a11y/noNoninteractiveTabindex: scrolls
      <pre className="data" tabIndex={0}>
        {hexLines(reading.bytes).map((line) => (
          <span key={line.offset} className="hex-line">
            <span className="tertiary">{line.offset}</span> {line.hex.padEnd(47)} {line.ascii}
            {'\n'}
          </span>
        ))}
      </pre>
    )
  }
  if (reading.text === null) return <p className="secondary">{words.notUtf8}</p>
  if (mode === 'json' && reading.json.type === 'not-json') return <p className="secondary">{words.notJson}</p>
  const tooDeep = mode === 'json' && reading.json.type === 'too-deep'
  const shown = mode === 'json' && reading.json.type === 'json' ? reading.json.text : reading.text
  return (
    <>
      {tooDeep && <p className="secondary">{words.jsonTooDeep(String(JSON_DEPTH_MAX))}</p>}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: scrolls */}
      <pre className="data" tabIndex={0}>
        <Visible text={shown.slice(0, PREVIEW_CHARS_MAX)} lines />
      </pre>
    </>
  )
}
