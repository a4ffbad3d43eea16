// A leader that logged what nobody else got, and what becomes of it. Plain data; the steps are
// carried out by the gateway's runner.

import { divergence, HOW } from './divergence.ts'
import { does, fact, holds, type Scenario, w } from './scenario.ts'

/** Source: consensus-demo.md §6, 5. */
export const OLD_LEADER_RETURNS: Scenario = {
  id: 'old-leader-returns',
  title: w('The old leader returns: TRUNC', '旧 leader 归来：TRUNC'),
  learn: w(
    'A tail that no quorum has is removed; that is why epochs are in the zxid.',
    '没有多数派拥有的尾部会被删除；这就是 zxid 里有 epoch 的原因。',
  ),
  voters: 3,
  aboutSeconds: 40,
  steps: [
    does(
      w('Creates a znode.', '创建一个 znode。'),
      { do: 'connect', client: 'setup', to: 'any' },
      { do: 'call', client: 'setup', call: 'create', node: 'x', data: 'before', name: 'create' },
    ),
    {
      type: 'ask',
      text: w(
        'A leader logs a write that no other member gets. It comes back to a new leader. How is it synchronized?',
        '一个 leader 记下了一次其他成员都没有的写入。它回到新 leader 那里时会怎样同步？',
      ),
      choices: HOW,
      right: HOW.map(({ id }) => ({ choice: id, when: [holds(fact('trunc'), '=', id)] })),
    },
    ...divergence(),
    {
      type: 'explain',
      text: w(
        'Member {$old} came back with a txn that nobody had acknowledged, and was told to {trunc}. What its log has from an old epoch behind the common prefix is removed before anything new is added. Its client was never told ok: {ghost}.',
        '成员 {$old} 带着一个没有人确认过的事务回来，被要求 {trunc}。它的日志里公共前缀之后属于旧 epoch 的部分，会在加入新内容之前删除。它的客户端从未得到 ok：{ghost}。',
      ),
    },
  ],
  assertions: [
    {
      text: w('The old leader was told to TRUNC.', '旧 leader 被要求 TRUNC。'),
      that: [holds(fact('trunc'), '=', 'TRUNC')],
    },
    {
      text: w('The write that no quorum had is gone.', '没有多数派拥有的写入消失了。'),
      that: [holds(fact('left'), '=', 'kept'), holds(fact('ghost'), '≠', 'ok')],
    },
  ],
}
