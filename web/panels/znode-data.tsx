// The data of a znode, unpacked where it is compressed, in the readings that fit it: text, JSON, YAML, XML, hex.
// Bounded; see viz/data-preview.ts and viz/tree/unpack.ts.

import { type ReactNode, useEffect, useMemo, useState } from 'react'
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
import { formatXml, jsonAsYaml, looksLikeYaml } from '../viz/tree/formats.ts'
import { type Packing, packingOf, type Unpacked, unpack } from '../viz/tree/unpack.ts'

type Mode = 'text' | 'json' | 'yaml' | 'xml' | 'hex'
const MODES: readonly Mode[] = ['text', 'json', 'yaml', 'xml', 'hex']
/** Longer text is shown as it is: shaping it would stall the page. */
const SHAPED_CHARS_MAX = 512 * 1024

interface Reading {
  readonly bytes: Uint8Array
  readonly text: string | null
  readonly json: JsonPreview
  readonly yaml: string | null
  readonly xml: string | null
  readonly best: Mode
}

function read(bytes: Uint8Array, truncated: boolean): Reading {
  const text = textOf(bytes, truncated)
  const shapes = text !== null && !truncated && text.length <= SHAPED_CHARS_MAX
  const json: JsonPreview = shapes ? formatJson(text) : { type: 'not-json' }
  const yaml = !shapes ? null : json.type === 'json' ? jsonAsYaml(text.trim()) : looksLikeYaml(text) ? text : null
  const xml = shapes ? formatXml(text) : null
  const shape: Mode = json.type === 'json' ? 'json' : xml !== null ? 'xml' : yaml !== null ? 'yaml' : 'text'
  return { bytes, text, json, yaml, xml, best: text === null || looksBinary(text) ? 'hex' : shape }
}

function fits(mode: Mode, reading: Reading): boolean {
  if (mode === 'text') return reading.text !== null
  if (mode === 'json') return reading.json.type !== 'not-json'
  return mode === 'hex' || reading[mode] !== null
}

/** What the bytes were before they were compressed; null while that is not known, and when they were not. */
function useUnpacked(bytes: Uint8Array | null): { readonly packing: Packing; readonly result: Unpacked } | null {
  const [state, setState] = useState<{ of: Uint8Array; packing: Packing; result: Unpacked } | null>(null)
  useEffect(() => {
    const packing = bytes === null ? null : packingOf(bytes)
    if (bytes === null || packing === null) return
    let current = true
    void unpack(bytes, packing).then((result) => {
      if (current && result) setState({ of: bytes, packing, result })
    })
    return () => {
      current = false
    }
  }, [bytes])
  return state?.of === bytes ? state : null
}

export function ZnodeData({ detail }: { readonly detail: NodeDetail }) {
  const { tree: words } = useMessages()
  const [chosen, setChosen] = useState<Mode | null>(null)
  const [packed, setPacked] = useState(false)
  const base64 = detail.dataBase64
  const raw = useMemo(() => (base64 === null ? null : bytesFromBase64(base64)), [base64])
  const unpacked = useUnpacked(raw)
  const shown = unpacked !== null && !packed ? unpacked.result : null
  const bytes = shown?.bytes ?? raw
  const truncated = shown?.truncated ?? detail.truncated
  const reading = useMemo(() => (bytes === null ? null : read(bytes, truncated)), [bytes, truncated])
  if (reading === null || reading.bytes.length === 0) {
    return (
      <section>
        <h3>{words.data}</h3>
        <p className="tertiary">{reading === null ? words.dataNull : words.dataEmpty}</p>
      </section>
    )
  }
  const mode = chosen !== null && fits(chosen, reading) ? chosen : reading.best
  return (
    <section>
      <div className="data-head">
        <h3>{words.data}</h3>
        <span className="tertiary">{formatBytes(detail.stat.dataLength)}</span>
        <span className="end">
          {reading.text !== null && !truncated && <CopyButton value={reading.text} />}
          <Segments
            label={words.data}
            value={mode}
            onChange={setChosen}
            choices={MODES.filter((value) => fits(value, reading)).map((value) => ({
              value,
              label: words.dataViews[value],
            }))}
          />
        </span>
      </div>
      {unpacked !== null && (
        <p className="unpacked secondary">
          {words.unpacked(unpacked.packing, formatBytes(unpacked.result.bytes.length))}
          <button type="button" className="button small quiet" aria-pressed={packed} onClick={() => setPacked(!packed)}>
            {words.asStored}
          </button>
        </p>
      )}
      <Preview reading={reading} mode={mode} />
      {truncated && (
        <p className="tertiary">
          {shown === null
            ? words.dataTruncated(formatBytes(reading.bytes.length), formatBytes(detail.stat.dataLength))
            : words.unpackedPart(formatBytes(reading.bytes.length))}
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
  const tooDeep = mode === 'json' && reading.json.type === 'too-deep'
  const shaped =
    mode === 'json' && reading.json.type === 'json'
      ? reading.json.text
      : mode === 'yaml'
        ? reading.yaml
        : mode === 'xml'
          ? reading.xml
          : null
  return (
    <>
      {tooDeep && <p className="secondary">{words.jsonTooDeep(String(JSON_DEPTH_MAX))}</p>}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: scrolls */}
      <pre className="data" tabIndex={0}>
        <Visible text={(shaped ?? reading.text ?? '').slice(0, PREVIEW_CHARS_MAX)} lines />
      </pre>
    </>
  )
}
