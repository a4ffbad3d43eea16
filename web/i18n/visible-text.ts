// Text from an ensemble is anybody's: names may hold controls, bidi overrides or zero-width characters that
// would make one path look like another (security rule B-6). This splits text into what can be shown as it
// is and what must be shown as an escape.

export interface TextRun {
  readonly text: string
  /** True for an escape such as `\u202e` that stands for one character. */
  readonly escaped: boolean
}

// Controls, format characters (bidi, zero-width, soft hyphen, tags), separators, surrogates, private use,
// unassigned, and blanks other than the plain space.
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]|(?! )\p{Zs}|[\u115f\u1160\u3164\uffa0\u2800]/gu

function escapeOf(character: string): string {
  const code = character.codePointAt(0) ?? 0
  return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`
}

/** Runs of `text` in order. With `keepLines`, newlines and tabs stay as they are (for data, not for names). */
export function visibleRuns(text: string, keepLines = false): TextRun[] {
  const runs: TextRun[] = []
  let from = 0
  for (const match of text.matchAll(HIDDEN)) {
    const character = match[0]
    if (keepLines && (character === '\n' || character === '\t')) continue
    if (match.index > from) runs.push({ text: text.slice(from, match.index), escaped: false })
    runs.push({ text: escapeOf(character), escaped: true })
    from = match.index + character.length
  }
  if (from < text.length) runs.push({ text: text.slice(from), escaped: false })
  return runs
}

/** One string with escapes, for labels, titles and dialogs. */
export function visibleText(text: string): string {
  return visibleRuns(text)
    .map((run) => run.text)
    .join('')
}
