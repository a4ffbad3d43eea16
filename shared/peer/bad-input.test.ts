// Bad input anywhere is answered with the error that Apache ZooKeeper 3.8.0 gives, as it was recorded; where we
// differ, it is said here.

import { expect, test } from 'vitest'
import { BAD_INPUT, SCENE } from '../tree/bad-input.ts'
import { DEFAULT_TREE_OPTIONS } from '../tree/options.ts'
import recorded from '../tree/testdata/apache-errors.json' with { type: 'json' }
import type { ClientRequest } from '../zk/request.ts'
import { Alone } from './testing.ts'

const SOMEBODY = 2

/** What we answer instead, and why. */
const OURS = new Map([
  // Since 3.8.4 and 3.9.2 a Stat needs READ; since 3.9.4 an ACL may name IPv6 addresses.
  ['{"type":"exists","path":"/closed","watch":false}', '-102'],
  ...['create', 'setACL'].map((type) => [ipv6(type), '0'] as const),
  // Apache stumbles over its own walk towards the root.
  ['{"type":"checkWatches","path":"a","watcherType":3}', '-121'],
])

function ipv6(type: string): string {
  const acl = '"acl":[{"perms":31,"scheme":"ip","id":"::1"}]'
  const rest = { create: `"path":"/f","data":[1],${acl},"flags":0`, setACL: `"path":"/p",${acl},"version":-1` }
  return `{"type":"${type}",${type === 'create' ? rest.create : rest.setACL}}`
}

function prepared(): Alone {
  const alone = new Alone({ ...DEFAULT_TREE_OPTIONS, extendedTypesEnabled: true })
  alone.connect(1)
  for (const [xid, request] of SCENE.entries()) alone.ask(1, xid + 1, request)
  alone.connect(SOMEBODY)
  return alone
}

function answer(alone: Alone, request: ClientRequest): string {
  const replies = alone.ask(SOMEBODY, 1, request).flatMap((effect) => (effect.type === 'reply' ? [effect] : []))
  expect(replies).toHaveLength(1)
  const { err, body } = replies[0] ?? { err: 0, body: { type: 'none' } }
  if (err !== 0 || body.type !== 'multi') return String(err)
  return body.results.map((one) => (one.type === 'error' ? one.err : 0)).join(' ')
}

test('[M-7] every bad request is answered as Apache answers it', () => {
  const expected = new Map(Object.entries(recorded))
  expect(expected.size).toBe(new Set(BAD_INPUT.map(({ name }) => name)).size)
  const differences = BAD_INPUT.flatMap(({ name, request }) => {
    const ours = answer(prepared(), request)
    const theirs = OURS.get(name) ?? expected.get(name)
    return ours === theirs ? [] : [`${name}: ${ours}, and should be ${theirs}`]
  })
  expect(differences).toEqual([])
})
