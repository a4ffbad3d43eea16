// A leader that dies when a quorum has logged a write and nobody has been told to commit it. Plain data; the steps are carried
// out by the gateway's runner.

import { backAs } from './divergence.ts'
import { does, fact, holds, LONG_MS, type Scenario, w } from './scenario.ts'

/** Source: consensus-demo.md §6, 4. */
export const UNCOMMITTED_SURVIVES: Scenario = {
  id: 'uncommitted-survives',
  title: w('The leader dies after a quorum logged, before the COMMIT', 'leader 在多数派落盘之后、COMMIT 之前死去'),
  learn: w(
    'What a quorum has logged survives into the next epoch, although nobody had committed it.',
    '多数派已记入日志的内容会进入下一个 epoch，尽管还没有人提交它。',
  ),
  voters: 3,
  aboutSeconds: 25,
  steps: [
    does(
      w(
        'Writes a value through a follower. Then arms a crash point: the leader will die when it has the acks of a quorum, before any COMMIT leaves.',
        '通过一个 follower 写入一个值。然后布设崩溃点：leader 将在得到多数派的确认之后、发出任何 COMMIT 之前死去。',
      ),
      { do: 'bind', name: '$old', to: 'leader' },
      { do: 'bind', name: '$other', to: 'follower' },
      { do: 'connect', client: 'writer', to: '$other' },
      { do: 'call', client: 'writer', call: 'create', node: 'x', data: 'before', name: 'create' },
      { do: 'fault', name: 'armed', fault: 'crash-before-commit', on: 'member', at: '$old' },
    ),
    {
      type: 'ask',
      text: w(
        'A quorum will have the next write in its logs, nobody will have committed it, and the client will not be told. What will the znode hold under the next leader?',
        '多数派的日志里会有下一次写入，但没有人提交它，客户端也得不到答复。在下一个 leader 之下，znode 里会是什么？',
      ),
      choices: [
        { id: 'old', text: w('The old value: it was never committed', '旧值：它从未被提交') },
        { id: 'new', text: w('The new value: a quorum has it', '新值：多数派拥有它') },
      ],
      right: [
        { choice: 'old', when: [holds(fact('left'), '≠', 'logged')] },
        { choice: 'new', when: [holds(fact('left'), '=', 'logged')] },
      ],
    },
    does(w('Writes a new value.', '写入一个新值。'), {
      do: 'call',
      client: 'writer',
      call: 'set',
      node: 'x',
      data: 'logged',
      name: 'write',
      withinMs: 60_000,
    }),
    {
      type: 'wait',
      text: w('Until the others have a new leader.', '直到其余成员有了新的 leader。'),
      until: [holds({ gauge: 'leader' }, '≠', fact('$old')), holds({ gauge: 'leader' }, '>', 0)],
      withinMs: LONG_MS,
    },
    does(
      w('Reads through the new leader, and starts member {$old} again.', '通过新 leader 读取，并重新启动成员 {$old}。'),
      { do: 'measure', name: '$new', what: { gauge: 'leader' } },
      { do: 'connect', client: 'reader', to: '$new' },
      { do: 'call', client: 'reader', call: 'sync', node: 'x', name: 'synced' },
      { do: 'call', client: 'reader', call: 'get', node: 'x', name: 'left' },
      { do: 'heal', name: 'armed' },
    ),
    backAs('$old'),
    {
      type: 'explain',
      text: w(
        'The client was told {write}, and the znode holds “{left}”. Every quorum shares a member with the one that logged it; the member with the newest log wins the election, and its whole log becomes history. So the same answer, {write}, may mean that the write happened.',
        '客户端得到的是 {write}，而 znode 里是“{left}”。任何多数派都与记下它的那个多数派有共同的成员；日志最新的成员赢得选举，它的整个日志成为历史。所以同样的答复 {write} 也可能意味着写入已经发生。',
      ),
    },
  ],
  assertions: [
    {
      text: w('The client was not told that it succeeded.', '客户端没有得到成功的答复。'),
      that: [holds(fact('write'), '≠', 'ok')],
    },
    {
      text: w('The write survived into the new epoch.', '写入保留到了新的 epoch。'),
      that: [holds(fact('left'), '=', 'logged'), holds(fact('$new'), '≠', fact('$old'))],
    },
  ],
}
