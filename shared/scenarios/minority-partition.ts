// One follower cut off: who serves, who does not, and how it comes back. Plain data; the steps are
// carried out by the gateway's runner.

import { backAs } from './divergence.ts'
import { does, fact, holds, LONG_MS, type Scenario, w } from './scenario.ts'

/** Source: consensus-demo.md §6, 7. */
export const MINORITY_PARTITION: Scenario = {
  id: 'minority-partition',
  title: w('A minority, cut off', '被切断的少数派'),
  learn: w(
    'A minority serves nothing; the majority goes on, and the minority catches up.',
    '少数派不提供服务；多数派继续工作，少数派之后追上。',
  ),
  voters: 3,
  aboutSeconds: 25,
  steps: [
    does(
      w('Connects a client to each side.', '在两边各连接一个客户端。'),
      { do: 'bind', name: '$leader', to: 'leader' },
      { do: 'bind', name: '$lone', to: 'follower' },
      { do: 'connect', client: 'majority', to: '$leader' },
      { do: 'connect', client: 'minority', to: '$lone' },
      { do: 'call', client: 'majority', call: 'create', node: 'x', data: 'before', name: 'create' },
    ),
    {
      type: 'ask',
      text: w(
        'Member {$lone} is about to be cut off from the two others. Who can still write?',
        '成员 {$lone} 即将与另外两个切断。谁还能写入？',
      ),
      choices: [
        { id: 'both', text: w('Both sides', '两边都能') },
        { id: 'majority', text: w('Only the side of two', '只有两个成员的那边') },
        { id: 'none', text: w('Nobody, until it heals', '恢复之前谁都不能') },
      ],
      right: [
        { choice: 'both', when: [holds(fact('minority'), '=', 'ok'), holds(fact('majority'), '=', 'ok')] },
        { choice: 'majority', when: [holds(fact('minority'), '≠', 'ok'), holds(fact('majority'), '=', 'ok')] },
        { choice: 'none', when: [holds(fact('majority'), '≠', 'ok')] },
      ],
    },
    does(w('Cuts member {$lone} off.', '切断成员 {$lone}。'), {
      do: 'fault',
      name: 'cut',
      fault: 'cut',
      on: 'isolate',
      at: '$lone',
    }),
    {
      type: 'wait',
      text: w('Until it notices, and serves nobody.', '直到它察觉，不再为任何人服务。'),
      until: [holds({ gauge: 'serves', of: '$lone' }, '=', 0)],
      withinMs: LONG_MS,
    },
    does(
      w('Writes on both sides.', '在两边写入。'),
      { do: 'call', client: 'majority', call: 'set', node: 'x', data: 'after', name: 'majority' },
      { do: 'call', client: 'minority', call: 'set', node: 'x', data: 'lost', name: 'minority', withinMs: 1500 },
      { do: 'heal', name: 'cut' },
    ),
    backAs('$lone'),
    does(
      w('Reads through member {$lone}.', '通过成员 {$lone} 读取。'),
      { do: 'connect', client: 'after', to: '$lone' },
      { do: 'call', client: 'after', call: 'sync', node: 'x', name: 'synced' },
      { do: 'call', client: 'after', call: 'get', node: 'x', name: 'read' },
    ),
    {
      type: 'explain',
      text: w(
        'The majority wrote in {majority.ms} ms. Member {$lone} had no leader, so it served nobody: {minority}. Healed, it caught up and reads "{read}".',
        '多数派用 {majority.ms} ms 完成写入。成员 {$lone} 没有 leader，所以不为任何人服务：{minority}。恢复后它追上了，读到 “{read}”。',
      ),
    },
  ],
  assertions: [
    { text: w('The majority went on.', '多数派继续工作。'), that: [holds(fact('majority'), '=', 'ok')] },
    { text: w('The minority did not write.', '少数派没有写入。'), that: [holds(fact('minority'), '≠', 'ok')] },
    { text: w('It caught up.', '它追上了。'), that: [holds(fact('read'), '=', 'after')] },
  ],
}
