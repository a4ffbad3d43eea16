// mntr: what monitoring agents read, one `zk_<key>\t<value>` a line. Which keys there are is metrics/collect.ts.

import { type FlatValue, flatMetrics } from '../metrics/flat-metrics.ts'
import type { ServerFacts } from '../server-facts.ts'
import { javaDouble } from '../traffic.ts'

export async function mntrText(facts: ServerFacts): Promise<string> {
  return (await flatMetrics(facts)).map(([key, value]) => `zk_${key}\t${valueText(value)}\n`).join('')
}

function valueText(value: FlatValue): string {
  return typeof value === 'object' ? javaDouble(value.double) : String(value)
}
