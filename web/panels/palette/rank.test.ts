import { describe, expect, test } from 'vitest'
import { namedOutright, type PaletteEntry, rankEntries, zxidTyped } from './rank.ts'

const entry = (text: string, detail = ''): PaletteEntry => ({
  key: text,
  kind: 'view',
  text,
  detail,
  run: { type: 'view', view: 'ensemble' },
})
const words = { openZnode: (s: string) => s, openRound: (s: string) => s, openSession: (s: string) => s }

describe('the palette', () => {
  test('every word must be there; the start of the text counts most', () => {
    const entries = [entry('Copy the member list'), entry('Member 2', 'leading'), entry('Remember'), entry('Locks')]
    expect(rankEntries(entries, 'memb').map(({ text }) => text)).toEqual([
      'Member 2',
      'Copy the member list',
      'Remember',
    ])
    expect(rankEntries(entries, 'memb lead').map(({ text }) => text)).toEqual(['Member 2'])
    expect(rankEntries(entries, '  ').length).toBe(4)
    expect(rankEntries(entries, 'nothing of the kind')).toEqual([])
  })

  test('paths, zxids and sessions can be named though nobody has seen them', () => {
    expect(namedOutright('/app/', words)[0]?.run).toEqual({
      type: 'select',
      selection: { type: 'znode', path: '/app' },
      view: 'tree',
    })
    expect(namedOutright('0x30000001F', words).map(({ kind }) => kind)).toEqual(['round', 'session'])
    expect(namedOutright('3/1f', words).map(({ text }) => text)).toEqual(['0x30000001f'])
    expect(namedOutright('member', words)).toEqual([])
  })

  test('a zxid may be typed as epoch and counter', () => {
    expect(zxidTyped('3/1f')).toBe('0x30000001f')
    expect(zxidTyped('0xZZ')).toBeNull()
    expect(zxidTyped('3/')).toBeNull()
  })
})
