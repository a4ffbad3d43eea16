// Every scenario as data: complete in both languages, naming only what it has noted before, so that a run cannot stumble.

import { describe, expect, test } from 'vitest'
import { emptyClusterView } from '#shared/events/cluster-view.ts'
import { faultKind } from '#shared/events/fault-catalogue.ts'
import { settingsOf } from '#shared/events/workload-settings.ts'
import { evidence, fill, look, met, type World } from './evaluate.ts'
import { SCENARIOS } from './list.ts'
import { firedBelow, leaderlessMs, observe, startObserving } from './observed.ts'
import { type Action, fact, holds, type Scenario } from './scenario.ts'

function world(facts: Record<string, number | string> = {}): World {
  return {
    view: emptyClusterView(),
    observed: startObserving([], 0),
    facts: new Map(Object.entries(facts)),
    workloads: new Map(),
    now: 0,
  }
}

function notes(action: Action): readonly string[] {
  switch (action.do) {
    case 'bind':
    case 'add-observer':
    case 'measure':
    case 'await-held':
    case 'release':
    case 'writes':
      return [action.name]
    case 'call':
      return [action.name, `${action.name}.ms`]
    default:
      return []
  }
}

function placeholders({ en, 'zh-CN': zh }: { readonly en: string; readonly 'zh-CN': string }): [string[], string[]] {
  const of = (text: string) => [...new Set([...text.matchAll(/\{([^{}]+)\}/g)].map(([, name = '']) => name))].sort()
  return [of(en), of(zh)]
}

function factsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  const own = 'gauge' in value && value.gauge === 'fact' && 'name' in value ? [String(value.name)] : []
  return [...own, ...Object.values(value).flatMap(factsIn)]
}

const actionsOf = (scenario: Scenario) => scenario.steps.flatMap((step) => (step.type === 'do' ? step.actions : []))

describe.each(SCENARIOS.map((scenario) => [scenario.id, scenario] as const))('%s', (id, scenario) => {
  test('has an address, a question, an explanation and a verdict, in both languages', () => {
    expect(id).toMatch(/^[a-z]+(-[a-z]+)*$/)
    expect(scenario.steps.map(({ type }) => type)).toEqual(expect.arrayContaining(['ask', 'do', 'explain']))
    expect(scenario.assertions.length).toBeGreaterThan(0)
    const texts = [
      scenario.title,
      scenario.learn,
      ...[...scenario.steps, ...scenario.assertions].map(({ text }) => text),
    ]
    for (const text of texts) {
      expect(text['zh-CN']).toMatch(/\p{Script=Han}/u)
      const [en, zh] = placeholders(text)
      expect(zh).toEqual(en)
    }
  })

  test('names in a text stand for what was noted before it', () => {
    const known = new Set<string>()
    for (const step of scenario.steps) {
      if (step.type === 'do') for (const action of step.actions) for (const name of notes(action)) known.add(name)
      for (const name of placeholders(step.text)[0]) expect([...known]).toContain(name)
    }
    for (const name of factsIn(scenario)) expect([...known]).toContain(name)
  })

  test('each answer can be right, and none is without a reason', () => {
    for (const step of scenario.steps)
      if (step.type === 'ask')
        expect(step.right.map(({ choice }) => choice).sort()).toEqual(step.choices.map((choice) => choice.id).sort())
  })

  test('workloads, faults and clients are there before they are used', () => {
    const made = new Set<string>()
    for (const action of actionsOf(scenario)) {
      if (action.do === 'workload') {
        made.add(`workload ${action.name}`)
        for (const name of Object.keys(action.settings)) expect(settingsOf(action.kind)).toHaveProperty(name)
      }
      if (action.do === 'fault') {
        made.add(`fault ${action.name}`)
        expect(faultKind(action.fault)?.places).toContain(action.on === 'isolate' ? 'link' : action.on)
      }
      if (action.do === 'connect') made.add(`client ${action.client}`)
      if (action.do === 'heal') expect(made).toContain(`fault ${action.name}`)
      if (action.do === 'tune' || action.do === 'stop-workload') expect(made).toContain(`workload ${action.name}`)
      if ('client' in action) expect(made).toContain(`client ${action.client}`)
    }
  })
})

test('no two have the same address', () => {
  expect(new Set(SCENARIOS.map(({ id }) => id)).size).toBe(SCENARIOS.length)
})

test('conditions compare numbers as numbers; what nobody has noted meets no comparison of size', () => {
  const here = world({ a: 2, b: 'ok' })
  expect(met([holds(fact('a'), '≥', 2), holds(fact('b'), '=', 'ok')], here)).toBe(true)
  expect(met([holds(fact('a'), '<', 2)], here)).toBe(false)
  expect(met([holds(fact('missing'), '<', 2)], here)).toBe(false)
  expect(met([holds(fact('missing'), '≥', 0)], here)).toBe(false)
  expect(evidence([holds(fact('a'), '=', 3)], here)).toBe('a = 2 (= 3)')
  expect(look({ gauge: 'divide', left: fact('a'), right: { gauge: 'expired' } }, here)).toBe(0)
})

test('texts are filled; what is not known yet is an ellipsis', () => {
  const filled = fill({ en: 'member {$old}: {x}', 'zh-CN': '成员 {$old}：{x}' }, new Map([['$old', 3]]))
  expect(filled).toEqual({ en: 'member 3: …', 'zh-CN': '成员 3：…' })
})

test('time without a leader is counted from the last that left to the first that came', () => {
  const observed = startObserving([1], 0)
  observe(observed, { type: 'notServing', t: 100, sid: 1, reason: '' })
  expect(leaderlessMs(observed, 150)).toBe(50)
  observe(observed, { type: 'serving', t: 400, sid: 2, state: 'LEADING', epoch: 2, zxid: '0x0' })
  observe(observed, { type: 'serving', t: 450, sid: 1, state: 'FOLLOWING', epoch: 2, zxid: '0x0' })
  expect(leaderlessMs(observed, 900)).toBe(300)
  expect([...observed.epochs]).toEqual([2])
})

test('watches that fired count below a root, not beside it', () => {
  const observed = startObserving([1], 0)
  for (const path of ['/a', '/a/b', '/ab', '/a/b'])
    observe(observed, {
      type: 'watchTriggered',
      t: 1,
      sid: 1,
      conn: 1,
      session: '0x1',
      path,
      event: 'NodeDeleted',
      zxid: '0x1',
    })
  expect(firedBelow(observed, '/a')).toBe(3)
})
