// Editing without changing what nobody changed: drafts, hex, three-way merges.

import { expect, test } from 'vitest'
import { base64FromBytes, sameBytes } from './base64.ts'
import { bytesOfDraft, bytesOfHex, convertDraft, draftOf } from './draft.ts'
import { mergeRegions, threeWay } from './three-way.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

test('a draft gives back exactly the bytes it was made of', () => {
  const samples = ['', 'plain', 'a\nb\n', 'a\r\nb', '\ufeffbom', 'nul\0', '日本\u202e', '{"__proto__":1}'].map(bytes)
  samples.push(Uint8Array.from({ length: 256 }, (_, i) => i))
  for (const sample of samples) {
    const back = bytesOfDraft(draftOf(sample))
    expect(back.ok && sameBytes(back.bytes, sample)).toBe(true)
  }
  expect(bytesOfDraft(draftOf(null))).toEqual({ ok: true, bytes: null })
})

test('what a text field would change is edited as hex', () => {
  expect(draftOf(bytes('a\r\nb')).form).toBe('hex')
  expect(draftOf(Uint8Array.of(0xff)).form).toBe('hex')
  expect(convertDraft(draftOf(Uint8Array.of(0xff)), 'text')).toBeNull()
  expect(convertDraft({ form: 'text', text: 'é' }, 'hex')).toEqual({ form: 'hex', text: 'c3 a9' })
})

test('half a byte, or a letter that is no digit, is not hex', () => {
  expect(bytesOfHex('0')).toBeNull()
  expect(bytesOfHex('0g')).toBeNull()
  expect(bytesOfHex(' 0A\n ff')).toEqual(Uint8Array.of(10, 255))
  expect(bytesOfDraft({ form: 'hex', text: 'xyz' })).toEqual({ ok: false, why: 'not-hex' })
  expect(bytesOfDraft({ form: 'text', text: '\ud800' })).toEqual({ ok: false, why: 'not-unicode' })
})

test('a megabyte goes through base64', () => {
  const large = new Uint8Array(1_000_000).fill(0xa7)
  expect(atob(base64FromBytes(large)).length).toBe(1_000_000)
})

test('changes in different places merge by themselves', () => {
  const regions = threeWay('a\nb\nc\nd', 'a\nB\nc\nd', 'a\nb\nc\nd\ne') ?? []
  expect(regions.map(({ type }) => type)).toEqual(['same', 'theirs', 'same', 'mine'])
  expect(mergeRegions(regions, new Map())).toBe('a\nB\nc\nd\ne')
})

test('two changes of one line are a conflict, and the person chooses', () => {
  const regions = threeWay('a\nb\nc', 'a\ntheirs\nc', 'a\nmine\nc') ?? []
  expect(regions.map(({ type }) => type)).toEqual(['same', 'conflict', 'same'])
  expect(mergeRegions(regions, new Map())).toBe('a\nmine\nc')
  expect(mergeRegions(regions, new Map([[1, 'theirs']]))).toBe('a\ntheirs\nc')
})

test('the same change on both sides is no conflict; too many lines are not compared', () => {
  expect((threeWay('x', 'y', 'y') ?? []).map(({ type }) => type)).toEqual(['both'])
  expect(threeWay('\n'.repeat(3000), '', '')).toBeNull()
})
