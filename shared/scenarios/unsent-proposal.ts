// A leader that dies with a write in hand, before any follower has heard of it. Plain data; the steps are carried out by the
// gateway's runner.

import { backAs } from './divergence.ts'
import { does, fact, holds, LONG_MS, type Scenario, w } from './scenario.ts'

/** Source: consensus-demo.md §6, 3. */
export const UNSENT_PROPOSAL: Scenario = {
  id: 'unsent-proposal',
  title: w('The leader dies before anybody has the proposal', 'leader 在提案发出之前死去'),
  learn: w(
    'A write that nobody acknowledged may vanish; a lost connection means unknown, not failed.',
    '没有得到确认的写入可能消失；连接丢失意味着结果未知，而不是失败。',
  ),
  voters: 3,
  aboutSeconds: 25,
  steps: [
    does(
      w(
        'Writes a value through a follower. Then arms a crash point: the leader will die when it is about to send its next PROPOSAL.',
        '通过一个 follower 写入一个值。然后布设崩溃点：leader 将在正要发出下一个 PROPOSAL 时死去。',
      ),
      { do: 'bind', name: '$old', to: 'leader' },
      { do: 'bind', name: '$other', to: 'follower' },
      { do: 'connect', client: 'writer', to: '$other' },
      { do: 'call', client: 'writer', call: 'create', node: 'x', data: 'before', name: 'create' },
      { do: 'fault', name: 'armed', fault: 'crash-before-proposal', on: 'member', at: '$old' },
    ),
    {
      type: 'ask',
      text: w(
        'Member {$old} leads, and dies with the next write in hand. What will the znode hold afterwards?',
        '成员 {$old} 是 leader，将在处理下一次写入时死去。之后 znode 里会是什么？',
      ),
      choices: [
        { id: 'new', text: w('The new value: the leader had accepted it', '新值：leader 已经接受了它') },
        { id: 'old', text: w('The old value: nobody else had it', '旧值：没有别人拥有它') },
      ],
      right: [
        { choice: 'new', when: [holds(fact('left'), '=', 'in hand')] },
        { choice: 'old', when: [holds(fact('left'), '≠', 'in hand')] },
      ],
    },
    does(w('Writes a new value.', '写入一个新值。'), {
      do: 'call',
      client: 'writer',
      call: 'set',
      node: 'x',
      data: 'in hand',
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
      w('Reads what is left, and starts member {$old} again.', '读取留下的值，并重新启动成员 {$old}。'),
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
        'The client was told {write}: it cannot know whether the write happened. Here it did not; the znode holds “{left}”. What only a dead leader knew is gone with it, and nobody had been promised anything.',
        '客户端得到的是 {write}：它无法知道写入是否发生。这里没有发生；znode 里是“{left}”。只有死去的 leader 知道的东西随它而去，而没有人得到过承诺。',
      ),
    },
  ],
  assertions: [
    {
      text: w('The client was not told that it succeeded.', '客户端没有得到成功的答复。'),
      that: [holds(fact('write'), '≠', 'ok')],
    },
    {
      text: w('The write is gone: no quorum ever had it.', '写入消失了：多数派从未拥有它。'),
      that: [holds(fact('left'), '=', 'before')],
    },
  ],
}
