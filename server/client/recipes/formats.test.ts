// Bytes that other libraries write and read: queue items, counters, service instances.

import { describe, expect, test } from 'vitest'
import { utf8Encode } from '#shared/base/text.ts'
import { type CounterFormat, decodeCounter, encodeCounter } from './counter.ts'
import { frameItems, itemPrefix, planOf, sortItems, unframeItems } from './queue-items.ts'
import { decodeInstance, encodeInstance, type ServiceInstance } from './service-instance.ts'

describe('items of a queue', () => {
  const framed = frameItems([utf8Encode('ab'), new Uint8Array(0)])

  test("Curator's frame is version, items with their lengths, end", () => {
    expect([...framed]).toEqual([0, 1, 0, 1, 1, 0, 0, 0, 2, 97, 98, 1, 0, 0, 0, 0, 2])
    expect(unframeItems(framed)?.map((item) => Buffer.from(item).toString())).toEqual(['ab', ''])
    expect(unframeItems(frameItems([]))).toEqual([])
  })

  test('a frame that is cut anywhere, or of another version, is none', () => {
    for (let length = 0; length < framed.length; length += 1) expect(unframeItems(framed.slice(0, length))).toBeNull()
    expect(unframeItems(Uint8Array.from([0, 2, 0, 1, 2]))).toBeNull()
    expect(unframeItems(Uint8Array.from([0, 1, 0, 1, 1, 0xff, 0xff, 0xff, 0xff, 2]))).toBeNull()
  })

  test('items have their order and others no place in it', () => {
    const plan = planOf('/q', 'kazoo')
    const names = ['entry-100-0000000001', 'other', 'entry-005-0000000002', 'entry-100-0000000000']
    expect(sortItems(names, plan)).toEqual([names[2], names[3], names[0]])
    expect(itemPrefix(plan, 5, '/q')).toBe('entry-005-')
    expect(() => itemPrefix(planOf('/q', 'simple'), 5, '/q')).toThrow('priorities')
  })
})

describe('counters', () => {
  const FORMATS: readonly CounterFormat[] = ['int32', 'int64', 'text']

  test('a value comes back from its bytes', () => {
    for (const format of FORMATS)
      for (const value of [0n, -1n, 258n, -(2n ** 31n)])
        expect(decodeCounter(encodeCounter(value, format), format, '/n')).toBe(value)
    expect([...encodeCounter(258n, 'int32')]).toEqual([0, 0, 1, 2])
    expect([...encodeCounter(-2n, 'int64')]).toEqual([255, 255, 255, 255, 255, 255, 255, 254])
  })

  test('what does not fit is refused, and so is what another format has written', () => {
    expect(() => encodeCounter(2n ** 31n, 'int32')).toThrow('does not fit')
    expect(() => encodeCounter(2n ** 63n, 'int64')).toThrow('does not fit')
    expect(() => decodeCounter(utf8Encode('7'), 'int64', '/n')).toThrow('no counter of format int64')
    expect(() => decodeCounter(utf8Encode('1.5'), 'text', '/n')).toThrow('no whole number')
    for (const format of FORMATS) expect(decodeCounter(null, format, '/n')).toBe(0n)
  })
})

describe('instances of a service', () => {
  const instance: ServiceInstance = {
    name: 'print',
    id: 'one',
    address: '10.0.0.1',
    port: 9100,
    sslPort: null,
    payload: { '@class': 'com.example.Printer', colour: true },
    registrationTimeUTC: 1_700_000_000_000,
    serviceType: 'DYNAMIC',
    uriSpec: { parts: [{ value: 'address', variable: true }] },
    enabled: true,
  }

  test('they come back from their JSON, fields that old versions leave out included', () => {
    expect(decodeInstance(utf8Encode(encodeInstance(instance)))).toEqual(instance)
    expect(decodeInstance(utf8Encode('{"name":"print","id":"old","address":"h","serviceType":"PERMANENT"}'))).toEqual({
      ...instance,
      id: 'old',
      address: 'h',
      port: null,
      payload: null,
      registrationTimeUTC: 0,
      serviceType: 'PERMANENT',
      uriSpec: null,
    })
  })

  test('fields are in the order of Curator, the last one only when it matters', () => {
    const fields = 'name,id,address,port,sslPort,payload,registrationTimeUTC,serviceType,uriSpec'
    expect(Object.keys(JSON.parse(encodeInstance(instance))).join()).toBe(fields)
    const disabled = encodeInstance({ ...instance, enabled: false })
    expect(Object.keys(JSON.parse(disabled)).join()).toBe(`${fields},enabled`)
    expect(decodeInstance(utf8Encode(disabled))?.enabled).toBe(false)
  })

  test('what is no instance is none', () => {
    for (const data of ['', 'x', '[]', 'null', '7', '{"name":"print"}'])
      expect(decodeInstance(utf8Encode(data))).toBeNull()
    expect(decodeInstance(null)).toBeNull()
  })
})
