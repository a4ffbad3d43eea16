// A client that dies without a goodbye, and the znode that it owned. Plain data; the steps are
// carried out by the gateway's runner.

import { does, fact, holds, LONG_MS, type Scenario, w } from './scenario.ts'

/** Source: consensus-demo.md §6, 11. */
export const SESSION_EXPIRY: Scenario = {
  id: 'session-expiry',
  title: w('A session expires, its ephemerals go', '会话过期，临时节点随之消失'),
  learn: w(
    'Expiry is decided by the leader, and is a replicated transaction.',
    '过期由 leader 决定，而且是一个被复制的事务。',
  ),
  voters: 3,
  aboutSeconds: 15,
  steps: [
    does(
      w('A client makes an ephemeral znode; another one can see it.', '一个客户端创建临时 znode；另一个能看到它。'),
      { do: 'connect', client: 'watcher', to: 'any' },
      { do: 'connect', client: 'owner', to: 'any', sessionTimeoutMs: 4000 },
      { do: 'call', client: 'owner', call: 'ephemeral', node: 'mine', data: 'alive', name: 'made' },
      { do: 'call', client: 'watcher', call: 'sync', node: 'mine', name: 'sync' },
      { do: 'call', client: 'watcher', call: 'exists', node: 'mine', name: 'there' },
    ),
    {
      type: 'ask',
      text: w(
        'The owner’s connection is about to break, without a goodbye. When is its znode removed?',
        '所有者的连接即将中断，没有道别。它的 znode 何时被删除？',
      ),
      choices: [
        { id: 'at-once', text: w('As soon as the connection is gone', '连接一断就删除') },
        { id: 'timeout', text: w('When the session has been silent for its timeout', '会话沉默超过超时时间之后') },
      ],
      right: [
        { choice: 'at-once', when: [holds(fact('just-after'), '=', 'NONODE')] },
        { choice: 'timeout', when: [holds(fact('just-after'), '≠', 'NONODE')] },
      ],
    },
    does(
      w('Breaks the connection, and looks.', '中断连接，然后查看。'),
      { do: 'measure', name: 'before', what: { gauge: 'expired' } },
      { do: 'abandon', client: 'owner' },
      { do: 'call', client: 'watcher', call: 'exists', node: 'mine', name: 'just-after' },
    ),
    {
      type: 'wait',
      text: w('Until the leader ends the session.', '直到 leader 结束该会话。'),
      until: [holds({ gauge: 'minus', left: { gauge: 'expired' }, right: fact('before') }, '≥', 1)],
      withinMs: LONG_MS,
    },
    does(
      w('Looks again.', '再查看一次。'),
      { do: 'measure', name: 'expired', what: { gauge: 'minus', left: { gauge: 'expired' }, right: fact('before') } },
      { do: 'call', client: 'watcher', call: 'sync', node: 'mine', name: 'sync' },
      { do: 'call', client: 'watcher', call: 'exists', node: 'mine', name: 'gone' },
    ),
    {
      type: 'explain',
      text: w(
        'Just after the break the znode was still there ({just-after}). The leader counts the silence, and then proposes closeSession: one transaction with one zxid that removes the session and its ephemerals on every member at the same place of the log.',
        '刚中断时 znode 还在（{just-after}）。leader 计算沉默的时间，然后提议 closeSession：一个事务、一个 zxid，在每个成员日志的同一位置删除会话及其临时节点。',
      ),
    },
  ],
  assertions: [
    {
      text: w('A broken connection did not remove it.', '连接中断没有删除它。'),
      that: [holds(fact('just-after'), '=', 'ok')],
    },
    {
      text: w('The end of the session did.', '会话结束删除了它。'),
      that: [holds(fact('expired'), '≥', 1), holds(fact('gone'), '=', 'NONODE')],
    },
  ],
}
