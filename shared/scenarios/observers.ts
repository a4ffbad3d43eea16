// A member without a vote: it serves reads, and its loss stops nothing. Plain data; the steps are
// carried out by the gateway's runner.

import { does, fact, holds, type Scenario, w } from './scenario.ts'

/** Source: consensus-demo.md §6, 21. */
export const OBSERVERS: Scenario = {
  id: 'observers',
  title: w('An observer joins, and fails', '一个 observer 加入，然后失效'),
  learn: w(
    'More capacity to read without a larger quorum; its loss harms nobody.',
    '读取能力增加而多数派不变大；失去它无害。',
  ),
  voters: 3,
  aboutSeconds: 25,
  steps: [
    does(
      w('Adds an observer, and connects a reader to it.', '加入一个 observer，并把一个读者连到它。'),
      { do: 'bind', name: '$leader', to: 'leader' },
      { do: 'add-observer', name: '$observer' },
      { do: 'connect', client: 'writer', to: '$leader' },
      { do: 'connect', client: 'reader', to: '$observer' },
      { do: 'call', client: 'writer', call: 'create', node: 'x', data: '0', name: 'create' },
      { do: 'call', client: 'reader', call: 'sync', node: 'x', name: 'sync' },
      { do: 'call', client: 'reader', call: 'get', node: 'x', name: 'read' },
      { do: 'writes', client: 'writer', node: 'x', count: 20, name: 'with' },
      { do: 'measure', name: 'decided', what: { gauge: 'quorums', by: '$observer' } },
    ),
    {
      type: 'ask',
      text: w(
        'Member {$observer} is an observer; it reads "{read}" like the others. Now it is killed. What happens to writes?',
        '成员 {$observer} 是 observer；它和其他成员一样读到 “{read}”。现在把它杀死。写入会怎样？',
      ),
      choices: [
        { id: 'stop', text: w('They stop until it is back', '停止，直到它回来') },
        { id: 'on', text: w('They go on, without an election', '继续，不需要选举') },
      ],
      right: [
        { choice: 'stop', when: [holds(fact('write'), '≠', 'ok')] },
        { choice: 'on', when: [holds(fact('write'), '=', 'ok'), holds(fact('epochs'), '=', 0)] },
      ],
    },
    does(
      w('Kills the observer, and writes.', '杀死 observer，然后写入。'),
      { do: 'member', verb: 'kill', at: '$observer' },
      { do: 'call', client: 'writer', call: 'set', node: 'x', data: 'after', name: 'write' },
      { do: 'measure', name: 'epochs', what: { gauge: 'epochs' } },
    ),
    {
      type: 'explain',
      text: w(
        'The observer was told of every commit (INFORM) and acked none: it completed {decided} quorums. When it died, a write took {write.ms} ms and nobody had to be elected.',
        'observer 得知每次提交（INFORM），但不确认：它完成了 {decided} 次多数派。它死后，写入用了 {write.ms} ms，没有任何选举。',
      ),
    },
  ],
  assertions: [
    { text: w('The observer served reads.', 'observer 提供了读取。'), that: [holds(fact('read'), '=', '0')] },
    { text: w('Its ack never counted.', '它从不计入多数派。'), that: [holds(fact('decided'), '=', 0)] },
    {
      text: w('Its loss stopped nothing.', '失去它没有让任何事停下。'),
      that: [holds(fact('write'), '=', 'ok'), holds(fact('epochs'), '=', 0)],
    },
  ],
}
