// The leader alone on its side of a cut, with a client that writes to it. Plain data; the steps are
// carried out by the gateway's runner.

import { does, fact, holds, LONG_MS, type Scenario, w } from './scenario.ts'

/** Source: consensus-demo.md §6, 8. */
export const LEADER_ISOLATED: Scenario = {
  id: 'leader-isolated',
  title: w('The leader alone: an attempt at a split brain', '被孤立的 leader：一次脑裂的尝试'),
  learn: w(
    'Two processes may think that they lead, never two that can commit.',
    '可能有两个进程自以为是 leader，但绝不会有两个都能提交。',
  ),
  voters: 3,
  aboutSeconds: 40,
  steps: [
    does(
      w('Connects one client to the leader, one to a follower.', '把一个客户端连到 leader，另一个连到 follower。'),
      { do: 'bind', name: '$old', to: 'leader' },
      { do: 'bind', name: '$other', to: 'follower' },
      { do: 'connect', client: 'inside', to: '$old' },
      { do: 'connect', client: 'outside', to: '$other' },
      { do: 'call', client: 'outside', call: 'create', node: 'x', data: 'before', name: 'create' },
    ),
    {
      type: 'ask',
      text: w(
        'Member {$old} leads. Its links to the other members are about to be cut, while its client stays connected and writes. What happens to that write?',
        '成员 {$old} 是 leader。它与其他成员的连接即将被切断，而它的客户端保持连接并写入。这次写入会怎样？',
      ),
      choices: [
        { id: 'ok', text: w('It is acknowledged: the leader still leads', '得到确认：leader 还是 leader') },
        { id: 'not', text: w('It is never acknowledged', '永远得不到确认') },
      ],
      right: [
        { choice: 'ok', when: [holds(fact('inside'), '=', 'ok')] },
        { choice: 'not', when: [holds(fact('inside'), '≠', 'ok')] },
      ],
    },
    does(
      w(
        'Cuts member {$old} off from the other members; its client writes.',
        '把成员 {$old} 与其他成员切断；它的客户端写入。',
      ),
      { do: 'fault', name: 'cut', fault: 'cut', on: 'isolate', at: '$old' },
      {
        do: 'call',
        client: 'inside',
        call: 'set',
        node: 'x',
        data: 'inside',
        name: 'inside',
        withinMs: 60_000,
        background: true,
      },
    ),
    {
      type: 'wait',
      text: w('Until the others have a leader of their own.', '直到其余成员选出自己的 leader。'),
      until: [
        holds({ gauge: 'leader' }, '≠', fact('$old')),
        holds({ gauge: 'leader' }, '>', 0),
        holds({ gauge: 'epochs' }, '≥', 1),
      ],
      withinMs: LONG_MS,
    },
    does(
      w('Writes to the majority.', '向多数派写入。'),
      { do: 'measure', name: '$new', what: { gauge: 'leader' } },
      { do: 'connect', client: 'majority', to: '$new' },
      { do: 'call', client: 'majority', call: 'set', node: 'x', data: 'majority', name: 'majority' },
      { do: 'heal', name: 'cut' },
    ),
    {
      type: 'wait',
      text: w(
        'Until member {$old} is a follower, and its client has its answer.',
        '直到成员 {$old} 成为 follower，且它的客户端得到答复。',
      ),
      until: [
        holds({ gauge: 'state', of: '$old' }, '=', 'FOLLOWING'),
        holds({ gauge: 'serves', of: '$old' }, '=', 1),
        holds(fact('inside'), '≠', 'unknown'),
      ],
      withinMs: LONG_MS,
    },
    does(
      w('Reads what is left, through member {$old}.', '通过成员 {$old} 读取最后留下的值。'),
      { do: 'connect', client: 'after', to: '$old' },
      { do: 'call', client: 'after', call: 'sync', node: 'x', name: 'sync' },
      { do: 'call', client: 'after', call: 'get', node: 'x', name: 'left' },
    ),
    {
      type: 'explain',
      text: w(
        'For a while member {$old} thought that it led, but its own ack is no quorum: the write ended with {inside}. The others elected member {$new} in a newer epoch, and that one committed. The newer epoch wins, everywhere.',
        '成员 {$old} 一度自以为是 leader，但只有它自己的确认不构成多数派：写入的结果是 {inside}。其余成员在更新的 epoch 里选出了成员 {$new}，由它提交。处处都是更新的 epoch 获胜。',
      ),
    },
  ],
  assertions: [
    {
      text: w('The write to the lonely leader was not acknowledged.', '对孤立 leader 的写入没有得到确认。'),
      that: [holds(fact('inside'), '≠', 'ok')],
    },
    {
      text: w('The majority committed under a new leader.', '多数派在新 leader 下提交了。'),
      that: [holds(fact('majority'), '=', 'ok'), holds(fact('$new'), '≠', fact('$old'))],
    },
    {
      text: w('After healing there is one history.', '恢复之后只有一份历史。'),
      that: [holds(fact('left'), '=', 'majority')],
    },
  ],
}
