// What a person edits: bytes as text where a text field gives back exactly what it was given, else as hex. A text
// field turns CRLF into LF, so data with carriage returns is edited as hex: nothing changes that nobody changed. Pure.

import { tryUtf8Decode, utf8Encode } from '#shared/base/text.ts'

export type Form = 'text' | 'hex' | 'null'

export interface Draft {
  readonly form: Form
  readonly text: string
}

/** Whether a text field keeps these bytes exactly. */
export function fitsTextField(bytes: Uint8Array): boolean {
  const text = tryUtf8Decode(bytes)
  return text !== null && !text.includes('\r') && !text.includes('\0') && !text.startsWith('\ufeff')
}

export function draftOf(bytes: Uint8Array | null): Draft {
  if (bytes === null) return { form: 'null', text: '' }
  return fitsTextField(bytes) ? { form: 'text', text: tryUtf8Decode(bytes) ?? '' } : { form: 'hex', text: hexOf(bytes) }
}

/** Sixteen bytes a line. */
export function hexOf(bytes: Uint8Array): string {
  const lines: string[] = []
  for (let at = 0; at < bytes.length; at += 16)
    lines.push([...bytes.subarray(at, at + 16)].map((byte) => byte.toString(16).padStart(2, '0')).join(' '))
  return lines.join('\n')
}

/** Pairs of hex digits with any blanks between; null when it is something else. */
export function bytesOfHex(text: string): Uint8Array | null {
  const digits = text.replaceAll(/\s+/g, '')
  if (digits.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(digits)) return null
  return Uint8Array.from({ length: digits.length / 2 }, (_, i) => Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16))
}

export type DraftBytes =
  | { readonly ok: true; readonly bytes: Uint8Array | null }
  | { readonly ok: false; readonly why: 'not-hex' | 'not-unicode' }

export function bytesOfDraft({ form, text }: Draft): DraftBytes {
  if (form === 'null') return { ok: true, bytes: null }
  if (form === 'text') {
    // A lone surrogate would silently become another character.
    return /\p{Surrogate}/u.test(text) ? { ok: false, why: 'not-unicode' } : { ok: true, bytes: utf8Encode(text) }
  }
  const bytes = bytesOfHex(text)
  return bytes === null ? { ok: false, why: 'not-hex' } : { ok: true, bytes }
}

/** The same bytes in another form; null when they have none there. */
export function convertDraft(draft: Draft, form: Form): Draft | null {
  if (form === draft.form) return draft
  if (form === 'null') return { form, text: '' }
  const value = bytesOfDraft(draft)
  if (!value.ok) return null
  const bytes = value.bytes ?? new Uint8Array()
  if (form === 'hex') return { form, text: hexOf(bytes) }
  return fitsTextField(bytes) ? { form, text: tryUtf8Decode(bytes) ?? '' } : null
}
