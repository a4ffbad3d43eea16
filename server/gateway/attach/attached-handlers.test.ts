// The table of operations on an attached ensemble: what is refused while it is read-only, and what is refused always.

import { expect, test } from 'vitest'
import { ACTION_NAMES, operation } from '../api/table.ts'
import { refuses } from './attached-handlers.ts'

const refusedWith = (readOnly: boolean) => (code: string) =>
  ACTION_NAMES.filter((name) => refuses(name, readOnly)?.code === code)

test('read-only: whatever is audited is refused, but for what concerns the gateway alone', () => {
  const allowed = ACTION_NAMES.filter((name) => refuses(name, true) === null)
  const aboutTheGateway = ['locks:override', 'cluster:attach', 'cluster:detach', 'cluster:allow-writes']
  expect(allowed.filter((name) => operation(name).audited)).toEqual(aboutTheGateway)
  const writes = ['node:create', 'node:set', 'node:delete', 'node:set-acl', 'tree:delete', 'tree:import']
  expect(refusedWith(true)('READ_ONLY')).toEqual(expect.arrayContaining(writes))
  expect(refusedWith(false)('READ_ONLY')).toEqual([])
})

test('members, faults, workloads, scenarios and others’ sessions are refused, also when changes are allowed', () => {
  const always = refusedWith(false)('NOT_OURS')
  expect(always).toEqual(refusedWith(true)('NOT_OURS'))
  const named = ACTION_NAMES.filter((name) => /^(member|ensemble|fault|workload|scenario|session):/.test(name))
  expect(named.filter((name) => operation(name).audited && !always.includes(name))).toEqual([])
  expect(named.length).toBeGreaterThan(20)
})
