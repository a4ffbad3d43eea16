// What the command palette offers for what somebody typed: entries whose text has every word, best first, and
// things that were named outright (a path, a zxid, a session), whether anybody has seen them or not.

import type { Selection, ViewName } from '../../stores/route.ts'

export const PALETTE_SHOWN_MAX = 40

export type PaletteKind = 'view' | 'action' | 'member' | 'lock' | 'session' | 'round' | 'znode'

export interface PaletteEntry {
  readonly key: string
  readonly kind: PaletteKind
  /** What is shown and searched. */
  readonly text: string
  /** A few words more, searched as well. */
  readonly detail: string
  readonly run:
    | { readonly type: 'view'; readonly view: ViewName }
    | { readonly type: 'select'; readonly selection: Selection; readonly view: ViewName | null }
    | { readonly type: 'lock'; readonly path: string }
    | { readonly type: 'action'; readonly name: string }
}

function scoreOf(entry: PaletteEntry, words: readonly string[]): number {
  const text = entry.text.toLowerCase()
  const all = `${text} ${entry.detail.toLowerCase()}`
  let score = 0
  for (const word of words) {
    if (text.startsWith(word)) score += 4
    else if (text.includes(` ${word}`) || text.includes(`/${word}`)) score += 3
    else if (text.includes(word)) score += 2
    else if (all.includes(word)) score += 1
    else return 0
  }
  return score
}

/** Best first; entries of equal worth stay in their order. */
export function rankEntries(entries: readonly PaletteEntry[], typed: string): PaletteEntry[] {
  const words = typed.trim().toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return entries.slice(0, PALETTE_SHOWN_MAX)
  return entries
    .map((entry) => ({ entry, score: scoreOf(entry, words) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .slice(0, PALETTE_SHOWN_MAX)
    .map(({ entry }) => entry)
}

/** `3/1f` or `0x30000001f` as a zxid's text; null when it is neither. */
export function zxidTyped(typed: string): string | null {
  const pair = /^(\d{1,7})\/([0-9a-f]{1,8})$/i.exec(typed)
  if (pair?.[1] && pair[2]) return `0x${(BigInt(pair[1]) * 2n ** 32n + BigInt(`0x${pair[2]}`)).toString(16)}`
  return /^0x[0-9a-f]{1,16}$/i.test(typed) ? typed.toLowerCase() : null
}

interface NamingWords {
  readonly openZnode: (path: string) => string
  readonly openRound: (zxid: string) => string
  readonly openSession: (session: string) => string
}

/** Entries for what was typed as it stands. */
export function namedOutright(typed: string, words: NamingWords): PaletteEntry[] {
  const text = typed.trim()
  if (text.startsWith('/')) {
    const path = text.length > 1 ? text.replace(/\/+$/, '') || '/' : '/'
    const selection = { type: 'znode', path } as const
    return [
      {
        key: `named znode ${path}`,
        kind: 'znode',
        text: words.openZnode(path),
        detail: '',
        run: { type: 'select', selection, view: 'tree' },
      },
    ]
  }
  const hex = zxidTyped(text)
  if (hex === null) return []
  const named: PaletteEntry[] = [
    {
      key: `named round ${hex}`,
      kind: 'round',
      text: words.openRound(hex),
      detail: '',
      run: { type: 'select', selection: { type: 'round', zxid: hex }, view: 'rounds' },
    },
  ]
  if (text.includes('/')) return named
  const session: PaletteEntry = {
    key: `named session ${hex}`,
    kind: 'session',
    text: words.openSession(hex),
    detail: '',
    run: { type: 'select', selection: { type: 'session', session: hex }, view: 'sessions' },
  }
  return [...named, session]
}
