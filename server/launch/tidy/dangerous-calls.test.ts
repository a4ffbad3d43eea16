// [B-1, I-5, I-10, B-7] Calls that turn somebody's text into markup, code, commands or patterns, by name: none of them is needed
// here. The catalogue's static tests, security.md §10.8.

import { expect, test } from 'vitest'
import * as sources from './sources.ts'

const scripts = sources.readSources().filter(({ path }) => sources.isScript(path) && !sources.isTest(path))

interface Ban {
  readonly what: string
  readonly where: RegExp
  readonly call: RegExp
  /** Files that may, each with its reason. */
  readonly but: readonly string[]
}

const BANS: readonly Ban[] = [
  {
    what: '[B-1] text into markup',
    where: /^web\//,
    call: /innerHTML|outerHTML|insertAdjacentHTML|dangerouslySetInnerHTML|document\.write|createContextualFragment|DOMParser/,
    but: [],
  },
  {
    what: '[B-1, I-6] text into code',
    where: /^(web|shared|server\/(?!bench))/,
    call: /\beval\(|new Function\(|set(Timeout|Interval)\(\s*['"`]|node:vm/,
    but: [],
  },
  {
    what: '[I-10] a shell',
    where: /^server\/(?!launch\/.*\.mjs$|bench|peers)/,
    call: /shell: true|\bexecSync\(|\bexec\(['"`]/,
    but: [],
  },
  {
    what: '[B-7] web storage',
    where: /^web\//,
    call: /(local|session)Storage\.setItem|document\.cookie|indexedDB/,
    // Widths of panels, and that the tour was seen.
    but: ['web/stores/layout-store.ts'],
  },
  {
    what: '[I-5] patterns of somebody else on our event loop',
    where: /^(web|server\/gateway)\//,
    call: /new RegExp\((?!['"`/])/,
    but: [],
  },
  { what: '[S-2] CORS', where: /^server\/gateway\//, call: /access-control-allow|\bcors:/i, but: [] },
]

test.each(BANS)('$what: not here', ({ where, call, but }) => {
  const looked = scripts.filter(({ path }) => where.test(path))
  expect(looked.length).toBeGreaterThan(10)
  const found = looked.filter(({ path, text }) => call.test(text) && !but.includes(path)).map(({ path }) => path)
  expect(found).toEqual([])
  // An exception that nobody needs any more hides the next one.
  for (const path of but) expect(call.test(looked.find((file) => file.path === path)?.text ?? '')).toBe(true)
})
