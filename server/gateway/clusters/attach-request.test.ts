import { describe, expect, test } from 'vitest'
import type { AttachRequest } from '#shared/events/cluster-list.ts'
import { allowedTargets } from '../attach/allowed-targets.ts'
import { CLUSTER_ID, clusterId } from '../attach/cluster-id.ts'
import { RequestError } from '../request-error.ts'
import { planAgain, planAttach } from './attach-request.ts'

const targets = allowedTargets(['zk.example.org'])
if (!targets.ok) throw new Error(targets.error)
const allowed = targets.value
const auth = [{ scheme: 'digest', auth: 'ada:canary' }]

function plan(more: Partial<AttachRequest>, taken: readonly string[] = []) {
  return planAttach({ connectString: 'zk.example.org', ...more }, allowed, (id) => taken.includes(id))
}

function codeOf(more: Partial<AttachRequest>): string {
  try {
    plan(more)
    return 'done'
  } catch (error) {
    return error instanceof RequestError ? error.code : String(error)
  }
}

describe('what is attached', () => {
  test('is read-only, asks the usual ports, and does not come back unless that was asked for', () => {
    expect(plan({})).toEqual({
      kept: null,
      options: {
        ...{ id: 'zk-example-org', connectString: 'zk.example.org', tls: null, auth: [], allowWrites: false },
        ...{ adminPorts: [8080], metricsPorts: [7000] },
      },
    })
  })

  test('[O-1] one server that is not allowed is enough to refuse', () => {
    expect(codeOf({ connectString: 'zk.example.org:2181,10.0.0.1:2181' })).toBe('TARGET')
    expect(codeOf({ connectString: 'zk.example.org:22' })).toBe('TARGET')
    expect(codeOf({ connectString: 'no server at all' })).toBe('MALFORMED')
  })

  test('[O-6] credentials go in clear to this machine alone, unless that is said', () => {
    expect(codeOf({ auth })).toBe('IN_CLEAR')
    for (const fine of [{ tls: {} }, { authInClear: true }, { connectString: 'localhost:2181' }])
      expect(codeOf({ auth, ...fine })).toBe('done')
  })

  test('[K-1] what is kept holds no credentials, and comes back read-only', () => {
    expect(codeOf({ auth, tls: {}, keep: true })).toBe('WRONG_STATE')
    const { kept } = plan({ keep: true, allowWrites: true, name: 'Staging', tls: { serverName: 'zk' } })
    if (!kept) throw new Error('it was to be kept')
    expect(planAgain(kept, allowed).options).toMatchObject({
      ...{ id: 'staging', name: 'Staging', auth: [], allowWrites: false, tls: { servername: 'zk' } },
    })
    const nothing = allowedTargets([])
    if (nothing.ok) expect(() => planAgain(kept, nothing.value)).toThrow('may not be attached')
  })
})

test('ids are short, safe in addresses, and different', () => {
  expect(clusterId('  Staging EU! ')).toBe('staging-eu')
  expect(clusterId('生产')).toBe('cluster')
  expect(plan({ name: 'Staging' }, ['staging', 'staging-2']).options.id).toBe('staging-3')
  for (const text of ['127.0.0.1:2181,'.repeat(50), '-', '__proto__', 'ünï'])
    expect(clusterId(text, (id) => id === 'cluster')).toMatch(CLUSTER_ID)
})
