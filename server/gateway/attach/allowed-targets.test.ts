import { describe, expect, test } from 'vitest'
import { allowedTargets, LOOPBACK_ONLY } from './allowed-targets.ts'

function allows(texts: readonly string[], host: string, port = 2181): boolean {
  const targets = allowedTargets(texts)
  if (!targets.ok) throw new Error(targets.error)
  return targets.value.allows({ host, port })
}

describe('[O-1] what may be attached from a page', () => {
  test('without a list: this machine alone, on any port', () => {
    for (const host of ['127.0.0.1', '127.9.9.9', 'localhost', '::1'])
      expect(LOOPBACK_ONLY.allows({ host, port: 12_345 })).toBe(true)
    for (const host of ['10.0.0.1', '169.254.169.254', 'zk1', '127.example.org', '::ffff:127.0.0.1', '0.0.0.0'])
      expect([host, LOOPBACK_ONLY.allows({ host, port: 2181 })]).toEqual([host, false])
  })

  test('names by pattern, part for part', () => {
    expect(allows(['zk*.example.org'], 'zk7.example.org')).toBe(true)
    expect(allows(['zk*.example.org'], 'ZK7.Example.org')).toBe(true)
    for (const host of ['example.org', 'zk7.example.org.evil.net', 'zk7.sub.example.org', 'xzk7.example.org'])
      expect([host, allows(['zk*.example.org'], host)]).toEqual([host, false])
  })

  test('networks for addresses that are written as such, never for names', () => {
    expect(allows(['10.0.0.0/8'], '10.200.3.4')).toBe(true)
    expect(allows(['10.0.0.0/8'], '11.0.0.1')).toBe(false)
    expect(allows(['10.0.0.0/8'], 'ten.example.org')).toBe(false)
    expect(allows(['[fd00::/8]'], 'fd12::1')).toBe(true)
    expect(allows(['[fd00::/8]'], 'fe80::1')).toBe(false)
  })

  test('ports: 2181 and 2281 unless others are named', () => {
    expect([2181, 2281, 22, 6379].map((port) => allows(['10.0.0.7'], '10.0.0.7', port))).toEqual([
      true,
      true,
      false,
      false,
    ])
    expect([2180, 2185, 2189, 2190].map((port) => allows(['10.0.0.7:2181-2189'], '10.0.0.7', port))).toEqual([
      false,
      true,
      true,
      false,
    ])
  })

  test.each(['*', '*.*', '10.*', 'zk:0', 'zk:3-2', 'zk:70000', '10.0.0.0/33', '[zk]', 'a b', '', 'a**b'])(
    '%j is no target',
    (text) => expect(allowedTargets([text]).ok).toBe(false),
  )
})
