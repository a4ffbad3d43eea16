// One slow member, and whose ack completes the quorum. Plain data; the steps are
// carried out by the gateway's runner.

import { does, fact, holds, type Scenario, w } from './scenario.ts'

const SLOW_MS = 400

/** Source: consensus-demo.md §6, 2. */
export const ANATOMY_OF_A_ROUND: Scenario = {
  id: 'anatomy-of-a-round',
  title: w('Anatomy of one round, one member slow', '一轮写入的剖析：有一个慢成员'),
  learn: w('A commit needs the fastest quorum, not everybody.', '提交需要最快的多数派，而不是所有成员。'),
  voters: 3,
  aboutSeconds: 15,
  steps: [
    does(
      w('Notes a follower, and times ten writes.', '记下一个 follower，测量十次写入的时间。'),
      { do: 'bind', name: '$slow', to: 'follower' },
      { do: 'bind', name: '$leader', to: 'leader' },
      { do: 'connect', client: 'writer', to: '$leader' },
      { do: 'call', client: 'writer', call: 'create', node: 'x', data: '0', name: 'create' },
      { do: 'writes', client: 'writer', node: 'x', count: 10, name: 'healthy' },
    ),
    {
      type: 'ask',
      text: w(
        `Each flush of member {$slow} will take ${SLOW_MS} ms longer. A write took {healthy} ms. And then?`,
        `成员 {$slow} 的每次落盘将多花 ${SLOW_MS} ms。之前一次写入用 {healthy} ms。之后呢？`,
      ),
      choices: [
        { id: 'slow', text: w(`At least ${SLOW_MS} ms: all must have it`, `至少 ${SLOW_MS} ms：必须所有成员都有`) },
        { id: 'same', text: w('About as before', '和以前差不多') },
      ],
      right: [
        { choice: 'slow', when: [holds(fact('disturbed'), '≥', SLOW_MS)] },
        { choice: 'same', when: [holds(fact('disturbed'), '<', SLOW_MS)] },
      ],
    },
    does(
      w('Slows the flushes of member {$slow}, and times ten writes.', '减慢成员 {$slow} 的落盘，再测量十次写入。'),
      { do: 'fault', name: 'slow', fault: 'slow-flush', on: 'disk', at: '$slow', parameters: { delayMs: SLOW_MS } },
      { do: 'measure', name: 'before', what: { gauge: 'quorums', by: '$slow' } },
      { do: 'writes', client: 'writer', node: 'x', count: 10, name: 'disturbed' },
      {
        do: 'measure',
        name: 'decided',
        what: { gauge: 'minus', left: { gauge: 'quorums', by: '$slow' }, right: fact('before') },
      },
      { do: 'heal', name: 'slow' },
    ),
    {
      type: 'explain',
      text: w(
        'Two acks of three are a quorum. The leader and the fast follower made it, so a write took {disturbed} ms at the median; the slow ack completed {decided} quorums. Stragglers do not matter, until another member fails.',
        '三个确认中的两个就是多数派。leader 和快的 follower 凑成了它，所以写入的中位数是 {disturbed} ms；慢的确认完成了 {decided} 次多数派。掉队者无关紧要，直到另一个成员失效。',
      ),
    },
  ],
  assertions: [
    {
      text: w('Writes did not wait for the slow disk.', '写入没有等待慢磁盘。'),
      that: [holds(fact('disturbed'), '<', SLOW_MS)],
    },
    {
      text: w('The slow ack was never the one that decided.', '慢的确认从未起决定作用。'),
      that: [holds(fact('decided'), '=', 0)],
    },
  ],
}
