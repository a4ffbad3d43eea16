// Bytes of a znode as a person can read them: text, JSON, hex. Sizes are bounded by the gateway
// (DATA_PREVIEW_MAX); depth and output are bounded here, so that hostile data cannot stall the page.

import { tryUtf8Decode } from '#shared/base/text.ts'

export const JSON_DEPTH_MAX = 64
/** Characters of formatted JSON shown. */
export const PREVIEW_CHARS_MAX = 256 * 1024
/** Bytes shown as hex. */
export const HEX_BYTES_MAX = 4096

export function bytesFromBase64(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
}

/** UTF-8, also when the end was cut off within a character; null when it is something else. */
export function textOf(bytes: Uint8Array, truncated: boolean): string | null {
  const whole = tryUtf8Decode(bytes)
  if (whole !== null || !truncated) return whole
  for (let cut = 1; cut <= 3; cut += 1) {
    const shorter = tryUtf8Decode(bytes.subarray(0, bytes.length - cut))
    if (shorter !== null) return shorter
  }
  return null
}

/** True when decoded text would mostly be escapes: then hex tells more. */
export function looksBinary(text: string): boolean {
  const sample = text.slice(0, 2048)
  const odd = sample.match(/[\p{Cc}\p{Cn}\p{Co}]/gu)?.filter((c) => c !== '\n' && c !== '\t' && c !== '\r').length ?? 0
  return odd > sample.length / 10
}

export type JsonPreview =
  | { readonly type: 'json'; readonly text: string }
  | { readonly type: 'too-deep' }
  | { readonly type: 'not-json' }

function depthOf(text: string): number {
  let depth = 0
  let deepest = 0
  let inString = false
  for (let i = 0; i < text.length; i += 1) {
    const c = text[i]
    if (inString) {
      if (c === '\\') i += 1
      else if (c === '"') inString = false
    } else if (c === '"') inString = true
    else if (c === '{' || c === '[') {
      depth += 1
      deepest = Math.max(deepest, depth)
    } else if (c === '}' || c === ']') depth -= 1
  }
  return deepest
}

/**
 * Re-indents objects and arrays without changing a digit: numbers beyond 2^53 stay as they were written,
 * which JSON.parse and JSON.stringify would not do.
 */
export function formatJson(text: string): JsonPreview {
  const trimmed = text.trim()
  if (!/^[[{]/.test(trimmed)) return { type: 'not-json' }
  if (depthOf(trimmed) > JSON_DEPTH_MAX) return { type: 'too-deep' }
  try {
    JSON.parse(trimmed)
  } catch {
    return { type: 'not-json' }
  }
  return { type: 'json', text: indent(trimmed).slice(0, PREVIEW_CHARS_MAX) }
}

/** Of valid JSON. */
function indent(json: string): string {
  const tokens = json.match(/"(?:[^"\\]|\\.)*"|[[\]{},:]|[^\s[\]{},:"]+/g) ?? []
  let depth = 0
  let out = ''
  const line = () => `\n${'  '.repeat(depth)}`
  tokens.forEach((token, i) => {
    if (token === '{' || token === '[') {
      const close = token === '{' ? '}' : ']'
      depth += 1
      out += tokens[i + 1] === close ? token : token + line()
    } else if (token === '}' || token === ']') {
      depth -= 1
      const open = token === '}' ? '{' : '['
      out += tokens[i - 1] === open ? token : line() + token
    } else if (token === ',') out += `,${line()}`
    else if (token === ':') out += ': '
    else out += token
  })
  return out
}

export interface HexLine {
  readonly offset: string
  readonly hex: string
  readonly ascii: string
}

/** Sixteen bytes a line. */
export function hexLines(bytes: Uint8Array): HexLine[] {
  const lines: HexLine[] = []
  for (let at = 0; at < Math.min(bytes.length, HEX_BYTES_MAX); at += 16) {
    const part = [...bytes.subarray(at, at + 16)]
    lines.push({
      offset: at.toString(16).padStart(4, '0'),
      hex: part.map((byte) => byte.toString(16).padStart(2, '0')).join(' '),
      ascii: part.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·')).join(''),
    })
  }
  return lines
}
