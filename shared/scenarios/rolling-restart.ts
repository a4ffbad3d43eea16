// The same restarts in two orders, and how many elections each costs. Plain data; the steps are
// carried out by the gateway's runner.

import { does, fact, holds, LONG_MS, type Scenario, w } from './scenario.ts'

const ALL_SERVE = [holds({ gauge: 'serving' }, '≥', 3), holds({ gauge: 'leader' }, '>', 0)]

/** Source: consensus-demo.md §6, 20. */
export const ROLLING_RESTART: Scenario = {
  id: 'rolling-restart',
  title: w('Rolling restart, in good and bad order', '滚动重启：好的顺序与坏的顺序'),
  learn: w(
    'Leader last: one election. Leader first, each time: several.',
    'leader 放最后：一次选举。每次都先重启 leader：好几次。',
  ),
  voters: 3,
  aboutSeconds: 30,
  steps: [
    {
      type: 'ask',
      text: w(
        'Every member is restarted once, one after the other, the leader last. How many elections is that?',
        '每个成员依次重启一次，leader 放在最后。会有几次选举？',
      ),
      choices: [
        { id: 'one', text: w('One', '一次') },
        { id: 'each', text: w('One for each member', '每个成员一次') },
      ],
      right: [
        { choice: 'one', when: [holds(fact('good'), '=', 1)] },
        { choice: 'each', when: [holds(fact('good'), '>', 1)] },
      ],
    },
    does(w('Restarts followers first, the leader last.', '先重启 follower，最后重启 leader。'), {
      do: 'rolling-restart',
    }),
    {
      type: 'wait',
      text: w('Until all serve.', '直到全部提供服务。'),
      until: [...ALL_SERVE, holds({ gauge: 'epochs' }, '≥', 1)],
      withinMs: LONG_MS,
    },
    does(
      w('Now the bad order: restarts whoever leads.', '现在用坏的顺序：重启当前的 leader。'),
      { do: 'measure', name: 'good', what: { gauge: 'epochs' } },
      { do: 'measure', name: 'good.ms', what: { gauge: 'leaderless' } },
      { do: 'bind', name: '$first', to: 'leader' },
      { do: 'member', verb: 'restart', at: '$first' },
    ),
    {
      type: 'wait',
      text: w('Until another one leads and all serve.', '直到另一个成为 leader 且全部提供服务。'),
      until: [...ALL_SERVE, holds({ gauge: 'minus', left: { gauge: 'epochs' }, right: fact('good') }, '≥', 1)],
      withinMs: LONG_MS,
    },
    does(
      w('And again whoever leads.', '再次重启当前的 leader。'),
      { do: 'bind', name: '$second', to: 'leader' },
      { do: 'member', verb: 'restart', at: '$second' },
    ),
    {
      type: 'wait',
      text: w('Until all serve again.', '直到再次全部提供服务。'),
      until: [...ALL_SERVE, holds({ gauge: 'minus', left: { gauge: 'epochs' }, right: fact('good') }, '≥', 2)],
      withinMs: LONG_MS,
    },
    does(
      w('Counts.', '计数。'),
      { do: 'measure', name: 'bad', what: { gauge: 'minus', left: { gauge: 'epochs' }, right: fact('good') } },
      {
        do: 'measure',
        name: 'bad.ms',
        what: { gauge: 'minus', left: { gauge: 'leaderless' }, right: fact('good.ms') },
      },
    ),
    {
      type: 'explain',
      text: w(
        'Leader last: {good} election, {good.ms} ms without a leader. Twice whoever led: {bad} elections, {bad.ms} ms, and only two members were restarted. Each election stops writes for everybody.',
        'leader 放最后：{good} 次选举，{good.ms} ms 没有 leader。两次重启当时的 leader：{bad} 次选举，{bad.ms} ms，而且只重启了两个成员。每次选举都会让所有人的写入停下。',
      ),
    },
  ],
  assertions: [
    { text: w('The good order needs one election.', '好的顺序只需一次选举。'), that: [holds(fact('good'), '=', 1)] },
    { text: w('The bad order needs more.', '坏的顺序需要更多次。'), that: [holds(fact('bad'), '≥', 2)] },
  ],
}
