// Many clients at one lock: a single znode against a queue, in watches fired for each grant. Plain data; the steps are
// carried out by the gateway's runner.

import { does, fact, type Gauge, holds, LONG_MS, type Scenario, w } from './scenario.ts'

const CONTENDERS = 40
const GRANTS = 15
const LOCK = { contenders: CONTENDERS, holdMs: 50, thinkMs: 0 }
const perGrant = (workload: string): Gauge => ({
  gauge: 'divide',
  left: { gauge: 'fired', workload },
  right: { gauge: 'count', workload, count: 'grants' },
})

/** Source: consensus-demo.md §6, 13. */
export const HERD: Scenario = {
  id: 'herd-lock',
  title: w('A herd at a lock, and a queue', '锁前的羊群，与排队'),
  learn: w(
    'One znode wakes everybody for one winner; a queue wakes one.',
    '单个 znode 为一个赢家唤醒所有人；排队只唤醒一个。',
  ),
  voters: 3,
  aboutSeconds: 30,
  steps: [
    does(w(`${CONTENDERS} clients contend for one ephemeral znode.`, `${CONTENDERS} 个客户端竞争同一个临时 znode。`), {
      ...({ do: 'workload', name: 'naive', kind: 'lock' } as const),
      settings: { ...LOCK, mode: 'naive' },
    }),
    {
      type: 'wait',
      text: w(`Until the lock has been granted ${GRANTS} times.`, `直到锁被授予 ${GRANTS} 次。`),
      until: [holds({ gauge: 'count', workload: 'naive', count: 'grants' }, '≥', GRANTS)],
      withinMs: LONG_MS,
    },
    does(
      w('Counts watch events for each grant, and stops it.', '统计每次授予触发的 watch 事件，然后停止。'),
      { do: 'measure', name: 'naive', what: perGrant('naive') },
      { do: 'stop-workload', name: 'naive' },
    ),
    {
      type: 'ask',
      text: w(
        '{naive} watches fired for each grant. With a queue of sequential znodes, each client watching the one before it: how many?',
        '每次授予触发 {naive} 个 watch。如果用顺序 znode 排队，每个客户端只 watch 前一个：会有多少？',
      ),
      choices: [
        { id: 'same', text: w('About as many', '差不多一样多') },
        { id: 'few', text: w('One or two', '一两个') },
      ],
      right: [
        { choice: 'few', when: [holds(fact('queue'), '≤', 3)] },
        { choice: 'same', when: [holds(fact('queue'), '>', 3)] },
      ],
    },
    does(w(`${CONTENDERS} clients with a queue.`, `${CONTENDERS} 个客户端排队。`), {
      ...({ do: 'workload', name: 'queue', kind: 'lock' } as const),
      settings: { ...LOCK, mode: 'mutex' },
    }),
    {
      type: 'wait',
      text: w(`Until the lock has been granted ${GRANTS} times.`, `直到锁被授予 ${GRANTS} 次。`),
      until: [holds({ gauge: 'count', workload: 'queue', count: 'grants' }, '≥', GRANTS)],
      withinMs: LONG_MS,
    },
    does(
      w('Counts again.', '再次统计。'),
      { do: 'measure', name: 'queue', what: perGrant('queue') },
      { do: 'stop-workload', name: 'queue' },
    ),
    {
      type: 'explain',
      text: w(
        '{naive} watches fired for each grant of the naive lock, {queue} with the queue: the herd costs every client a wake-up and a request, for one that gets it.',
        '朴素锁每次授予触发 {naive} 个 watch，排队时 {queue} 个：羊群让每个客户端都被唤醒并发一次请求，而只有一个得到锁。',
      ),
    },
  ],
  assertions: [
    { text: w('The naive lock woke a herd.', '朴素锁唤醒了羊群。'), that: [holds(fact('naive'), '≥', 10)] },
    { text: w('The queue woke a few at most.', '排队最多唤醒几个。'), that: [holds(fact('queue'), '≤', 3)] },
  ],
}
