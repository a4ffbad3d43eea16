import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { apiDocs } from './api-docs.mjs'

test('server/client/API.md says what the docstrings say: npm run api-docs', async () => {
  const wanted = await apiDocs()
  expect(wanted).toMatch(/^### ZooKeeper\.connect$[\s\S]*^### getData$[\s\S]*^\| `NoNodeError` \| NONODE: /m)
  expect(readFileSync(new URL('../client/API.md', import.meta.url), 'utf8')).toBe(wanted)
})
