// All members start at once with equal logs: who leads, and what a first write goes through. Plain data; the steps are
// carried out by the gateway's runner.

import { does, fact, holds, LONG_MS, type Scenario, w } from './scenario.ts'

const ALL_SERVE = [holds({ gauge: 'serving' }, '≥', 3), holds({ gauge: 'leader' }, '>', 0)]

/** Source: consensus-demo.md §6, 1. */
export const FIRST_ELECTION: Scenario = {
  id: 'first-election',
  title: w('First election, first write', '第一次选举，第一次写入'),
  learn: w(
    'A vote is (epoch, zxid, id); a write is proposed, logged, acked by a quorum, committed.',
    '投票是（epoch、zxid、id）；写入先被提议、落盘、由多数派确认，然后提交。',
  ),
  voters: 3,
  aboutSeconds: 10,
  steps: [
    does(
      w('Notes two followers, then stops every member in good order.', '记下两个 follower，然后有序停止所有成员。'),
      { do: 'bind', name: '$leader', to: 'leader' },
      { do: 'bind', name: '$low', to: 'follower' },
      { do: 'stop-all' },
    ),
    {
      type: 'ask',
      text: w(
        'All members have the same log now and start at the same moment. Must one of them become leader, or can nobody win?',
        '所有成员的日志现在相同，并且同时启动。一定会有一个成为 leader，还是可能谁也赢不了？',
      ),
      choices: [
        { id: 'one', text: w('Exactly one leads, in one new epoch', '恰好一个领导，开启一个新的 epoch') },
        { id: 'several', text: w('It takes several epochs until they agree', '要经过好几个 epoch 才能达成一致') },
      ],
      right: [
        { choice: 'one', when: [holds(fact('epochs'), '=', 1)] },
        { choice: 'several', when: [holds(fact('epochs'), '>', 1)] },
      ],
    },
    does(w('Starts all members at once.', '同时启动所有成员。'), { do: 'start-all' }),
    { type: 'wait', text: w('Until all of them serve.', '直到全部提供服务。'), until: ALL_SERVE, withinMs: LONG_MS },
    does(
      w('Writes one znode, and reads it back through a follower.', '写入一个 znode，再通过一个 follower 读回。'),
      { do: 'measure', name: 'epochs', what: { gauge: 'epochs' } },
      { do: 'measure', name: '$new', what: { gauge: 'leader' } },
      { do: 'bind', name: '$follower', to: 'follower' },
      { do: 'connect', client: 'writer', to: '$new' },
      { do: 'connect', client: 'reader', to: '$follower' },
      { do: 'call', client: 'writer', call: 'create', node: 'first', data: 'hello', name: 'write' },
      { do: 'call', client: 'reader', call: 'sync', node: 'first', name: 'sync' },
      { do: 'call', client: 'reader', call: 'get', node: 'first', name: 'read' },
    ),
    {
      type: 'explain',
      text: w(
        'Member {$new} leads. With equal logs the higher id wins among those that have heard each other when a quorum agrees. The write took {write.ms} ms: proposed, logged, acked by a quorum, committed. Followers learn of the commit a moment later, which is why the reader asked for a sync first.',
        '成员 {$new} 成为 leader。日志相同时，在达成多数派的那一刻彼此通信的成员中，id 大的获胜。写入用了 {write.ms} ms：提议、落盘、多数派确认、提交。follower 稍后才得知提交，所以读之前先做了 sync。',
      ),
    },
  ],
  assertions: [
    {
      text: w('One election was enough.', '一次选举就够了。'),
      that: [holds(fact('epochs'), '=', 1)],
    },
    {
      text: w('The write is committed, and a follower has it.', '写入已提交，follower 上也读得到。'),
      that: [holds(fact('write'), '=', 'ok'), holds(fact('read'), '=', 'hello')],
    },
  ],
}
