// A follower a little behind, far behind, and ahead of everybody: three ways to synchronize it. Plain data; the steps are
// carried out by the gateway's runner.

import { backAs, divergence, HOW } from './divergence.ts'
import { does, fact, holds, type Scenario, w } from './scenario.ts'

/** Source: consensus-demo.md §6, 6. SNAP: more txns than a leader keeps for others, commitLogCount, 500. */
export const CATCH_UP: Scenario = {
  id: 'catch-up',
  title: w('Three ways to catch up: DIFF, SNAP, TRUNC', '追赶的三种方式：DIFF、SNAP、TRUNC'),
  learn: w(
    'Which one depends on the last zxid of the follower, and on the log that the leader keeps.',
    '用哪一种取决于 follower 的最后 zxid，以及 leader 保留的日志。',
  ),
  voters: 3,
  aboutSeconds: 60,
  steps: [
    does(
      w('Stops a follower, writes five times, starts it again.', '停止一个 follower，写五次，再启动它。'),
      { do: 'connect', client: 'writer', to: 'any' },
      { do: 'call', client: 'writer', call: 'create', node: 'x', data: 'before', name: 'create' },
      { do: 'bind', name: '$late', to: 'follower' },
      { do: 'member', verb: 'stop', at: '$late' },
      { do: 'writes', client: 'writer', node: 'x', count: 5, name: 'few' },
      { do: 'member', verb: 'start', at: '$late' },
    ),
    backAs('$late'),
    {
      type: 'ask',
      text: w(
        'That was a DIFF. Next it misses 1500 writes, more than a leader keeps in memory for others. Which way now?',
        '那是一次 DIFF。接下来它会错过 1500 次写入，超过 leader 在内存中为别人保留的数量。这次用哪种？',
      ),
      choices: HOW,
      right: HOW.map(({ id }) => ({ choice: id, when: [holds(fact('many'), '=', id)] })),
    },
    does(
      w('Stops it, writes 1500 times, starts it.', '停止它，写 1500 次，再启动。'),
      { do: 'measure', name: 'few.how', what: { gauge: 'sync', of: '$late' } },
      { do: 'member', verb: 'stop', at: '$late' },
      { do: 'writes', client: 'writer', node: 'x', count: 1500, bytes: 200, atOnce: true, name: 'burst' },
      { do: 'member', verb: 'start', at: '$late' },
    ),
    backAs('$late'),
    does(w('Notes how; now a leader that has too much.', '记下方式；现在轮到一个日志过多的 leader。'), {
      do: 'measure',
      name: 'many',
      what: { gauge: 'sync', of: '$late' },
    }),
    ...divergence(),
    {
      type: 'explain',
      text: w(
        'Five txns behind: {few.how}. 1500 behind: {many}. One too many: {trunc}.',
        '落后五个事务：{few.how}。落后 1500 个：{many}。多出一个：{trunc}。',
      ),
    },
  ],
  assertions: [
    { text: w('A little behind: DIFF.', '落后一点：DIFF。'), that: [holds(fact('few.how'), '=', 'DIFF')] },
    { text: w('Behind what is kept: SNAP.', '落后超出保留范围：SNAP。'), that: [holds(fact('many'), '=', 'SNAP')] },
    { text: w('Ahead of everybody: TRUNC.', '比所有人多：TRUNC。'), that: [holds(fact('trunc'), '=', 'TRUNC')] },
  ],
}
