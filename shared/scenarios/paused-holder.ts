// A lock holder that sleeps longer than its session lives, with and without fencing tokens. Plain data; the steps are
// carried out by the gateway's runner.

import { does, fact, holds, LONG_MS, type Scenario, w } from './scenario.ts'

/** Source: consensus-demo.md §6, 14. */
export const PAUSED_HOLDER: Scenario = {
  id: 'paused-holder',
  title: w('A paused lock holder wakes up', '被暂停的锁持有者醒来'),
  learn: w(
    'A lock can be lost while its holder sleeps: the resource must check a fencing token.',
    '持有者沉睡时锁可能丢失：资源必须检查 fencing token。',
  ),
  voters: 3,
  aboutSeconds: 50,
  steps: [
    {
      type: 'ask',
      text: w(
        'A process takes a lock, and is stopped (SIGSTOP) for longer than its session lives. Another one gets the lock and writes. Then the first wakes up in the middle of its own write. What does the resource see, if it checks nothing?',
        '一个进程取得锁，然后被暂停（SIGSTOP）超过会话寿命。另一个得到锁并写入。随后第一个在自己的写入途中醒来。如果资源什么都不检查，会看到什么？',
      ),
      choices: [
        { id: 'lost', text: w('A lost update: the old holder overwrites the new one', '丢失更新：旧持有者覆盖了新的') },
        { id: 'safe', text: w('Nothing bad: the lock protects it', '没有坏事：锁保护着它') },
      ],
      right: [
        { choice: 'lost', when: [holds(fact('lost'), '≥', 1)] },
        { choice: 'safe', when: [holds(fact('lost'), '=', 0)] },
      ],
    },
    does(w('Starts such a holder, and a resource without fencing.', '启动这样的持有者，以及不带 fencing 的资源。'), {
      ...({ do: 'workload', name: 'holder', kind: 'paused-holder' } as const),
      settings: { fencing: false, pauseMs: 9000, betweenMs: 500, sessionTimeoutMs: 4000 },
    }),
    {
      type: 'wait',
      text: w('Until both have written.', '直到两者都写入。'),
      until: [holds({ gauge: 'count', workload: 'holder', count: 'accepted' }, '≥', 2)],
      withinMs: LONG_MS,
    },
    does(
      w(
        'Notes what was lost; from now on the resource refuses tokens that are older than one it has seen.',
        '记下丢失的更新；从现在起，资源拒绝比见过的更旧的 token。',
      ),
      { do: 'measure', name: 'lost', what: { gauge: 'count', workload: 'holder', count: 'lostUpdates' } },
      { do: 'tune', name: 'holder', settings: { fencing: true } },
    ),
    {
      type: 'wait',
      text: w('Until a write is refused.', '直到有写入被拒绝。'),
      until: [holds({ gauge: 'count', workload: 'holder', count: 'refused' }, '≥', 1)],
      withinMs: LONG_MS,
    },
    does(
      w('Counts.', '统计。'),
      { do: 'measure', name: 'refused', what: { gauge: 'count', workload: 'holder', count: 'refused' } },
      {
        do: 'measure',
        name: 'later',
        what: {
          gauge: 'minus',
          left: { gauge: 'count', workload: 'holder', count: 'lostUpdates' },
          right: fact('lost'),
        },
      },
      { do: 'stop-workload', name: 'holder' },
    ),
    {
      type: 'explain',
      text: w(
        'Without fencing {lost} update was lost. With it {refused} write was refused and {later} were lost: the creation zxid of the lock’s znode grows with each holder, so the resource knows whose turn it was.',
        '没有 fencing 时丢失了 {lost} 次更新。有了它，{refused} 次写入被拒绝，丢失 {later} 次：锁 znode 的创建 zxid 随持有者递增，资源因此知道轮到谁。',
      ),
    },
  ],
  assertions: [
    {
      text: w('Without fencing an update was lost.', '没有 fencing 时丢失了更新。'),
      that: [holds(fact('lost'), '≥', 1)],
    },
    {
      text: w(
        'With fencing the old holder was refused, and nothing was lost.',
        '有 fencing 时旧持有者被拒绝，没有丢失。',
      ),
      that: [holds(fact('refused'), '≥', 1), holds(fact('later'), '=', 0)],
    },
  ],
}
