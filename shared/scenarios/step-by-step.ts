// One write taken apart: each message of its round waits until it is let go. Plain data; the steps are carried out by the
// gateway's runner.

import { does, fact, holds, LONG_MS, type Scenario, w } from './scenario.ts'

/** Source: consensus-demo.md §5, E8, with the lesson of §6, 1. */
export const STEP_BY_STEP: Scenario = {
  id: 'step-by-step',
  title: w('One write, message by message', '一次写入，逐条消息'),
  learn: w(
    'Which message makes the difference: a leader commits when a quorum has it, and followers learn of that later.',
    '哪条消息起决定作用：多数派拥有后 leader 就提交，follower 稍后才知道。',
  ),
  voters: 3,
  aboutSeconds: 30,
  steps: [
    does(
      w(
        'Connects a client to the leader, holds all messages between the leader and the others, and writes. Meanwhile the clocks behind timeouts stand still.',
        '把一个客户端连到 leader，扣留 leader 与其他成员之间的所有消息，然后写入。其间超时所用的时钟停住。',
      ),
      { do: 'bind', name: '$leader', to: 'leader' },
      { do: 'bind', name: '$one', to: 'follower' },
      { do: 'connect', client: 'writer', to: '$leader' },
      { do: 'connect', client: 'reader', to: '$one' },
      { do: 'call', client: 'writer', call: 'create', node: 'x', data: 'before', name: 'create' },
      { do: 'call', client: 'reader', call: 'sync', node: 'x', name: 'synced' },
      { do: 'fault', name: 'hold', fault: 'hold', on: 'isolate', at: '$leader' },
      {
        do: 'call',
        client: 'writer',
        call: 'set',
        node: 'x',
        data: 'after',
        name: 'write',
        withinMs: 250_000,
        background: true,
      },
    ),
    {
      type: 'say',
      text: w(
        'The PROPOSALs wait among the held messages. The leader has logged the write; nobody else has heard of it.',
        'PROPOSAL 正在扣留的消息里等待。leader 已经记入日志；别人还没有听说。',
      ),
    },
    does(
      w(
        'Lets the PROPOSAL go to member {$one}, which logs it. Its ACK is held in turn.',
        '把 PROPOSAL 放行给成员 {$one}，由它记入日志。它的 ACK 又被扣留。',
      ),
      { do: 'release', from: '$leader', to: '$one', message: 'PROPOSAL', name: 'proposal' },
      { do: 'await-held', from: '$one', to: '$leader', message: 'ACK', name: 'ack' },
      { do: 'measure', name: 'early', what: fact('write') },
    ),
    {
      type: 'ask',
      text: w(
        'Two of three members have the write on disk; only one of them is known to. Which message lets the leader answer its client?',
        '三个成员中已有两个把写入落盘；但只知道其中一个。哪条消息能让 leader 答复它的客户端？',
      ),
      choices: [
        { id: 'ack', text: w('The ACK of that follower', '那个 follower 的 ACK') },
        { id: 'both', text: w('The ACKs of both followers', '两个 follower 的 ACK') },
        { id: 'commit', text: w('The COMMIT to that follower', '发给那个 follower 的 COMMIT') },
      ],
      right: [
        { choice: 'ack', when: [holds(fact('early'), '≠', 'ok'), holds(fact('then'), '=', 'ok')] },
        { choice: 'both', when: [holds(fact('then'), '≠', 'ok')] },
        { choice: 'commit', when: [holds(fact('early'), '=', 'ok')] },
      ],
    },
    does(w('Lets the ACK go.', '放行 ACK。'), {
      do: 'release',
      from: '$one',
      to: '$leader',
      message: 'ACK',
      name: 'acked',
    }),
    {
      type: 'wait',
      text: w('Until the client has its answer.', '直到客户端得到答复。'),
      until: [holds(fact('write'), '≠', 'unknown')],
      withinMs: LONG_MS,
    },
    does(
      w(
        'The client was told {write}. Reads through member {$one}, while the COMMIT to it is still held; then lets that go, and reads again.',
        '客户端得到 {write}。趁发给成员 {$one} 的 COMMIT 还被扣留，通过它读取；然后放行，再读一次。',
      ),
      { do: 'measure', name: 'then', what: fact('write') },
      { do: 'await-held', from: '$leader', to: '$one', message: 'COMMIT', name: 'commit' },
      { do: 'call', client: 'reader', call: 'get', node: 'x', name: 'stale' },
      { do: 'release', from: '$leader', to: '$one', message: 'COMMIT', name: 'committed' },
      { do: 'call', client: 'reader', call: 'read-until', node: 'x', data: 'after', name: 'fresh' },
      { do: 'heal', name: 'hold' },
    ),
    {
      type: 'explain',
      text: w(
        'Round {proposal}: before the ACK the client had “{early}”, with it “{then}”. Leader and member {$one} are a quorum; the third member had not even seen the proposal. Until its COMMIT came, member {$one} still read “{stale}”, then “{fresh}”.',
        '轮次 {proposal}：ACK 之前客户端得到的是“{early}”，之后是“{then}”。leader 和成员 {$one} 就是多数派；第三个成员连提案都没见过。在收到 COMMIT 之前，成员 {$one} 读到的仍是“{stale}”，之后是“{fresh}”。',
      ),
    },
  ],
  assertions: [
    {
      text: w('Logged by two, and not answered before the ACK came.', '两个成员已落盘，但 ACK 到来之前没有答复。'),
      that: [holds(fact('early'), '=', 'unknown'), holds(fact('then'), '=', 'ok')],
    },
    {
      text: w('The follower learned of the commit with its COMMIT.', 'follower 随 COMMIT 才知道已提交。'),
      that: [holds(fact('stale'), '=', 'before'), holds(fact('fresh'), '=', 'after')],
    },
    {
      text: w('One round: the same zxid in PROPOSAL, ACK and COMMIT.', '同一轮：PROPOSAL、ACK、COMMIT 的 zxid 相同。'),
      that: [holds(fact('ack'), '=', fact('proposal')), holds(fact('commit'), '=', fact('proposal'))],
    },
  ],
}
